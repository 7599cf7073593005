import type { JsonValue } from '../body/json.ts';
import { asCount, asList, asObject, asText, isObject, type JsonObject, parseJson } from '../body/json-access.ts';
import { AnswerDraft, MOST_PARTS } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import { BoundedText } from './bounded-text.ts';
import type { AnswerFacts, Dialect, EventReader, ReadOptions, RequestContent, RequestFacts, StreamEvent } from './dialect.ts';
import { EventTemplate } from './event-template.ts';
import { readChatMessages, readPrompt } from './openai-chat-content.ts';
import { readToolDefinitions } from './tool-definitions.ts';
import { readOpenaiUsage } from './openai-usage.ts';
import { answerMedia, mediaPart } from './media-part.ts';
import { OutputText, outputSchemaOf, promiseOf } from './output-text.ts';
import { readProviderError } from './provider-error.ts';
import { offersTools, readRequestBody } from './request-body.ts';
import { type ParameterRow, readParameters } from './request-parameters.ts';
import { ToolCallDraft } from './tool-call.ts';
import { deploymentIn } from './url-segment.ts';

/** `/chat/completions`, and the legacy `/completions`. */
const PATH = /(?:^|\/)completions$/;
/** Also Mistral's, of an agent that was made before. */
const CHAT_PATH = /(?:^|\/)(?:chat|agents)\/completions\/*$/;
const DONE = '[DONE]';
/** The second is Mistral's: the model's own limit. */
const TOKEN_LIMITS: ReadonlySet<string> = new Set(['length', 'model_length']);

