import type { JsonValue } from '../body/json.ts';
import { asCount, asList, asObject, asText, type JsonObject, parseJson } from '../body/json-access.ts';
import { AnswerDraft } from './answer-draft.ts';
import { BoundedText } from './bounded-text.ts';
import type { AnswerFacts, Dialect, EventReader, ProviderError, ReadOptions, RequestContent, RequestFacts, StreamEvent } from './dialect.ts';
import { readProviderError } from './provider-error.ts';
import { readRequestBody } from './request-body.ts';
import { lastParts } from './url-segment.ts';
import { usageOf } from './usage.ts';

/** Of a model that Replicate names, of any version, or of a deployment. Servers of models have such a path as well: see {@link Dialect.spokenBy}. */
const CREATE = /(?:^|\/)(?:(?:models|deployments)\/([^/]+\/[^/]+)\/)?predictions$/;
/** Where a prediction is asked for again. All else that its answers lead to are streams. */
const PREDICTION = /\/predictions\/[^/]+(?:\/cancel)?$/;
const WANTED: ReadonlySet<string> = new Set(['input', 'model', 'version']);
/** By these a model is told what to make; one that is given neither may do anything: tell what is in a picture, or embed a text. */
const PROMPTS = ['prompt', 'messages'] as const;

/** What a prediction is at. With one of the others it will be asked for again. */
const ENDS: ReadonlySet<string> = new Set(['succeeded', 'failed', 'canceled', 'aborted']);
const AT_WORK: ReadonlySet<string> = new Set(['starting', 'processing', 'queued']);
const CANCELLED: ReadonlySet<string> = new Set(['canceled', 'aborted']);

/**
 * Replicate's predictions, by whichever model. One is created by a request that may wait for its end (`Prefer: wait`); what has not ended by then
 * is asked for again and again, or read from a stream: see {@link AnswerFacts.rest}.
 */
export const replicatePredictions: Dialect = {
  id: 'replicate.predictions',
  operation: 'prediction',
  spokenBy: 'replicate',
  streamsText: true,

  matches: (method, path) => method === 'POST' && CREATE.test(path),

  readRequest(url, body) {
    const facts = readMembers(readRequestBody(body, WANTED, new Set(PROMPTS)).members);
    const creates = CREATE.exec(url.pathname);
    const model = creates?.[1];
    return { ...facts, stream: creates === null && !PREDICTION.test(url.pathname), ...(model !== undefined && { model }) };
  },
  readRequestParameters: readMembers,

  readAnswer(body, options) {
    const reader = new PredictionReader(options);
    reader.pushParsed(body);
    return reader.facts();
  },

  needsEveryEvent: () => false,
  readEvents: (_request, options) => new PredictionReader(options),

  readContent(body): RequestContent {
    const input = asObject(asObject(body)?.['input']);
    const [prompt, system] = [asText(input?.['prompt']), asText(input?.['system_prompt'])];
    return {
      ...(prompt !== undefined && { inputMessages: [{ role: 'user', parts: [{ type: 'text', content: prompt }] }] }),
      ...(system !== undefined && { systemInstructions: [{ type: 'text', content: system }] }),
    };
  },
};

function readMembers(members: JsonObject): RequestFacts {
  const input = asObject(members['input']);
  const model = asText(members['model']) ?? asText(members['version']);
  return {
    operation: PROMPTS.some((name) => input?.[name] !== undefined) ? 'generate_content' : 'prediction',
    stream: false,
    offersTools: false,
    parameters: {},
    ...(model !== undefined && { model }),
  };
}

