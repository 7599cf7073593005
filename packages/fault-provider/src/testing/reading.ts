import { brotliDecompressSync, constants, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type { DialectId } from '@outspan/core';
import { messagesOf } from './frames.ts';
import type { RawExchange } from './raw-exchange.ts';

/** What a body says, read from its bytes: a second opinion on what the provider claims to have sent. */
export interface Reading {
  readonly text: string;
  /** The compressed form has its end. True where nothing is compressed. */
  readonly codingWhole: boolean;
  /** Documents, or data of events, that are JSON. */
  readonly documents: readonly Json[];
  /** One that is not JSON. */
  readonly invalid?: string;
  /** The text ends inside an event. */
  readonly insideEvent: boolean;
  readonly done: boolean;
}

/** A JSON value that can be asked for anything. */
export interface Json {
  readonly value: unknown;
}

const DECODERS: Readonly<Record<string, { whole(bytes: Buffer): Buffer; part(bytes: Buffer): Buffer }>> = {
  gzip: { whole: (bytes) => gunzipSync(bytes), part: (bytes) => gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) },
  deflate: { whole: (bytes) => inflateSync(bytes), part: (bytes) => inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) },
  br: { whole: (bytes) => brotliDecompressSync(bytes), part: (bytes) => brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH }) },
  zstd: { whole: (bytes) => zstdDecompressSync(bytes), part: (bytes) => zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush }) },
};

/** What a body is read as. */
export type Form = 'document' | 'events' | 'lines';

/** Reads a body as a document, as server-sent events or a binary event stream, or as documents one a line. */
export function read(exchange: RawExchange, form: Form): Reading {
  if (form === 'events' && exchange.body[0] === 0) return readMessages(exchange.body);
  const { text, codingWhole } = decode(exchange);
  if (form === 'document') {
    const parsed = parseJson(text);
    const documents = [parsed ?? parseJson(closed(text))].filter((one) => one !== undefined);
    return { text, codingWhole, documents, ...(!parsed && { invalid: text }), insideEvent: false, done: false };
  }
  const plain = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const blocks = plain.split(form === 'lines' ? '\n' : '\n\n');
  const rest = blocks.pop() ?? '';
  const data = form === 'lines' ? blocks.filter((line) => line !== '') : blocks.map((block) => block.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart()).join('\n')).filter((one) => one !== '');
  const parsed = data.filter((one) => one !== '[DONE]').map((one) => ({ one, json: parseJson(one) }));
  const invalid = parsed.find(({ json }) => json === undefined);
  return {
    text,
    codingWhole,
    documents: parsed.flatMap(({ json }) => (json ? [json] : [])),
    ...(invalid && { invalid: invalid.one }),
    insideEvent: rest !== '',
    done: data.includes('[DONE]'),
  };
}

/** Each message as an object of one member, which is named by its type; of a chunk, what is packed in it. */
function readMessages(body: Buffer): Reading {
  const { messages, rest } = messagesOf(body);
  const read = messages.map(({ headers, payload, holds }) => {
    const json = holds ? parseJson(payload) : undefined;
    const bytes = at(json?.value, 'bytes');
    const type = headers.get(':event-type') ?? headers.get(':exception-type') ?? '';
    return { payload, json: typeof bytes === 'string' ? parseJson(Buffer.from(bytes, 'base64').toString()) : json && { value: { [type]: json.value } } };
  });
  const invalid = read.find(({ json }) => json === undefined);
  return { text: '', codingWhole: true, documents: read.flatMap(({ json }) => (json ? [json] : [])), ...(invalid && { invalid: invalid.payload }), insideEvent: rest > 0, done: false };
}

function decode({ headers, body }: RawExchange): { readonly text: string; readonly codingWhole: boolean } {
  const decoder = DECODERS[headers.get('content-encoding') ?? ''];
  if (!decoder) return { text: body.toString('utf8'), codingWhole: true };
  try {
    return { text: decoder.whole(body).toString('utf8'), codingWhole: true };
  } catch {
    return { text: decoder.part(body).toString('utf8'), codingWhole: false };
  }
}