const PARAMETERS: readonly ParameterRow[] = [
  { from: 'max_tokens', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  { from: 'max_completion_tokens', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  { from: 'temperature', to: names.REQUEST_TEMPERATURE, as: 'number' },
  { from: 'top_p', to: names.REQUEST_TOP_P, as: 'number' },
  { from: 'top_k', to: names.REQUEST_TOP_K, as: 'integer' },
  { from: 'frequency_penalty', to: names.REQUEST_FREQUENCY_PENALTY, as: 'number' },
  { from: 'presence_penalty', to: names.REQUEST_PRESENCE_PENALTY, as: 'number' },
  { from: 'stop', to: names.REQUEST_STOP_SEQUENCES, as: 'texts' },
  { from: 'seed', to: names.REQUEST_SEED, as: 'integer' },
  // Mistral's spelling.
  { from: 'random_seed', to: names.REQUEST_SEED, as: 'integer' },
  { from: 'reasoning_effort', to: names.REQUEST_REASONING_LEVEL, as: 'text' },
];
const WITHIN: ReadonlySet<string> = new Set(['type', 'effort']);
const WANTED: ReadonlySet<string> = new Set([
  ...PARAMETERS.map((row) => row.from),
  'model', 'stream', 'n', 'prompt', 'tools', 'functions', 'response_format', 'modalities', 'service_tier', 'reasoning',
]);

/** In these the text deltas of one stream differ; some providers count tokens in every one. */
const VARYING = ['content', 'text', 'reasoning', 'reasoning_content', 'obfuscation', 'created', 'prompt_tokens', 'completion_tokens', 'total_tokens', 'reasoning_tokens'] as const;
/** Finish reasons that claim a whole text, as OpenAI and compatible servers spell them. */
const WHOLE: ReadonlySet<string> = new Set(['stop', 'eos', 'eos_token', 'end_turn', 'STOP']);
/** Members of a delta that are text. */
const TEXT_MEMBERS: ReadonlySet<string> = new Set(['role', 'content', 'reasoning', 'reasoning_content', 'refusal']);

/** OpenAI chat completions, which most compatible providers speak too, and the legacy completions. */
export const openaiChat: Dialect = {
  id: 'openai.chat',
  operation: 'chat',
  sharedPaths: { telling: CHAT_PATH, bodies: [['messages'], ['prompt', 'model'], ['prompt', 'max_tokens'], ['prompt', 'stream'], ['prompt', 'n_predict']] },

  matches: (method, path) => method === 'POST' && PATH.test(path),

  readRequest(url, body) {
    const { members, whole } = readRequestBody(body, WANTED, WITHIN);
    const facts = readRequestMembers(members, whole, CHAT_PATH.test(url.pathname) ? 'chat' : 'text_completion');
    const model = facts.model ?? deploymentIn(url);
    return { ...facts, ...(model !== undefined && { model }) };
  },

  readRequestParameters: (parameters) => readRequestMembers(parameters, true, 'prompt' in parameters && !('messages' in parameters) ? 'text_completion' : 'chat'),

  readAnswer(body, options) {
    const reader = new ChatReader(1, options, true);
    reader.pushParsed(body);
    return reader.facts();
  },

  needsEveryEvent: (request) => request.offersTools !== false || (request.choices ?? 1) > 1 || request.promised !== undefined,

  readEvents: (request, options) => new ChatReader(request.choices ?? 1, options, false),

  readContent(body): RequestContent {
    const request = asObject(body) ?? {};
    const inputMessages = 'messages' in request ? readChatMessages(request['messages']) : readPrompt(request['prompt']);
    const toolDefinitions = readToolDefinitions([...asList(request['tools']), ...asList(request['functions'])]);
    return { ...(inputMessages.length > 0 && { inputMessages }), ...(toolDefinitions.length > 0 && { toolDefinitions }), ...outputSchemaOf(request['response_format']) };
  },
};

function readRequestMembers(members: JsonObject, whole: boolean, operation: 'chat' | 'text_completion'): RequestFacts {
  const parameters = readParameters(members, PARAMETERS);
  // The conventions have no type for the legacy completions.
  if (operation === 'chat') parameters[names.OPENAI_API_TYPE] = 'chat_completions';
  // OpenRouter's spelling.
  const effort = asText(asObject(members['reasoning'])?.['effort']);
  if (effort !== undefined) parameters[names.REQUEST_REASONING_LEVEL] ??= effort;
  const outputType = outputTypeOf(members);
  if (outputType !== undefined) parameters[names.OUTPUT_TYPE] = outputType;
  const tier = asText(members['service_tier']);
  if (tier !== undefined && tier !== 'auto') parameters[names.OPENAI_REQUEST_SERVICE_TIER] = tier;
  const choices = asCount(members['n']);
  if (choices !== undefined && choices !== 1) parameters[names.REQUEST_CHOICE_COUNT] = choices;

  const promised = outputType === 'json' ? promiseOf(asObject(members['response_format'])?.['type']) : undefined;

  const model = asText(members['model']);
  const tools = offersTools([members['tools'], members['functions']], whole);
  return {
    operation,
    stream: members['stream'] === true,
    parameters,
    ...(model !== undefined && { model }),
    ...(choices !== undefined && choices !== 1 && { choices }),
    ...(tools !== undefined && { offersTools: tools }),
    ...(promised !== undefined && { promised }),
  };
}

/** The conventions' word for what `response_format` and `modalities` ask for. */
function outputTypeOf(members: JsonObject): string | undefined {
  if (asList(members['modalities']).includes('audio')) return 'speech';
  const format = asText(asObject(members['response_format'])?.['type']);
  return format === 'json_object' || format === 'json_schema' ? 'json' : format === 'text' ? 'text' : undefined;
}

interface Choice {
  finish: string | undefined;
  /** Whether nothing came behind the finish reason: more text undoes it. */
  over: boolean;
  readonly calls: ToolCallDraft[];
  /** The call that the next piece for an index belongs to. */
  readonly callAt: Map<number, ToolCallDraft>;
  readonly text: BoundedText;
  readonly reasoning: BoundedText;
  /** Files, only where content is kept. */
  readonly media: JsonValue[];
  /** Where JSON was promised. */
  readonly output: OutputText | undefined;
}

/** Gathers chunks of a stream, or the one document of a unary answer, which has the same shape but for `message` in place of `delta`. */
class ChatReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #choices = new Map<number, Choice>();
  readonly #expected: number;
  readonly #contentBytes: number;
  readonly #promised: ReadOptions['promised'];
  readonly #document: boolean;
  #done = false;
  #template = new EventTemplate(VARYING);
  /** The last event that was not parsed. */
  #skimmed: string | undefined;

  constructor(expected: number, options: ReadOptions, document: boolean) {
    this.#expected = expected;
    this.#contentBytes = options.contentBytes;
    this.#promised = options.promised;
    this.#document = document;
  }

  push({ name, data }: StreamEvent): boolean {
    if (this.#template.matches(data)) {
      this.#skimmed = data;
      return true;
    }
    if (data.trim() === DONE) {
      this.#done = true;
      return true;
    }
    const parsed = parseJson(data);
    if (parsed === undefined) {
      // An error event may carry plain text.
      if (name !== 'error') return false;
      this.#draft.error ??= { message: data };
      return true;
    }
    if (!isObject(parsed.value) && !Array.isArray(parsed.value)) return false;
    this.pushParsed(parsed.value);
    if (this.#isText(parsed.value)) this.#template.learn(data);
    return true;
  }

  /** Whether an event is one more piece of text of the only choice, after which another of its shape says nothing new. */
  #isText(event: unknown): boolean {
    if (this.#contentBytes > 0 || this.#expected > 1 || this.#promised !== undefined) return false;
    const choices = asList(asObject(event)?.['choices']);
    const choice = asObject(choices[0]);
    if (choice === undefined || choices.length > 1 || asText(choice['finish_reason']) !== undefined || this.#draft.error !== undefined) return false;
    const delta = asObject(choice['delta']);
    return delta === undefined ? typeof choice['text'] === 'string' : Object.keys(delta).every((member) => TEXT_MEMBERS.has(member) || delta[member] === null);
  }

  pushParsed(event: unknown): void {
    const chunk = asObject(event);
    // Counts are cumulative: newer ones replace those that were passed over.
    if (isObject(chunk?.['usage'])) this.#skimmed = undefined;
    const draft = this.#draft;
    const isAnswer = Array.isArray(chunk?.['choices']);
    // In an answer only the envelope's own member is an error; what else looks like one is content.
    if (!isAnswer || isErrorMember(chunk?.['error'])) draft.error ??= readProviderError(event);
    if (chunk === undefined) return;
    draft.id ??= asText(chunk['id']);
    draft.model ??= asText(chunk['model']);
    this.#readUsage(chunk);
    const tier = asText(chunk['service_tier']);
    if (tier !== undefined) draft.attributes[names.OPENAI_RESPONSE_SERVICE_TIER] = tier;
    const fingerprint = asText(chunk['system_fingerprint']);
    if (fingerprint !== undefined) draft.attributes[names.OPENAI_RESPONSE_SYSTEM_FINGERPRINT] = fingerprint;
    if (!isAnswer) return;
    for (const [position, choice] of asList(chunk['choices']).entries()) if (isObject(choice)) this.#readChoice(choice, position);
  }

  #readUsage(chunk: JsonObject): void {
    const usage = readOpenaiUsage(chunk['usage']) ?? readOpenaiUsage(asObject(chunk['x_groq'])?.['usage']);
    if (usage !== undefined) this.#draft.usage = usage;
  }

  #readChoice(source: JsonObject, position: number): void {
    const index = asCount(source['index']) ?? position;
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      if (this.#choices.size >= MOST_PARTS) return;
      choice = { finish: undefined, over: false, calls: [], callAt: new Map(), text: new BoundedText(this.#contentBytes), reasoning: new BoundedText(this.#contentBytes), output: OutputText.for(this.#promised), media: [] };
      this.#choices.set(index, choice);
    }
    // An answer without a choice has nothing in it.
    this.#draft.recognised = true;
    const finish = asText(source['finish_reason']);
    choice.finish = finish ?? choice.finish;
    if (finish !== undefined) this.#template = new EventTemplate(VARYING);
    choice.over = finish !== undefined || (choice.over && !addsToAnswer(source));
    // Moonshot
    if (isObject(source['usage'])) this.#readUsage(source);
    if (isErrorMember(source['error'])) this.#draft.error ??= readProviderError({ error: source['error'] });
    const legacyText = asText(source['text']);
    if (legacyText !== undefined) choice.text.append(legacyText);
    if (choice.output !== undefined) followOutput(choice.output, source);
    const delta = asObject(source['delta']) ?? asObject(source['message']);
    if (delta === undefined) return;
    if (this.#contentBytes > 0) {
      choice.text.append(asText(delta['content']) ?? asText(delta['refusal']) ?? '');
      choice.reasoning.append(asText(delta['reasoning_content']) ?? asText(delta['reasoning']) ?? '');
      this.#readMedia(choice, delta);
    }
    for (const [place, call] of asList(delta['tool_calls']).entries()) if (isObject(call)) this.#readCall(choice, call, place);
    const legacyCall = asObject(delta['function_call']);
    if (legacyCall !== undefined) this.#readCall(choice, { index: 0, function: legacyCall }, 0);
  }

  /** Speech, with what is said in it, and OpenRouter's images. Pieces of streamed speech make no file together. */
  #readMedia(choice: Choice, delta: JsonObject): void {
    const audio = asObject(delta['audio']);
    choice.text.append(asText(audio?.['transcript']) ?? '');
    const data = asText(audio?.['data']);
    if (data !== undefined && this.#document) choice.media.push(answerMedia(data, this.#contentBytes, undefined, 'audio'));
    else if (data !== undefined && choice.media.length === 0) choice.media.push({ type: 'generic', modality: 'audio' });
    for (const image of asList(delta['images'])) {
      const url = asText(asObject(asObject(image)?.['image_url'])?.['url']);
      if (url === undefined || choice.media.length >= MOST_PARTS) continue;
      choice.media.push(url.length > this.#contentBytes ? { type: 'generic', modality: 'image' } : mediaPart('image', url));
    }
  }

  #readCall(choice: Choice, source: JsonObject, place: number): void {
    const index = asCount(source['index']) ?? place;
    const id = asText(source['id']);
    let call = choice.callAt.get(index);
    const custom = asObject(source['custom']);
    const inner = asObject(source['function']) ?? custom;
    const name = asText(inner?.['name']);
    // Some compatible providers give every call the same index: another id then begins another call. Others give each piece an id of its own, and a name to the first alone.
    if (call === undefined || (id !== undefined && call.id !== undefined && id !== call.id && name !== undefined)) {
      if (choice.calls.length >= MOST_PARTS) return;
      call = new ToolCallDraft(this.#contentBytes);
      choice.calls.push(call);
      choice.callAt.set(index, call);
    }
    call.id ??= id;
    if (custom !== undefined) call.freeForm = true;
    call.name ??= name;
    const text = inner?.['arguments'] ?? inner?.['input'];
    if (typeof text === 'string') call.append(text);
    // Ollama and others send an object where the format has its text.
    else if (isObject(text)) call.replaceByValue(text);
  }

  /** `[DONE]`, or a finish reason for every choice: several compatible providers leave `[DONE]` out, and nobody requires it. */
  get terminal(): boolean {
    return this.#done || this.#draft.error !== undefined || this.#isFinished();
  }

  #isFinished(): boolean {
    if (this.#document) return this.#draft.recognised;
    if (this.#choices.size < Math.max(1, this.#expected)) return false;
    for (const choice of this.#choices.values()) if (!choice.over) return false;
    return true;
  }

  /** Clients read on behind a finish reason, and nothing behind `[DONE]`. */
  get closed(): boolean {
    return this.#done;
  }

  facts(): AnswerFacts {
    if (this.#skimmed !== undefined) this.#readUsage(asObject(parseJson(this.#skimmed)?.value) ?? {});
    this.#skimmed = undefined;
    const choices = [...this.#choices].toSorted(([a], [b]) => a - b).map(([, choice]) => choice);
    const finishReasons = choices.map((choice) => choice.finish).filter((finish) => finish !== undefined);
    return this.#draft.facts({
      finishReasons,
      choices: choices.length,
      terminal: this.terminal,
      tokenLimited: finishReasons.some((finish) => TOKEN_LIMITS.has(finish)),
      filtered: finishReasons.includes('content_filter'),
      brokenPromise: choices.some(({ finish, calls, output }) => finish !== undefined && WHOLE.has(finish) && calls.length === 0 && output?.broken === true),
      toolCalls: choices.flatMap((choice) => choice.calls.map((call) => call.facts(this.#done || this.#document || choice.finish !== undefined))),
      messages: this.#contentBytes > 0 ? choices.map(toMessage) : undefined,
    });
  }
}

/** Whether a piece of a choice has text or a tool call in it. */
function addsToAnswer(source: JsonObject): boolean {
  const delta = asObject(source['delta']) ?? {};
  return [source['text'], delta['content'], delta['refusal']].some((text) => asText(text) !== undefined && text !== '') || asList(delta['tool_calls']).length > 0;
}

/** Gives the text of a piece of a choice to the output that was promised as JSON. Mistral's content may be a list of typed pieces. */
function followOutput(output: OutputText, source: JsonObject): void {
  const delta = asObject(source['delta']) ?? asObject(source['message']);
  const refusal = asText(delta?.['refusal']);
  if (refusal !== undefined && refusal !== '') output.refused = true;
  const content = delta?.['content'] ?? source['text'];
  if (typeof content === 'string') output.append(content);
  else for (const part of asList(content)) output.append(asText(asObject(part)?.['text']) ?? '');
}

function isErrorMember(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function toMessage({ finish, calls, media, text, reasoning }: Choice): JsonValue {
  const parts: JsonValue[] = [];
  if (reasoning.text !== '') parts.push({ type: 'reasoning', content: reasoning.text });
  if (text.text !== '') parts.push({ type: 'text', content: text.text });
  parts.push(...media);
  for (const call of calls) parts.push(call.part());
  // The conventions' word for an end that never came.
  return { role: 'assistant', parts, finish_reason: finish ?? 'error' };
}