/** Reads a prediction, or the events of its stream, which hold plain text. */
class PredictionReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #text: BoundedText;
  #rest: readonly string[] | undefined;
  #ended = false;
  #cancelled = false;
  #reason: string | undefined;

  constructor({ contentBytes }: ReadOptions) {
    this.#text = new BoundedText(contentBytes);
  }

  push({ name, data }: StreamEvent): boolean {
    this.#draft.recognised ||= name === 'output' || name === 'done';
    if (name === 'output') this.#text.append(data);
    else if (name === 'error') this.#draft.error ??= readStreamError(data);
    else if (name === 'done') this.#finish(asText(asObject(parseJson(data)?.value)?.['reason']));
    return true;
  }

  pushParsed(body: unknown): void {
    const draft = this.#draft;
    const prediction = asObject(body);
    const [id, status] = [asText(prediction?.['id']), asText(prediction?.['status'])];
    if (prediction === undefined || id === undefined || status === undefined || !(ENDS.has(status) || AT_WORK.has(status))) {
      draft.error ??= readProviderError(body);
      // The beginning of one that broke off still tells whose it is.
      draft.id ??= draft.error === undefined ? id : undefined;
      draft.model ??= asText(prediction?.['model']);
      return;
    }
    draft.recognised = true;
    draft.id ??= id;
    draft.model ??= asText(prediction['model']);
    this.#rest = ENDS.has(status) ? undefined : whereaboutsOf(id, prediction);
    this.#cancelled = CANCELLED.has(status);
    this.#ended = ENDS.has(status);
    if (status === 'failed') draft.error ??= readFailure(prediction['error']);
    const metrics = asObject(prediction['metrics']);
    draft.usage = usageOf({ input: asCount(metrics?.['input_token_count']), output: asCount(metrics?.['output_token_count']) }) ?? draft.usage;
    for (const text of textsOf(prediction['output'])) this.#text.append(text);
  }

  /** @param reason absent where it succeeded: `canceled`, `error` */
  #finish(reason: string | undefined): void {
    this.#ended = true;
    this.#reason = reason;
    this.#cancelled = reason !== undefined && CANCELLED.has(reason);
  }

  get terminal(): boolean {
    return this.#ended || this.#draft.error !== undefined;
  }

  facts(): AnswerFacts {
    return this.#draft.facts({
      finishReasons: this.#reason === undefined ? [] : [this.#reason],
      choices: this.#draft.recognised ? 1 : 0,
      terminal: this.terminal,
      tokenLimited: false,
      filtered: false,
      toolCalls: [],
      messages: this.#text.text === '' ? undefined : [this.#message()],
      ...(this.#rest && { rest: this.#rest }),
      ...(this.#cancelled && { cancelled: true }),
    });
  }

  #message(): JsonValue {
    return { role: 'assistant', parts: [{ type: 'text', content: this.#text.text }], finish_reason: this.#reason ?? (this.#ended && this.#draft.error === undefined ? 'stop' : 'error') };
  }
}

/** In characters: they are remembered. */
const LONGEST_PLACE = 256;

/** Where it will be asked for, and where it is cancelled. The address of its stream is told. */
function whereaboutsOf(id: string, prediction: JsonObject): readonly string[] {
  const stream = asText(asObject(prediction['urls'])?.['stream']);
  const places = [`predictions/${id}`, `${id}/cancel`, ...(stream !== undefined && URL.canParse(stream) ? [lastParts(new URL(stream).pathname)] : [])];
  return places.filter((place) => place.length <= LONGEST_PLACE);
}

/** Pieces of text. An address of a file, or a file itself, is none. */
function textsOf(output: unknown): readonly string[] {
  const texts = (Array.isArray(output) ? asList(output) : [output]).filter((item) => typeof item === 'string');
  return texts.some((text) => /^(?:https?|data):/.test(text)) ? [] : texts;
}

/** `Prediction failed: …(E005)`: a code of Replicate's, where it is one of its own failures, in a text of the model's. */
function readFailure(error: unknown): ProviderError {
  const message = asText(error);
  const code = message === undefined ? undefined : /\bE\d{3,4}\b/.exec(message)?.[0];
  return { ...(code !== undefined && { code }), ...(message !== undefined && { message }) };
}

function readStreamError(data: string): ProviderError {
  const parsed = parseJson(data);
  return readProviderError(parsed?.value) ?? readFailure(data);
}