/** Half a document, closed behind its last whole member. */
function closed(text: string): string {
  let depth = 0;
  let inString = false;
  let end = 1;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === '\\') i++;
      else if (character === '"') inString = false;
      continue;
    }
    if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === ',' && depth === 1) end = i;
  }
  return `${text.slice(0, end)}}`;
}

function parseJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return undefined;
  }
}

/** The value at a path; numbers are indexes. */
export function at(json: unknown, ...path: readonly (string | number)[]): unknown {
  let value = json;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === String(key))?.[1];
  }
  return value;
}

/** Where each dialect says what. The last place that holds something wins. */
interface Places {
  readonly id: readonly Path[];
  readonly model: readonly Path[];
  readonly finish: readonly Path[];
  readonly terminal: (reading: Reading, asEvents: boolean) => boolean;
  /** The counts of the last usage that was sent. */
  readonly input: readonly (readonly Path[])[];
  readonly output: readonly (readonly Path[])[];
  readonly toolArguments: (documents: readonly Json[]) => string;
}
type Path = readonly (string | number)[];

const last = (documents: readonly Json[], paths: readonly Path[]): unknown =>
  documents.flatMap(({ value }) => paths.map((path) => at(value, ...path))).findLast((found) => found !== undefined && found !== null);

const sum = (documents: readonly Json[], groups: readonly (readonly Path[])[]): number | undefined => {
  const found = groups.map((paths) => last(documents, paths)).filter((value) => typeof value === 'number');
  return found.length === 0 ? undefined : found.reduce((a, b) => a + b, 0);
};

const joined = (documents: readonly Json[], ...paths: readonly Path[]): string =>
  documents.flatMap(({ value }) => paths.map((path) => at(value, ...path))).filter((part) => typeof part === 'string').join('');

const typeIs = (documents: readonly Json[], ...types: readonly string[]): boolean => documents.some(({ value }) => types.includes(String(at(value, 'type'))));

const NOTHING_SAID: Omit<Places, 'terminal'> = { id: [], model: [], finish: [], input: [], output: [], toolArguments: () => '' };

const OLLAMA: Places = {
  ...NOTHING_SAID,
  model: [['model']],
  finish: [['done_reason']],
  terminal: ({ documents }) => last(documents, [['done']]) === true,
  input: [[['prompt_eval_count']]],
  output: [[['eval_count']]],
};

const ANTHROPIC: Places = {
  id: [['id'], ['message', 'id']],
  model: [['model'], ['message', 'model']],
  finish: [['stop_reason'], ['delta', 'stop_reason']],
  terminal: ({ documents }, asEvents) => (asEvents ? typeIs(documents, 'message_stop') : typeIs(documents, 'message')),
  input: [
    [['message', 'usage', 'input_tokens'], ['usage', 'input_tokens']],
    [['message', 'usage', 'cache_read_input_tokens'], ['usage', 'cache_read_input_tokens']],
  ],
  output: [[['usage', 'output_tokens']]],
  toolArguments: (documents) => joined(documents, ['delta', 'partial_json']),
};

