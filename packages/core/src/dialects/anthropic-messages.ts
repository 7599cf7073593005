import type { JsonValue } from '../body/json.ts';
import { asCount, asList, asObject, asText, isObject, type JsonObject, parseJson, toJson } from '../body/json-access.ts';
import { AnswerDraft, MOST_PARTS } from './answer-draft.ts';
import { readMessages, readSystem } from './anthropic-content.ts';
import * as names from './attribute-names.ts';
import { BoundedText } from './bounded-text.ts';
import type { AnswerFacts, Dialect, EventReader, ReadOptions, RequestContent, RequestFacts, StreamEvent } from './dialect.ts';
import { EventTemplate } from './event-template.ts';
import { readToolDefinitions } from './tool-definitions.ts';
import { OutputText, outputSchemaOf, promiseOf } from './output-text.ts';
import { readProviderError } from './provider-error.ts';
import { offersTools, readRequestBody } from './request-body.ts';
import { type ParameterRow, readParameters } from './request-parameters.ts';
import { ToolCallDraft } from './tool-call.ts';
import { decodeSegment } from './url-segment.ts';
import { sum, usageOf } from './usage.ts';

/** Chat services have "messages" too, so the version has to stand right before it. */
const PATH = /(?:^|\/)v1\/messages$|(?:^|\/)anthropic\/messages$/;
/** Vertex AI. Its token counting is a model called `count-tokens`. */
const VERTEX_PATH = /\/publishers\/anthropic\/models\/([^/:]+):(raw|streamRaw)Predict$/;
const COUNT_TOKENS = 'count-tokens';

