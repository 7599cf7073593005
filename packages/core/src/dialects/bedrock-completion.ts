import { asCount, asList, asObject, asText, isObject, type JsonObject, parseJson } from '../body/json-access.ts';
import { AnswerDraft } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import { BoundedText } from './bounded-text.ts';
import type { AnswerFacts, EventReader, ReadOptions, StreamEvent } from './dialect.ts';
import { usageOf } from './usage.ts';

/** What one document, or one event, of a model's own format says. */
interface Said {
  readonly text?: string | undefined;
  readonly finish?: string | undefined;
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly id?: string | undefined;
  /** Numbers per vector. Only answers that are vectors have it. */
  readonly dimensions?: number | undefined;
}

interface Format {
  /** A member that no other format has. */
  readonly telling: string;
  readonly read: (body: JsonObject) => Said;
}

/** The formats of models whose answer is one text, or a vector. Add a row for another one. */
const FORMATS: readonly Format[] = [
  // Llama.
  {
    telling: 'generation',
    read: (body) => ({ text: asText(body['generation']), finish: asText(body['stop_reason']), input: asCount(body['prompt_token_count']), output: asCount(body['generation_token_count']) }),
  },
  // Titan text, as a document …
  {
    telling: 'results',
    read(body) {
      const result = asObject(asList(body['results'])[0]);
      return { text: asText(result?.['outputText']), finish: asText(result?.['completionReason']), input: asCount(body['inputTextTokenCount']), output: asCount(result?.['tokenCount']) };
    },
  },
  // … and as events.
  {
    telling: 'outputText',
    read: (body) => ({ text: asText(body['outputText']), finish: asText(body['completionReason']), input: asCount(body['inputTextTokenCount']), output: asCount(body['totalOutputTextTokenCount']) }),
  },
  // Mistral.
  {
    telling: 'outputs',
    read(body) {
      const output = asObject(asList(body['outputs'])[0]);
      return { text: asText(output?.['text']), finish: asText(output?.['stop_reason']) };
    },
  },
  // Cohere Command, older …
  {
    telling: 'generations',
    read(body) {
      const generation = asObject(asList(body['generations'])[0]);
      return { text: asText(generation?.['text']), finish: asText(generation?.['finish_reason']), id: asText(body['id']) };
    },
  },
  // … and Command R, as a document and as events.
  { telling: 'generation_id', read: readCommandR },
  { telling: 'event_type', read: readCommandR },
  // Titan's embeddings.
  { telling: 'embedding', read: (body) => ({ dimensions: asList(body['embedding']).length, input: asCount(body['inputTextTokenCount']) }) },
  // Cohere's and Nova's.
  {
    telling: 'embeddings',
    read(body) {
      const embeddings = asObject(body['embeddings']);
      const first = asList(embeddings === undefined ? body['embeddings'] : Object.values(embeddings)[0])[0];
      return { dimensions: asList(Array.isArray(first) ? first : asObject(first)?.['embedding']).length, id: asText(body['id']) };
    },
  },
];

function readCommandR(body: JsonObject): Said {
  return { text: asText(body['text']), finish: asText(body['finish_reason']), id: asText(body['generation_id']) };
}

/** Compared in lower case: each maker has its own. */
const TOKEN_LIMITS: ReadonlySet<string> = new Set(['length', 'max_tokens']);
const FILTERS: ReadonlySet<string> = new Set(['content_filtered', 'error_toxic']);

/** Whether a document, or an event, is in one of the formats. */
export function isCompletion(body: JsonObject): boolean {
  return formatOf(body) !== undefined;
}

function formatOf(body: JsonObject): Format | undefined {
  return FORMATS.find(({ telling }) => telling in body);
}

/** Gathers the answer of a model whose own format is a text with a finish reason, or a vector. */
export class CompletionReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #contentBytes: number;
  readonly #text: BoundedText;
  #finish: string | undefined;
  #input: number | undefined;
  #output: number | undefined;
  #isVector = false;

  constructor({ contentBytes }: ReadOptions) {
    this.#contentBytes = contentBytes;
    this.#text = new BoundedText(contentBytes);
  }

  push({ data }: StreamEvent): boolean {
    const parsed = parseJson(data);
    this.pushParsed(parsed?.value);
    return parsed !== undefined;
  }

  pushParsed(event: unknown): void {
    const said = isObject(event) ? formatOf(event)?.read(event) : undefined;
    if (said === undefined) return;
    const draft = this.#draft;
    draft.recognised = true;
    draft.id ??= said.id;
    this.#finish = said.finish ?? this.#finish;
    this.#input = said.input ?? this.#input;
    this.#output = said.output ?? this.#output;
    if (said.text !== undefined) this.#text.append(said.text);
    if (said.dimensions === undefined) return;
    this.#isVector = true;
    if (said.dimensions > 0) draft.attributes[names.EMBEDDINGS_DIMENSION_COUNT] = said.dimensions;
  }

  /** None of these formats has a terminal event: the finish reason is all that says so. */
  get terminal(): boolean {
    return this.#finish !== undefined || this.#isVector;
  }

  facts(): AnswerFacts {
    this.#draft.usage = usageOf({ input: this.#input, output: this.#output });
    const finish = this.#finish;
    const spelt = finish?.toLowerCase() ?? '';
    const isText = this.#draft.recognised && !this.#isVector;
    return this.#draft.facts({
      finishReasons: finish === undefined ? [] : [finish],
      choices: isText ? 1 : 0,
      terminal: this.terminal,
      tokenLimited: TOKEN_LIMITS.has(spelt),
      filtered: FILTERS.has(spelt),
      toolCalls: [],
      messages: this.#contentBytes > 0 && isText ? [{ role: 'assistant', parts: [{ type: 'text', content: this.#text.text }], finish_reason: finish ?? 'error' }] : undefined,
    });
  }
}