const PLACES: Readonly<Record<DialectId, Places>> = {
  // Of a model of Anthropic's.
  'aws.bedrock.invoke_model': ANTHROPIC,
  'anthropic.messages': ANTHROPIC,
  'openai.chat': {
    id: [['id']],
    model: [['model']],
    finish: [['choices', 0, 'finish_reason']],
    terminal: (reading, asEvents) => (asEvents ? reading.done : last(reading.documents, [['choices', 0, 'finish_reason']]) !== undefined),
    input: [[['usage', 'prompt_tokens']]],
    output: [[['usage', 'completion_tokens']]],
    toolArguments: (documents) => joined(documents, ['choices', 0, 'delta', 'tool_calls', 0, 'function', 'arguments'], ['choices', 0, 'message', 'tool_calls', 0, 'function', 'arguments']),
  },
  'openai.responses': {
    id: [['id'], ['response', 'id']],
    model: [['model'], ['response', 'model']],
    finish: [['status'], ['response', 'status'], ['incomplete_details', 'reason'], ['response', 'incomplete_details', 'reason']],
    terminal: ({ documents }, asEvents) => (asEvents ? typeIs(documents, 'response.completed', 'response.incomplete', 'response.failed') : last(documents, [['status']]) !== undefined),
    input: [[['usage', 'input_tokens'], ['response', 'usage', 'input_tokens']]],
    output: [[['usage', 'output_tokens'], ['response', 'usage', 'output_tokens']]],
    toolArguments: (documents) => joined(documents.filter(({ value }) => at(value, 'type') === 'response.function_call_arguments.delta'), ['delta']) || joined(documents, ['output', 0, 'arguments']),
  },
  'openai.embeddings': {
    id: [],
    model: [['model']],
    finish: [],
    terminal: ({ documents }) => last(documents, [['data']]) !== undefined,
    input: [[['usage', 'prompt_tokens']]],
    output: [],
    toolArguments: () => '',
  },
  'openai.images': { ...NOTHING_SAID, terminal: ({ documents }) => last(documents, [['data']]) !== undefined, input: [[['usage', 'input_tokens']]], output: [[['usage', 'output_tokens']]] },
  'openai.transcriptions': { ...NOTHING_SAID, terminal: ({ documents }) => last(documents, [['text']]) !== undefined, input: [[['usage', 'input_tokens']]], output: [[['usage', 'output_tokens']]] },
  'openai.speech': { ...NOTHING_SAID, terminal: ({ text }) => /TAG {125}$/.test(text) },
  'openai.moderations': { ...NOTHING_SAID, id: [['id']], model: [['model']], terminal: ({ documents }) => last(documents, [['results']]) !== undefined },
  'aws.bedrock.converse': {
    id: [['id']],
    model: [['model']],
    finish: [['stopReason'], ['messageStop', 'stopReason']],
    terminal: ({ documents }, asEvents) => last(documents, asEvents ? [['metadata']] : [['stopReason']]) !== undefined,
    input: [[['usage', 'inputTokens'], ['metadata', 'usage', 'inputTokens']], [['usage', 'cacheReadInputTokens'], ['metadata', 'usage', 'cacheReadInputTokens']]],
    output: [[['usage', 'outputTokens'], ['metadata', 'usage', 'outputTokens']]],
    toolArguments: (documents) => joined(documents, ['contentBlockDelta', 'delta', 'toolUse', 'input']),
  },
  'gemini.embed_content': { ...NOTHING_SAID, terminal: ({ documents }) => last(documents, [['embeddings']]) !== undefined },
  'gemini.generate_content': {
    id: [['responseId']],
    model: [['modelVersion']],
    finish: [['candidates', 0, 'finishReason']],
    terminal: ({ documents }) => last(documents, [['candidates', 0, 'finishReason'], ['promptFeedback', 'blockReason']]) !== undefined,
    input: [[['usageMetadata', 'promptTokenCount']]],
    output: [[['usageMetadata', 'candidatesTokenCount']], [['usageMetadata', 'thoughtsTokenCount']]],
    toolArguments: () => '',
  },
  'cohere.chat': {
    id: [['id']],
    model: [],
    finish: [['finish_reason'], ['delta', 'finish_reason']],
    terminal: ({ documents }, asEvents) => (asEvents ? typeIs(documents, 'message-end') : last(documents, [['finish_reason']]) !== undefined),
    input: [[['usage', 'billed_units', 'input_tokens'], ['delta', 'usage', 'billed_units', 'input_tokens']]],
    output: [[['usage', 'billed_units', 'output_tokens'], ['delta', 'usage', 'billed_units', 'output_tokens']]],
    toolArguments: (documents) => joined(documents, ['delta', 'message', 'tool_calls', 'function', 'arguments'], ['message', 'tool_calls', 0, 'function', 'arguments']),
  },
  'ai_gateway.language_model': {
    id: [['id'], ['response', 'id']],
    model: [['modelId'], ['response', 'modelId']],
    finish: [['finishReason', 'unified']],
    terminal: ({ documents }) => last(documents, [['finishReason', 'unified']]) !== undefined,
    input: [[['usage', 'inputTokens', 'total']]],
    output: [[['usage', 'outputTokens', 'total']]],
    toolArguments: (documents) => joined(documents.filter(({ value }) => at(value, 'type') !== 'text-delta'), ['delta'], ['content', 0, 'input']),
  },
  'cohere.v1_chat': {
    id: [['generation_id'], ['response', 'generation_id']],
    model: [],
    finish: [['finish_reason']],
    terminal: ({ documents }, asEvents) => last(documents, [asEvents ? ['is_finished'] : ['finish_reason']]) !== (asEvents ? false : undefined) && documents.length > 0,
    input: [[['meta', 'billed_units', 'input_tokens'], ['response', 'meta', 'billed_units', 'input_tokens']]],
    output: [[['meta', 'billed_units', 'output_tokens'], ['response', 'meta', 'billed_units', 'output_tokens']]],
    toolArguments: () => '',
  },
  'cohere.embed': { ...NOTHING_SAID, id: [['id']], terminal: ({ documents }) => last(documents, [['embeddings']]) !== undefined, input: [[['meta', 'billed_units', 'input_tokens']]] },
  'cohere.rerank': { ...NOTHING_SAID, id: [['id']], terminal: ({ documents }) => last(documents, [['results']]) !== undefined },
  'ollama.chat': OLLAMA,
  'ollama.generate': OLLAMA,
  'ollama.embed': { ...NOTHING_SAID, model: [['model']], terminal: ({ documents }) => last(documents, [['embeddings']]) !== undefined, input: [[['prompt_eval_count']]] },
  'huggingface.task': { ...NOTHING_SAID, terminal: ({ documents }) => last(documents, [['text']]) !== undefined },
  'huggingface.feature_extraction': { ...NOTHING_SAID, terminal: ({ documents }) => documents.some(({ value }) => Array.isArray(value)) },
  'replicate.predictions': {
    ...NOTHING_SAID,
    id: [['id']],
    model: [['model']],
    finish: [['reason']],
    terminal: ({ text, documents }, asEvents) => (asEvents ? /\nevent: done\ndata: .*\n\n$/.test(text) : documents.length > 0 && /"status":"(?:succeeded|failed)"/.test(text) && parseJson(text) !== undefined),
    input: [[['metrics', 'input_token_count']]],
    output: [[['metrics', 'output_token_count']]],
  },
};

/** Answers of these need not be JSON. */
export const NOT_JSON: ReadonlySet<DialectId> = new Set(['openai.speech', 'replicate.predictions']);

/** What a reader of the dialect finds in a body. */
export interface Found {
  readonly id: unknown;
  readonly model: unknown;
  readonly finish: unknown;
  readonly terminal: boolean;
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly toolArguments: string;
}

/** Looks at the places where the dialect says things. */
export function find(dialect: DialectId, reading: Reading, asEvents: boolean): Found {
  const places = PLACES[dialect];
  const { documents } = reading;
  return {
    id: last(documents, places.id),
    model: last(documents, places.model),
    finish: last(documents, places.finish),
    terminal: (asEvents || reading.invalid === undefined || NOT_JSON.has(dialect)) && places.terminal(reading, asEvents),
    input: sum(documents, places.input),
    output: sum(documents, places.output),
    toolArguments: places.toolArguments(documents),
  };
}
