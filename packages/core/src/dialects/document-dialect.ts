import { asText, type JsonObject, parseJson } from '../body/json-access.ts';
import { AnswerDraft } from './answer-draft.ts';
import type { AnswerFacts, Dialect, EventReader, RequestFacts, StreamEvent } from './dialect.ts';
import { readRequestBody } from './request-body.ts';
import type { Parameters } from './request-parameters.ts';

/** What there is to say of a wire format that has no streams and generates nothing that could end early: embeddings, rankings. */
export interface DocumentFormat extends Pick<Dialect, 'id' | 'operation' | 'spokenBy' | 'sharedPaths' | 'answersRaw'> {
  readonly path: RegExp;
  /** Members of the request that are read, besides `model`. */
  readonly wanted: readonly string[];
  /** Members that are read of large objects among those. */
  readonly within?: readonly string[];
  /** The model, where the URL may name it as well. `url` is absent for what an SDK method was given. */
  readonly modelOf?: (told: string | undefined, url: URL | undefined) => string | undefined;
  /** The attributes of a request, or of the parameters that an SDK method was given. */
  readonly parametersOf?: (members: JsonObject) => Parameters;
  /** Puts into the draft what a document says, and that it is an answer at all. */
  readonly readAnswer: (body: unknown, draft: AnswerDraft) => void;
}

/** Makes a dialect of a format of documents. */
export function documentDialect({ path, wanted, within = [], modelOf = (told) => told, parametersOf = () => ({}), readAnswer, ...dialect }: DocumentFormat): Dialect {
  const [members, nested] = [new Set(['model', ...wanted]), new Set(within)];
  const readMembers = (read: JsonObject, url?: URL): RequestFacts => {
    const model = modelOf(asText(read['model']), url);
    return { operation: dialect.operation, stream: false, offersTools: false, parameters: parametersOf(read), ...(model !== undefined && { model }) };
  };
  return {
    ...dialect,
    matches: (method, pathname) => method === 'POST' && path.test(pathname),
    readRequest: (url, body) => readMembers(readRequestBody(body, members, nested).members, url),
    readRequestParameters: (parameters) => readMembers(parameters),
    readAnswer(body) {
      const reader = new DocumentReader(readAnswer);
      reader.pushParsed(body);
      return reader.facts();
    },
    needsEveryEvent: () => false,
    readEvents: () => new DocumentReader(readAnswer),
    // The conventions have no place for the input of an embedding, or for a query and its documents.
    readContent: () => ({}),
  };
}

class DocumentReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #read: DocumentFormat['readAnswer'];

  constructor(read: DocumentFormat['readAnswer']) {
    this.#read = read;
  }

  push({ data }: StreamEvent): boolean {
    const parsed = parseJson(data);
    if (parsed !== undefined) this.pushParsed(parsed.value);
    return parsed !== undefined;
  }

  pushParsed(body: unknown): void {
    this.#read(body, this.#draft);
  }

  get terminal(): boolean {
    return this.#draft.recognised || this.#draft.error !== undefined;
  }

  facts(): AnswerFacts {
    return this.#draft.facts({ finishReasons: [], choices: 0, terminal: this.terminal, toolCalls: [], tokenLimited: false, filtered: false });
  }
}
