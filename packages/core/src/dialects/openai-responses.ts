import type { JsonValue } from '../body/json.ts';
import { asCount, asList, asObject, asText, isObject, type JsonObject, parseJson } from '../body/json-access.ts';
import { AnswerDraft, MOST_PARTS } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import { BoundedText } from './bounded-text.ts';
import type { AnswerFacts, Dialect, EventReader, ReadOptions, RequestContent, RequestFacts, StreamEvent } from './dialect.ts';
import { EventTemplate } from './event-template.ts';
import { readInput, readInstructions } from './openai-responses-content.ts';
import { readToolDefinitions } from './tool-definitions.ts';
import { readOpenaiUsage } from './openai-usage.ts';
import { answerMedia } from './media-part.ts';
import { OutputText, outputSchemaOf, promiseOf } from './output-text.ts';
import { describe, readProviderError } from './provider-error.ts';
import { offersTools, readRequestBody } from './request-body.ts';
import { type ParameterRow, readParameters } from './request-parameters.ts';
import { ToolCallDraft } from './tool-call.ts';

/** Surveys and tickets have "responses" too, so a version or one of the known prefixes has to stand before it. */
const PATH = /(?:^|\/)(?:v\d+\w*|openai|codex)\/responses$|^\/responses$/;

const PARAMETERS: readonly ParameterRow[] = [
  { from: 'max_output_tokens', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  { from: 'temperature', to: names.REQUEST_TEMPERATURE, as: 'number' },
  { from: 'top_p', to: names.REQUEST_TOP_P, as: 'number' },
  { from: 'previous_response_id', to: names.REQUEST_PREVIOUS_RESPONSE_ID, as: 'text' },
];
const WITHIN: ReadonlySet<string> = new Set(['effort', 'format', 'type', 'id', 'version']);
const WANTED: ReadonlySet<string> = new Set([
  ...PARAMETERS.map((row) => row.from),
  'model', 'stream', 'tools', 'reasoning', 'text', 'service_tier', 'conversation', 'prompt',
]);

/** Events in which nothing matters while content is not kept, and of which there are many. */
const TEXT_EVENTS: ReadonlySet<unknown> = new Set([
  'response.output_text.delta',
  'response.reasoning_text.delta',
  'response.reasoning_summary_text.delta',
  'response.refusal.delta',
  'response.custom_tool_call_input.delta',
]);
/** In these they differ. */
const VARYING = ['delta', 'sequence_number', 'obfuscation'] as const;
/** With these the stream is over. `response.cancelled` is what some compatible servers send. */
const TERMINAL_EVENTS: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled', 'error']);
/** In characters: they are remembered. */
const LONGEST_ID = 200;
/** States of a response that is not over yet (one that runs in the background is answered at once). */
const UNFINISHED: ReadonlySet<string> = new Set(['queued', 'in_progress']);

/** OpenAI responses. */
export const openaiResponses: Dialect = {
  id: 'openai.responses',
  operation: 'chat',

  sharedPaths: { bodies: [['model', 'input'], ['prompt'], ['model', 'previous_response_id'], ['model', 'conversation']] },

  matches: (method, path) => method === 'POST' && PATH.test(path),

  readRequest(url, body) {
    const { members, whole } = readRequestBody(body, WANTED, WITHIN);
    const facts = readRequestMembers(members, whole);
    // One that runs in the background is asked for by its address.
    return url.searchParams.get('stream') === 'true' ? { ...facts, stream: true } : facts;
  },
  readRequestParameters: (parameters) => readRequestMembers(parameters, true),

  readAnswer(body, options) {
    const reader = new ResponsesReader(options);
    reader.readDocument(body);
    return reader.facts();
  },

  needsEveryEvent: (request) => request.offersTools !== false || request.promised !== undefined,
  readEvents: (_request, options) => new ResponsesReader(options),

  readContent(body): RequestContent {
    const request = asObject(body) ?? {};
    const inputMessages = readInput(request['input']);
    const systemInstructions = readInstructions(request['instructions']);
    const toolDefinitions = readToolDefinitions(asList(request['tools']));
    const variables = asObject(asObject(request['prompt'])?.['variables']);
    return {
      ...(inputMessages.length > 0 && { inputMessages }),
      ...(systemInstructions.length > 0 && { systemInstructions }),
      ...(toolDefinitions.length > 0 && { toolDefinitions }),
      ...outputSchemaOf(asObject(request['text'])?.['format']),
      ...(variables !== undefined && { promptVariables: variables }),
    };
  },
};

function readRequestMembers(members: JsonObject, whole: boolean): RequestFacts {
  const parameters = readParameters(members, PARAMETERS);
  parameters[names.OPENAI_API_TYPE] = 'responses';
  const effort = asText(asObject(members['reasoning'])?.['effort']);
  if (effort !== undefined) parameters[names.REQUEST_REASONING_LEVEL] = effort;
  const format = asText(asObject(asObject(members['text'])?.['format'])?.['type']);
  if (format !== undefined) parameters[names.OUTPUT_TYPE] = format.startsWith('json') ? 'json' : 'text';
  const promised = promiseOf(format);
  const tier = asText(members['service_tier']);
  if (tier !== undefined && tier !== 'auto') parameters[names.OPENAI_REQUEST_SERVICE_TIER] = tier;
  const conversation = asText(members['conversation']) ?? asText(asObject(members['conversation'])?.['id']);
  if (conversation !== undefined) parameters[names.CONVERSATION_ID] = conversation;
  const prompt = asObject(members['prompt']);
  const [template, version] = [asText(prompt?.['id']), asText(prompt?.['version'])];
  if (template !== undefined) parameters[names.PROMPT_NAME] = template;
  if (template !== undefined && version !== undefined) parameters[names.PROMPT_VERSION] = version;

  const model = asText(members['model']);
  const tools = offersTools([members['tools']], whole);
  return {
    operation: 'chat',
    stream: members['stream'] === true,
    parameters,
    ...(model !== undefined && { model }),
    ...(tools !== undefined && { offersTools: tools }),
    ...(promised !== undefined && { promised }),
  };
}

/** One item of the output. */
type Item = { readonly kind: 'call'; readonly call: ToolCallDraft } | { readonly kind: 'media'; readonly part: JsonValue } | { readonly kind: 'text' | 'reasoning'; readonly text: BoundedText };

/** Reads the documents and events of responses. */
export class ResponsesReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #contentBytes: number;
  readonly #items = new Map<number, Item>();
  readonly #template = new EventTemplate(VARYING);
  #terminal = false;
  #finish: string | undefined;
  #status: string | undefined;
  /** Where the rest of a response that runs in the background will be asked for. */
  #rest: readonly string[] | undefined;
  readonly #promised: ReadOptions['promised'];
  /** The messages by their places in the output, where JSON was promised. */
  readonly #outputs = new Map<number, OutputText>();
  /** The place of the last item that is neither a message nor reasoning. */
  #lastAction = -1;

  constructor(options: ReadOptions) {
    this.#contentBytes = options.contentBytes;
    this.#promised = options.promised;
  }

  push({ name, data }: StreamEvent): boolean {
    if (this.#template.matches(data)) return true;
    // Some compatible servers add chat's terminal event.
    if (data === '[DONE]') return true;
    const parsed = parseJson(data);
    if (!isObject(parsed?.value)) {
      if (name !== 'error') return false;
      this.#draft.error ??= { message: data };
      return true;
    }
    this.#read(parsed.value, name);
    if (this.#contentBytes === 0 && this.#promised === undefined && TEXT_EVENTS.has(parsed.value['type'])) this.#template.learn(data);
    return true;
  }

  pushParsed(event: unknown): void {
    if (isObject(event)) this.#read(event, undefined);
  }

  /** Takes the one document of a unary answer, or an error's. */
  readDocument(body: unknown): void {
    const response = asObject(body);
    if (response === undefined || response['object'] !== 'response') this.#draft.error ??= readProviderError(body);
    if (response !== undefined && (response['object'] === 'response' || Array.isArray(response['output']))) {
      this.#readResponse(response, true);
      this.#terminal = true;
    }
  }

  #read(event: JsonObject, name: string | undefined): void {
    const type = asText(event['type']) ?? name;
    if (type === 'error') {
      const inner = asObject(event['error']);
      // The event's own `type` is no type of an error.
      this.#draft.error ??= describe(inner ?? { code: event['code'], message: event['message'] });
      this.#terminal = true;
      return;
    }
    if (type === undefined || !type.startsWith('response.')) {
      // A whole response, or an error's envelope, in place of an event.
      this.readDocument(event);
      return;
    }
    this.#draft.recognised = true;
    const response = asObject(event['response']);
    if (response !== undefined) this.#readResponse(response, response['background'] === true);
    if (TERMINAL_EVENTS.has(type)) {
      this.#terminal = true;
      this.#finish ??= type.slice('response.'.length);
      if (type === 'response.failed') this.#draft.error ??= { type: 'failed' };
      return;
    }
    this.#readItemEvent(type, event);
  }

  #readItemEvent(type: string, event: JsonObject): void {
    const index = asCount(event['output_index']) ?? 0;
    const item = asObject(event['item']);
    const { delta } = event;
    switch (type) {
      case 'response.output_item.added':
      case 'response.output_item.done':
        if (item !== undefined) this.#readItem(index, item, type === 'response.output_item.done');
        return;
      case 'response.function_call_arguments.delta':
      case 'response.mcp_call_arguments.delta':
        if (typeof delta === 'string') this.#callAt(index)?.append(delta);
        return;
      case 'response.function_call_arguments.done': {
        const call = this.#callAt(index);
        if (call === undefined) return;
        if (typeof event['arguments'] === 'string') call.replace(event['arguments']);
        call.ended = true;
        return;
      }
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        if (typeof delta !== 'string') return;
        this.#textAt(index, 'text')?.append(delta);
        this.#followOutput(index, type === 'response.refusal.delta' ? { refusal: delta } : { text: delta }, asCount(event['content_index']));
        return;
      case 'response.reasoning_text.delta':
      case 'response.reasoning_summary_text.delta':
        if (typeof delta === 'string') this.#textAt(index, 'reasoning')?.append(delta);
    }
  }

  #callAt(index: number): ToolCallDraft | undefined {
    const item = this.#items.get(index);
    return item?.kind === 'call' ? item.call : undefined;
  }

  #textAt(index: number, kind: 'text' | 'reasoning'): BoundedText | undefined {
    const known = this.#items.get(index);
    if (known?.kind === kind) return known.text;
    if (this.#contentBytes === 0 || this.#items.size >= MOST_PARTS || known?.kind === 'call' || known?.kind === 'media') return undefined;
    const text = new BoundedText(this.#contentBytes);
    this.#items.set(index, { kind, text });
    return text;
  }

  /** @param inBackground whether it goes on where it is not over */
  #readResponse(response: JsonObject, inBackground: boolean): void {
    const draft = this.#draft;
    draft.recognised = true;
    draft.id = asText(response['id']) ?? draft.id;
    draft.model = asText(response['model']) ?? draft.model;
    draft.usage = readOpenaiUsage(response['usage']) ?? draft.usage;
    const tier = asText(response['service_tier']);
    if (tier !== undefined && tier !== 'auto') draft.attributes[names.OPENAI_RESPONSE_SERVICE_TIER] = tier;
    const status = asText(response['status']);
    this.#status = status ?? this.#status;
    const error = asObject(response['error']);
    if (error !== undefined) draft.error ??= describe(error);
    else if (status === 'failed') draft.error ??= { type: 'failed' };
    if (status === undefined) return;
    if (UNFINISHED.has(status)) {
      this.#rest = inBackground && draft.id !== undefined && draft.id.length <= LONGEST_ID ? [`responses/${draft.id}`, `${draft.id}/cancel`] : undefined;
      return;
    }
    this.#rest = undefined;
    this.#finish = asText(asObject(response['incomplete_details'])?.['reason']) ?? status;
    const output = asList(response['output']);
    // What the response says in the end goes before what was gathered on the way.
    if (output.length > 0) {
      this.#items.clear();
      this.#outputs.clear();
      this.#lastAction = -1;
    }
    for (const [index, item] of output.entries()) if (isObject(item)) this.#readItem(index, item, item['status'] !== 'incomplete' && item['status'] !== 'in_progress');
  }

  #readItem(index: number, item: JsonObject, ended: boolean): void {
    this.#readOutput(index, item);
    if (!this.#items.has(index) && this.#items.size >= MOST_PARTS) return;
    switch (item['type']) {
      case 'function_call':
      case 'custom_tool_call': {
        const call = this.#callAt(index) ?? new ToolCallDraft(this.#contentBytes);
        call.freeForm = item['type'] === 'custom_tool_call';
        call.id = asText(item['call_id']) ?? call.id;
        call.name = asText(item['name']) ?? call.name;
        call.ended ||= ended;
        const text = asText(item['arguments']) ?? asText(item['input']);
        if (text !== undefined) call.replace(text);
        this.#items.set(index, { kind: 'call', call });
        return;
      }
      case 'message':
        for (const part of asList(item['content'])) this.#readText(index, part, 'text');
        return;
      case 'reasoning':
        for (const part of asList(item['summary'])) this.#readText(index, part, 'reasoning');
        return;
      case 'image_generation_call': {
        const format = asText(item['output_format']);
        const data = asText(item['result']);
        if (this.#contentBytes > 0 && data !== undefined) this.#items.set(index, { kind: 'media', part: answerMedia(data, this.#contentBytes, format === undefined ? undefined : `image/${format}`, 'image') });
      }
    }
  }

  /** Takes the text of an item that is told as a whole, in place of its pieces. Of other items only the place matters. */
  #readOutput(index: number, item: JsonObject): void {
    if (this.#promised === undefined) return;
    if (item['type'] !== 'message') {
      if (item['type'] !== 'reasoning') this.#lastAction = Math.max(this.#lastAction, index);
      return;
    }
    const content = asList(item['content']);
    if (content.length > 0) this.#outputs.delete(index);
    for (const [place, part] of content.entries()) if (isObject(part)) this.#followOutput(index, part, place);
  }

  #followOutput(index: number, part: JsonObject, place?: number): void {
    if (this.#promised === undefined) return;
    const output = this.#outputs.get(index) ?? new OutputText(this.#promised);
    if (this.#outputs.size < MOST_PARTS) this.#outputs.set(index, output);
    if (asText(part['refusal']) !== undefined) output.refused = true;
    output.append(asText(part['text']) ?? '', place);
  }

  /** Commentary may stand beside the message that was promised. Behind a last action of the model's, the message is yet to come. */
  #breaksPromise(): boolean {
    if (this.#promised === undefined || this.#finish !== 'completed') return false;
    const outputs = [...this.#outputs];
    return outputs.every(([, output]) => output.broken) && outputs.every(([index]) => index > this.#lastAction) && (outputs.length > 0 || this.#lastAction < 0);
  }

  /** Takes a text that is told as a whole, unless its pieces were. */
  #readText(index: number, part: unknown, kind: 'text' | 'reasoning'): void {
    const text = asText(asObject(part)?.['text']) ?? asText(asObject(part)?.['refusal']) ?? asText(asObject(part)?.['transcript']);
    if (text === undefined) return;
    const known = this.#items.get(index);
    if (known?.kind === kind && known.text.text.endsWith(text)) return;
    this.#textAt(index, kind)?.append(text);
  }

  get terminal(): boolean {
    return this.#terminal || this.#draft.error !== undefined;
  }

  facts(): AnswerFacts {
    const items = [...this.#items].toSorted(([a], [b]) => a - b).map(([, item]) => item);
    const over = this.#terminal && this.#status !== 'incomplete';
    const reason = this.#finish === undefined ? undefined : finishReason(this.#finish, items);
    return this.#draft.facts({
      finishReasons: reason === undefined ? [] : [reason],
      choices: this.#draft.recognised ? 1 : 0,
      terminal: this.terminal,
      tokenLimited: this.#finish === 'max_output_tokens',
      filtered: this.#finish === 'content_filter',
      ...(this.#finish === 'cancelled' && { cancelled: true }),
      ...(this.#rest !== undefined && this.#draft.error === undefined && { rest: this.#rest }),
      brokenPromise: this.#breaksPromise() && !items.some(({ kind }) => kind === 'call'),
      toolCalls: items.flatMap((item) => (item.kind === 'call' ? [item.call.facts(over)] : [])),
      messages: this.#contentBytes > 0 && this.#draft.recognised ? [toMessage(items, reason)] : undefined,
    });
  }
}

/** The format has no finish reasons. What stands for one, as the conventions' reference scenarios have it. */
const FINISH_REASONS: ReadonlyMap<string, string> = new Map([
  ['completed', 'stop'],
  ['max_output_tokens', 'length'],
  ['failed', 'error'],
  ['cancelled', 'error'],
]);

/** @param finish why the response is incomplete, else its status */
function finishReason(finish: string, items: readonly Item[]): string {
  return finish === 'completed' && items.some(({ kind }) => kind === 'call') ? 'tool_calls' : (FINISH_REASONS.get(finish) ?? finish);
}

function toMessage(items: readonly Item[], reason: string | undefined): JsonValue {
  const parts = items.map((item): JsonValue => (item.kind === 'call' ? item.call.part() : item.kind === 'media' ? item.part : { type: item.kind, content: item.text.text }));
  return { role: 'assistant', parts, finish_reason: reason ?? 'error' };
}
