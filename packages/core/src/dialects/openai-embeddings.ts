import { asCount, asList, asObject, asText, isObject, type JsonObject, parseJson } from '../body/json-access.ts';
import { AnswerDraft } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import type { AnswerFacts, Dialect, EventReader, RequestFacts, StreamEvent } from './dialect.ts';
import { readOpenaiUsage } from './openai-usage.ts';
import { readProviderError } from './provider-error.ts';
import { readRequestBody } from './request-body.ts';
import { decodeSegment } from './url-segment.ts';

const PATH = /(?:^|\/)embeddings$/;
const DEPLOYMENT = /\/deployments\/([^/]+)\//;
const WANTED: ReadonlySet<string> = new Set(['model', 'encoding_format', 'dimensions']);
const BYTES_PER_NUMBER = 4;

/** OpenAI embeddings, which most compatible providers speak too. There are no streams. */
export const openaiEmbeddings: Dialect = {
  id: 'openai.embeddings',
  operation: 'embeddings',
  matches: (method, path) => method === 'POST' && PATH.test(path),

  readRequest(url, body) {
    const facts = readMembers(readRequestBody(body, WANTED).members);
    const deployment = DEPLOYMENT.exec(url.pathname)?.[1];
    return facts.model === undefined && deployment !== undefined ? { ...facts, model: decodeSegment(deployment) } : facts;
  },
  readRequestParameters: readMembers,

  readAnswer(body) {
    const reader = new EmbeddingsReader();
    reader.pushParsed(body);
    return reader.facts();
  },
  needsEveryEvent: () => false,
  readEvents: () => new EmbeddingsReader(),
  // The conventions have no place for the input of an embedding.
  readContent: () => ({}),
};

function readMembers(members: JsonObject): RequestFacts {
  const model = asText(members['model']);
  const format = asText(members['encoding_format']);
  const dimensions = asCount(members['dimensions']);
  return {
    operation: 'embeddings',
    stream: false,
    offersTools: false,
    parameters: {
      ...(format !== undefined && { [names.REQUEST_ENCODING_FORMATS]: [format] }),
      ...(dimensions !== undefined && { [names.EMBEDDINGS_DIMENSION_COUNT]: dimensions }),
    },
    ...(model !== undefined && { model }),
  };
}

class EmbeddingsReader implements EventReader {
  readonly #draft = new AnswerDraft();

  push({ data }: StreamEvent): boolean {
    const parsed = parseJson(data);
    if (parsed !== undefined) this.pushParsed(parsed.value);
    return parsed !== undefined;
  }

  pushParsed(event: unknown): void {
    const draft = this.#draft;
    draft.error ??= readProviderError(event);
    const body = asObject(event);
    if (body === undefined) return;
    draft.recognised ||= Array.isArray(body['data']) && asList(body['data']).every(isObject);
    draft.id ??= asText(body['id']);
    draft.model ??= asText(body['model']);
    draft.usage ??= readOpenaiUsage(body['usage']);
    const dimensions = dimensionsOf(asObject(asList(body['data'])[0])?.['embedding']);
    if (dimensions !== undefined) draft.attributes[names.EMBEDDINGS_DIMENSION_COUNT] = dimensions;
  }

  get terminal(): boolean {
    return this.#draft.recognised || this.#draft.error !== undefined;
  }

  facts(): AnswerFacts {
    return this.#draft.facts({ finishReasons: [], choices: 0, terminal: this.terminal, toolCalls: [], tokenLimited: false, filtered: false });
  }
}

/** Numbers per vector: of a list its length; base64 holds 32-bit floats. */
function dimensionsOf(embedding: unknown): number | undefined {
  if (Array.isArray(embedding)) return embedding.length > 0 ? embedding.length : undefined;
  const text = asText(embedding);
  if (text === undefined) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.floor(((text.length * 3) / 4 - padding) / BYTES_PER_NUMBER);
}