const PARAMETERS: readonly ParameterRow[] = [
  { from: 'max_tokens', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  { from: 'temperature', to: names.REQUEST_TEMPERATURE, as: 'number' },
  { from: 'top_p', to: names.REQUEST_TOP_P, as: 'number' },
  { from: 'top_k', to: names.REQUEST_TOP_K, as: 'integer' },
  { from: 'stop_sequences', to: names.REQUEST_STOP_SEQUENCES, as: 'texts' },
];
const WITHIN: ReadonlySet<string> = new Set(['effort', 'format', 'type']);
const WANTED: ReadonlySet<string> = new Set([...PARAMETERS.map((row) => row.from), 'model', 'stream', 'tools', 'mcp_servers', 'output_config', 'output_format']);

/** In these the text deltas of one block differ. */
const VARYING = ['text', 'thinking'] as const;
const TEXT_DELTAS: ReadonlySet<unknown> = new Set(['text_delta', 'thinking_delta']);
const DELTA_EVENT = 'content_block_delta';
/** The stop reason that claims a whole text; a stop sequence of the caller's cuts it. */
const WHOLE = 'end_turn';
const TOKEN_LIMITS: ReadonlySet<string> = new Set(['max_tokens', 'model_context_window_exceeded']);

/** Anthropic's SDK goes by the names of events, and skips all others. */
const READ_EVENTS: ReadonlySet<string> = new Set(['message_start', 'message_delta', 'message_stop', 'content_block_start', DELTA_EVENT, 'content_block_stop', 'message', 'completion', 'error']);

/** Anthropic messages, also as Vertex AI has them. */
export const anthropicMessages: Dialect = {
  id: 'anthropic.messages',
  operation: 'chat',

  sharedPaths: { telling: VERTEX_PATH, bodies: [['messages', 'max_tokens'], ['messages', 'anthropic_version']] },

  matches(method, path) {
    if (method !== 'POST') return false;
    const model = VERTEX_PATH.exec(path)?.[1];
    return model === undefined ? PATH.test(path) : model !== COUNT_TOKENS;
  },

  readRequest(url, body) {
    const { members, whole } = readRequestBody(body, WANTED, WITHIN);
    const facts = readRequestMembers(members, whole);
    const [, model, how] = VERTEX_PATH.exec(url.pathname) ?? [];
    return model === undefined ? facts : { ...facts, model: facts.model ?? decodeSegment(model), stream: facts.stream || how === 'streamRaw' };
  },
  readRequestParameters: (parameters) => readRequestMembers(parameters, true),

  readAnswer(body, options) {
    const reader = new MessagesReader(options);
    reader.readDocument(body);
    return reader.facts();
  },

  needsEveryEvent: (request) => request.offersTools !== false || request.promised !== undefined,
  skipsEvent: (name) => !READ_EVENTS.has(name),
  readEvents: (_request, options) => new MessagesReader(options),

  readContent(body): RequestContent {
    const request = asObject(body) ?? {};
    const inputMessages = readMessages(request['messages']);
    const systemInstructions = readSystem(request['system']);
    const toolDefinitions = readToolDefinitions(asList(request['tools']));
    return {
      ...(inputMessages.length > 0 && { inputMessages }),
      ...(systemInstructions.length > 0 && { systemInstructions }),
      ...(toolDefinitions.length > 0 && { toolDefinitions }),
      ...outputSchemaOf(asObject(request['output_config'])?.['format'] ?? request['output_format']),
    };
  },
};

function readRequestMembers(members: JsonObject, whole: boolean): RequestFacts {
  const parameters = readParameters(members, PARAMETERS);
  const output = asObject(members['output_config']);
  const effort = asText(output?.['effort']);
  if (effort !== undefined) parameters[names.REQUEST_REASONING_LEVEL] = effort;
  const format = asText(asObject(output?.['format'] ?? members['output_format'])?.['type']);
  if (format?.startsWith('json') === true) parameters[names.OUTPUT_TYPE] = 'json';
  const promised = promiseOf(format);

  const model = asText(members['model']);
  const tools = offersTools([members['tools'], members['mcp_servers']], whole);
  return {
    operation: 'chat',
    stream: members['stream'] === true,
    parameters,
    ...(model !== undefined && { model }),
    ...(tools !== undefined && { offersTools: tools }),
    ...(promised !== undefined && { promised }),
  };
}

/** One content block of the answer. */
type Block =
  | { readonly kind: 'call'; readonly call: ToolCallDraft }
  | { readonly kind: 'text' | 'reasoning'; readonly text: BoundedText }
  | { readonly kind: 'other'; readonly part: JsonValue };

/** Counts as Anthropic splits them: cached input beside `input_tokens`, not within. */
interface Counted {
  input?: number;
  cacheRead?: number;
  cacheWrite?: number;
  output?: number;
}

class MessagesReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #contentBytes: number;
  readonly #blocks = new Map<number, Block>();
  readonly #counted: Counted = {};
  readonly #template = new EventTemplate(VARYING);
  #stopReason: string | undefined;
  #stopped = false;
  /** Where JSON was promised. */
  readonly #output: OutputText | undefined;

  constructor(options: ReadOptions) {
    this.#contentBytes = options.contentBytes;
    this.#output = OutputText.for(options.promised);
  }

  push({ name, data }: StreamEvent): boolean {
    if (this.#template.matches(data)) return true;
    const parsed = parseJson(data);
    if (!isObject(parsed?.value)) {
      if (name !== 'error') return false;
      this.#draft.error ??= { message: data };
      return true;
    }
    this.#read(parsed.value, name);
    if (this.#isText(parsed.value)) this.#template.learn(data);
    return true;
  }

  /** Whether an event is one more piece of text, after which another of its shape says nothing new. */
  #isText(event: JsonObject): boolean {
    return this.#contentBytes === 0 && this.#output === undefined && event['type'] === DELTA_EVENT && TEXT_DELTAS.has(asObject(event['delta'])?.['type']);
  }

  pushParsed(event: unknown): void {
    if (isObject(event)) this.#read(event, undefined);
  }

  /** Takes the one document of a unary answer, or an error's. */
  readDocument(body: unknown): void {
    const message = asObject(body);
    if (message === undefined || message['type'] !== 'message') this.#draft.error ??= readProviderError(body);
    if (message === undefined || !(message['type'] === 'message' || Array.isArray(message['content']))) return;
    this.#readMessage(message);
    this.#count(message['usage'], true);
    const content = asList(message['content']);
    for (const [index, block] of content.entries()) {
      if (!isObject(block)) continue;
      this.#begin(index, block);
      const begun = this.#blocks.get(index);
      // A call that the budget cut short comes with what had been parsed of its input, which looks whole.
      const cut = index === content.length - 1 && this.#stopReason !== undefined && TOKEN_LIMITS.has(this.#stopReason);
      if (begun?.kind === 'call') begun.call.ended = !cut;
    }
    this.#stopped = true;
  }

  #read(event: JsonObject, name: string | undefined): void {
    const type = asText(event['type']) ?? name;
    switch (type) {
      case 'message_start': {
        const message = asObject(event['message']);
        if (message === undefined) return;
        this.#readMessage(message);
        // Its output_tokens are a placeholder: nothing was generated yet.
        this.#count(message['usage'], false);
        return;
      }
      case 'content_block_start': {
        const block = asObject(event['content_block']);
        if (block !== undefined) this.#begin(asCount(event['index']) ?? 0, block);
        return;
      }
      case DELTA_EVENT: {
        const delta = asObject(event['delta']);
        if (delta !== undefined) this.#append(asCount(event['index']) ?? 0, delta);
        return;
      }
      case 'content_block_stop': {
        const block = this.#blocks.get(asCount(event['index']) ?? 0);
        if (block?.kind === 'call') block.call.ended = true;
        return;
      }
      case 'message_delta':
        this.#stopReason = asText(asObject(event['delta'])?.['stop_reason']) ?? this.#stopReason;
        this.#count(event['usage'], true);
        return;
      case 'message_stop':
        this.#stopped = true;
        return;
      case 'ping':
        return;
      case undefined:
      default:
        // An error, or a whole message, in place of an event.
        this.readDocument(event);
    }
  }

  #readMessage(message: JsonObject): void {
    const draft = this.#draft;
    draft.recognised = true;
    draft.id ??= asText(message['id']);
    draft.model ??= asText(message['model']);
    this.#stopReason = asText(message['stop_reason']) ?? this.#stopReason;
  }

  /** Counts are cumulative: later ones replace earlier ones, but for an input of nothing, which some compatible providers send. */
  #count(value: unknown, withOutput: boolean): void {
    const usage = asObject(value);
    if (usage === undefined) return;
    const input = { input: asCount(usage['input_tokens']), cacheRead: asCount(usage['cache_read_input_tokens']), cacheWrite: asCount(usage['cache_creation_input_tokens']) };
    const known = Object.fromEntries(Object.entries(input).filter(([, tokens]) => tokens !== undefined));
    if ((sum(input.input, input.cacheRead, input.cacheWrite) ?? 0) > 0 || this.#counted.input === undefined) Object.assign(this.#counted, known);
    const output = asCount(usage['output_tokens']);
    if (withOutput && output !== undefined) this.#counted.output = Math.max(this.#counted.output ?? 0, output);
  }

  #begin(index: number, block: JsonObject): void {
    if (this.#blocks.size >= MOST_PARTS) return;
    switch (block['type']) {
      case 'tool_use': {
        const call = new ToolCallDraft(this.#contentBytes);
        call.id = asText(block['id']);
        call.name = asText(block['name']);
        // In a stream the input begins as an empty object, and its text follows in pieces.
        const input = asObject(block['input']);
        if (input !== undefined && Object.keys(input).length > 0) call.replaceByValue(input);
        this.#blocks.set(index, { kind: 'call', call });
        return;
      }
      case 'text':
      case 'thinking': {
        const text = new BoundedText(this.#contentBytes);
        text.append(asText(block['text']) ?? asText(block['thinking']) ?? '');
        if (block['type'] === 'text') this.#output?.append(asText(block['text']) ?? '', index);
        this.#blocks.set(index, { kind: block['type'] === 'text' ? 'text' : 'reasoning', text });
        return;
      }
      case 'server_tool_use':
      case 'mcp_tool_use': {
        const id = asText(block['id']);
        const name = asText(block['name']) ?? '';
        const part: JsonValue = { type: 'server_tool_call', ...(id !== undefined && { id }), name, server_tool_call: { type: name, ...(this.#contentBytes > 0 && { input: toJson(block['input']) }) } };
        this.#blocks.set(index, { kind: 'other', part });
        return;
      }
      default:
        this.#blocks.set(index, { kind: 'other', part: { type: 'generic', generic_type: asText(block['type']) ?? 'unknown' } });
    }
  }

  #append(index: number, delta: JsonObject): void {
    const block = this.#blocks.get(index);
    if (block?.kind === 'call') {
      const piece = delta['partial_json'];
      if (typeof piece === 'string') block.call.append(piece);
    } else if (block?.kind === 'text' || block?.kind === 'reasoning') {
      const text = asText(delta['text']) ?? asText(delta['thinking']) ?? '';
      block.text.append(text);
      if (block.kind === 'text') this.#output?.append(text, index);
    }
  }

  /**
   * Only `message_stop` (or an error) says that the message is over. A stop reason without it is not taken for that: it proves that the
   * content is whole, but the provider always sends the event, so something between it and here did end the stream.
   */
  get terminal(): boolean {
    return this.#stopped || this.#draft.error !== undefined;
  }

  facts(): AnswerFacts {
    const { input, cacheRead, cacheWrite, output } = this.#counted;
    this.#draft.usage = usageOf({ input: input === undefined ? undefined : sum(input, cacheRead, cacheWrite), output, cacheRead, cacheWrite });
    const blocks = [...this.#blocks].toSorted(([a], [b]) => a - b).map(([, block]) => block);
    const stopReason = this.#stopReason;
    return this.#draft.facts({
      finishReasons: stopReason === undefined ? [] : [stopReason],
      choices: this.#draft.recognised ? 1 : 0,
      terminal: this.terminal,
      tokenLimited: stopReason !== undefined && TOKEN_LIMITS.has(stopReason),
      filtered: stopReason === 'refusal',
      brokenPromise: stopReason === WHOLE && !blocks.some(({ kind }) => kind === 'call') && this.#output?.broken === true,
      toolCalls: blocks.flatMap((block) => (block.kind === 'call' ? [block.call.facts(false)] : [])),
      messages: this.#contentBytes > 0 && this.#draft.recognised ? [toMessage(blocks, stopReason)] : undefined,
    });
  }
}

function toMessage(blocks: readonly Block[], stopReason: string | undefined): JsonValue {
  const parts = blocks.map((block): JsonValue => (block.kind === 'call' ? block.call.part() : block.kind === 'other' ? block.part : { type: block.kind, content: block.text.text }));
  return { role: 'assistant', parts, finish_reason: stopReason ?? 'error' };
}
