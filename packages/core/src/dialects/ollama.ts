import type { JsonValue } from '../body/json.ts';
import { asCount, asList, asObject, asText, isObject, type JsonObject, parseJson, toJson } from '../body/json-access.ts';
import { AnswerDraft, MOST_PARTS } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import { BoundedText } from './bounded-text.ts';
import type { AnswerFacts, Dialect, EventReader, ReadOptions, RequestContent, RequestFacts, StreamEvent } from './dialect.ts';
import { EventTemplate } from './event-template.ts';
import { blobPart } from './media-part.ts';
import { OutputText, promiseOf } from './output-text.ts';
import { readProviderError } from './provider-error.ts';
import { offersTools, readRequestBody } from './request-body.ts';
import { type ParameterRow, readParameters } from './request-parameters.ts';
import { ToolCallDraft } from './tool-call.ts';
import { readToolDefinitions } from './tool-definitions.ts';
import { usageOf } from './usage.ts';

/** What stands in a request's `options`. */
const OPTIONS: readonly ParameterRow[] = [
  { from: 'num_predict', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  { from: 'temperature', to: names.REQUEST_TEMPERATURE, as: 'number' },
  { from: 'top_p', to: names.REQUEST_TOP_P, as: 'number' },
  { from: 'top_k', to: names.REQUEST_TOP_K, as: 'integer' },
  { from: 'frequency_penalty', to: names.REQUEST_FREQUENCY_PENALTY, as: 'number' },
  { from: 'presence_penalty', to: names.REQUEST_PRESENCE_PENALTY, as: 'number' },
  { from: 'stop', to: names.REQUEST_STOP_SEQUENCES, as: 'texts' },
  { from: 'seed', to: names.REQUEST_SEED, as: 'integer' },
];
const WITHIN: ReadonlySet<string> = new Set(OPTIONS.map((row) => row.from));
const WANTED: ReadonlySet<string> = new Set(['model', 'stream', 'options', 'tools', 'format', 'think']);

/** In these the lines of one stream differ. */
const VARYING = ['content', 'response', 'thinking', 'created_at'] as const;

/** Ollama's own chat. */
export const ollamaChat: Dialect = ollamaDialect('ollama.chat', 'chat', /(?:^|\/)api\/chat$/);
/** Ollama's completion of a prompt. */
export const ollamaGenerate: Dialect = ollamaDialect('ollama.generate', 'text_completion', /(?:^|\/)api\/generate$/);

/** Both have the same requests and answers but for `messages` or a `prompt`, and a `message` or a `response`. */
function ollamaDialect(id: 'ollama.chat' | 'ollama.generate', operation: 'chat' | 'text_completion', path: RegExp): Dialect {
  const read = (members: JsonObject, whole: boolean, stream: boolean): RequestFacts => {
    const parameters = readParameters(asObject(members['options']) ?? {}, OPTIONS);
    if (members['format'] === 'json' || isObject(members['format'])) parameters[names.OUTPUT_TYPE] = 'json';
    const promised = isObject(members['format']) ? ('json' as const) : promiseOf(members['format']);
    const effort = asText(members['think']);
    if (effort !== undefined) parameters[names.REQUEST_REASONING_LEVEL] = effort;
    const model = asText(members['model']);
    const tools = offersTools([members['tools']], whole);
    return { operation, stream, parameters, ...(model !== undefined && { model }), ...(tools !== undefined && { offersTools: tools }), ...(promised !== undefined && { promised }) };
  };
  return {
    id,
    operation,
    // Any chat application may have such a path of its own.
    spokenBy: 'ollama',
    streamsLines: true,

    matches: (method, requested) => method === 'POST' && path.test(requested),

    readRequest(_url, body) {
      const { members, whole } = readRequestBody(body, WANTED, WITHIN);
      // The server streams unless it is told not to. Of a body that was not seen the answer's own type tells.
      return read(members, whole, members['stream'] === undefined ? whole : members['stream'] !== false);
    },
    // The SDK does not stream unless it is told to.
    readRequestParameters: (parameters) => read(parameters, true, parameters['stream'] === true),

    readAnswer(body, options) {
      const reader = new GenerationReader(options);
      reader.readDocument(body);
      return reader.facts();
    },

    needsEveryEvent: (request) => request.offersTools !== false || request.promised !== undefined,
    readEvents: (_request, options) => new GenerationReader(options),

    readContent(body): RequestContent {
      const request = asObject(body) ?? {};
      const prompt = asText(request['prompt']);
      const inputMessages = prompt === undefined ? asList(request['messages']).filter(isObject).map(readMessage) : [readMessage({ ...request, role: 'user', content: prompt })];
      const system = asText(request['system']);
      const toolDefinitions = readToolDefinitions(asList(request['tools']));
      return {
        ...(inputMessages.length > 0 && { inputMessages }),
        ...(system !== undefined && { systemInstructions: [{ type: 'text', content: system }] }),
        ...(toolDefinitions.length > 0 && { toolDefinitions }),
        ...(isObject(request['format']) && { outputSchema: request['format'] }),
      };
    },
  };
}

/** A message in the conventions' form. Images are base64 without a type; a path that the SDK will read is no content. */
function readMessage(message: JsonObject): JsonValue {
  const role = asText(message['role']) ?? 'user';
  const content = asText(message['content']);
  if (role === 'tool') return { role, parts: [{ type: 'tool_call_response', response: content ?? '' }] };
  const parts: JsonValue[] = [];
  const thinking = asText(message['thinking']);
  if (thinking !== undefined) parts.push({ type: 'reasoning', content: thinking });
  if (content !== undefined) parts.push({ type: 'text', content });
  for (const image of asList(message['images'])) parts.push(blobPart('image', image, undefined));
  for (const call of asList(message['tool_calls'])) {
    const inner = asObject(asObject(call)?.['function']);
    if (inner !== undefined) parts.push({ type: 'tool_call', name: asText(inner['name']) ?? '', arguments: toJson(inner['arguments']) });
  }
  return { role, parts };
}

/** Gathers the lines of a stream, or the one document of a unary answer, which has the shape of a line that holds everything. */
class GenerationReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #contentBytes: number;
  readonly #text: BoundedText;
  readonly #reasoning: BoundedText;
  /** Where JSON was promised. */
  readonly #output: OutputText | undefined;
  readonly #calls: ToolCallDraft[] = [];
  readonly #template = new EventTemplate(VARYING);
  #reason: string | undefined;
  #done = false;

  constructor(options: ReadOptions) {
    this.#contentBytes = options.contentBytes;
    this.#text = new BoundedText(options.contentBytes);
    this.#reasoning = new BoundedText(options.contentBytes);
    this.#output = OutputText.for(options.promised);
  }

  push({ data }: StreamEvent): boolean {
    if (this.#template.matches(data)) return true;
    const parsed = parseJson(data);
    if (!isObject(parsed?.value)) return false;
    this.pushParsed(parsed.value);
    if (this.#contentBytes === 0 && this.#output === undefined && isText(parsed.value)) this.#template.learn(data);
    return true;
  }

  pushParsed(value: unknown): void {
    const line = asObject(value);
    if (line === undefined) return;
    const message = asObject(line['message']);
    const isAnswer = message !== undefined || typeof line['response'] === 'string' || line['done'] === true;
    const draft = this.#draft;
    if (!isAnswer) draft.error ??= readProviderError(line);
    if (draft.error === undefined) draft.model ??= asText(line['model']);
    if (!isAnswer) return;
    draft.recognised = true;
    const text = asText(message?.['content']) ?? asText(line['response']) ?? '';
    this.#text.append(text);
    this.#output?.append(text);
    this.#reasoning.append(asText(message?.['thinking']) ?? asText(line['thinking']) ?? '');
    for (const call of asList(message?.['tool_calls'])) this.#readCall(asObject(call));
    draft.usage = usageOf({ input: asCount(line['prompt_eval_count']), output: asCount(line['eval_count']) }) ?? draft.usage;
    if (line['done'] !== true) return;
    this.#done = true;
    this.#reason = asText(line['done_reason']) ?? this.#reason;
  }

  /** Takes the one document of a unary answer, or an error's. */
  readDocument(body: unknown): void {
    this.pushParsed(body);
    this.#done ||= this.#draft.recognised;
  }

  #readCall(source: JsonObject | undefined): void {
    const inner = asObject(source?.['function']);
    if (inner === undefined || this.#calls.length >= MOST_PARTS) return;
    const call = new ToolCallDraft(this.#contentBytes);
    call.id = asText(source?.['id']);
    call.name = asText(inner['name']);
    // They come whole and as a value.
    call.replaceByValue(asObject(inner['arguments']) ?? {});
    call.ended = true;
    this.#calls.push(call);
  }

  get terminal(): boolean {
    return this.#done || this.#draft.error !== undefined;
  }

  facts(): AnswerFacts {
    const { recognised } = this.#draft;
    return this.#draft.facts({
      finishReasons: this.#reason === undefined ? [] : [this.#reason],
      choices: recognised ? 1 : 0,
      terminal: this.terminal,
      tokenLimited: this.#reason === 'length',
      filtered: false,
      brokenPromise: this.#reason === 'stop' && this.#calls.length === 0 && this.#output?.broken === true,
      toolCalls: this.#calls.map((call) => call.facts(true)),
      messages: this.#contentBytes > 0 && recognised ? [this.#message()] : undefined,
    });
  }

  #message(): JsonValue {
    const parts: JsonValue[] = [];
    if (this.#reasoning.text !== '') parts.push({ type: 'reasoning', content: this.#reasoning.text });
    if (this.#text.text !== '') parts.push({ type: 'text', content: this.#text.text });
    for (const call of this.#calls) parts.push(call.part());
    return { role: 'assistant', parts, finish_reason: this.#reason ?? 'error' };
  }
}

/** Whether a line is one more piece of text, after which another of its shape says nothing new. */
function isText(line: JsonObject): boolean {
  const message = asObject(line['message']);
  return line['done'] === false && (typeof line['response'] === 'string' || (message !== undefined && !('tool_calls' in message)));
}
