import type { JsonValue } from '../body/json.ts';
import { asCount, asList, asObject, asText, isObject, type JsonObject, parseJson } from '../body/json-access.ts';
import { AnswerDraft, MOST_PARTS } from './answer-draft.ts';
import { BoundedText } from './bounded-text.ts';
import { COHERE_CHAT_MEMBERS, COHERE_WHOLE, member, readCohereFinish, readCohereParameters, readCoherePromise, readCohereUsage, textParts } from './cohere-shared.ts';
import type { AnswerFacts, Dialect, EventReader, ReadOptions, RequestContent, RequestFacts, StreamEvent } from './dialect.ts';
import { EventTemplate } from './event-template.ts';
import { readChatMessages } from './openai-chat-content.ts';
import { OutputText, outputSchemaOf } from './output-text.ts';
import { readProviderError } from './provider-error.ts';
import { offersTools, readRequestBody } from './request-body.ts';
import { ToolCallDraft } from './tool-call.ts';
import { readToolDefinitions } from './tool-definitions.ts';

/** Chat services of any kind have this path: see {@link Dialect.spokenBy}. */
const PATH = /(?:^|\/)v2\/chat$/;
const WANTED: ReadonlySet<string> = new Set(COHERE_CHAT_MEMBERS);
const WITHIN: ReadonlySet<string> = new Set(['type']);
const DONE = '[DONE]';

/** In these the text deltas of one stream differ. */
const VARYING = ['text', 'thinking'] as const;
const DELTA_EVENT = 'content-delta';
/** How a stream ends that failed in the middle: nothing else tells it from one that did not. */
const FAILED = 'ERROR';

/** Cohere's chat, version 2. */
export const cohereChat: Dialect = {
  id: 'cohere.chat',
  operation: 'chat',
  spokenBy: 'cohere',

  matches: (method, path) => method === 'POST' && PATH.test(path),

  readRequest(_url, body) {
    const { members, whole } = readRequestBody(body, WANTED, WITHIN);
    return readRequestMembers(members, whole);
  },
  readRequestParameters: (parameters) => readRequestMembers(parameters, true),

  readAnswer(body, options) {
    const reader = new ChatReader(options);
    reader.readDocument(body);
    return reader.facts();
  },

  needsEveryEvent: (request) => request.offersTools !== false || request.promised !== undefined,
  readEvents: (_request, options) => new ChatReader(options),

  readContent(body): RequestContent {
    const request = asObject(body) ?? {};
    const inputMessages = readChatMessages(request['messages']);
    const toolDefinitions = readToolDefinitions(asList(request['tools']));
    return { ...(inputMessages.length > 0 && { inputMessages }), ...(toolDefinitions.length > 0 && { toolDefinitions }), ...outputSchemaOf(member(request, 'response_format')) };
  },
};

function readRequestMembers(members: JsonObject, whole: boolean): RequestFacts {
  const model = asText(members['model']);
  const tools = offersTools([members['tools']], whole);
  return {
    operation: 'chat',
    stream: members['stream'] === true,
    parameters: readCohereParameters(members),
    ...(model !== undefined && { model }),
    ...(tools !== undefined && { offersTools: tools }),
    ...readCoherePromise(members),
  };
}

/** Gathers the events of a stream, or the one document of a unary answer. */
class ChatReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #contentBytes: number;
  readonly #text: BoundedText;
  readonly #reasoning: BoundedText;
  readonly #calls = new Map<number, ToolCallDraft>();
  readonly #template = new EventTemplate(VARYING);
  #finish: string | undefined;
  #begun = false;
  #ended = false;
  readonly #promised: ReadOptions['promised'];
  /** Where JSON was promised. */
  readonly #output: OutputText | undefined;

  constructor(options: ReadOptions) {
    this.#contentBytes = options.contentBytes;
    this.#promised = options.promised;
    this.#output = OutputText.for(options.promised);
    this.#text = new BoundedText(options.contentBytes);
    this.#reasoning = new BoundedText(options.contentBytes);
  }

  push({ data }: StreamEvent): boolean {
    if (this.#template.matches(data)) return true;
    const parsed = parseJson(data);
    if (!isObject(parsed?.value)) return data.trim() === DONE;
    this.pushParsed(parsed.value);
    if (this.#contentBytes === 0 && this.#promised === undefined && parsed.value['type'] === DELTA_EVENT) this.#template.learn(data);
    return true;
  }

  pushParsed(value: unknown): void {
    const event = asObject(value);
    if (event === undefined) return;
    const delta = asObject(event['delta']);
    const message = asObject(delta?.['message']);
    switch (event['type']) {
      case 'message-start':
        this.#draft.id ??= asText(event['id']);
        this.#begin();
        return;
      case 'content-start':
      case DELTA_EVENT: {
        this.#begin();
        const content = asObject(message?.['content']);
        this.#text.append(asText(content?.['text']) ?? '');
        this.#output?.append(asText(content?.['text']) ?? '', asCount(event['index']));
        this.#reasoning.append(asText(content?.['thinking']) ?? '');
        return;
      }
      case 'tool-call-start':
      case 'tool-call-delta':
        this.#begin();
        this.#readCall(asCount(event['index']) ?? 0, asObject(member(message, 'tool_calls')));
        return;
      case 'tool-call-end': {
        const call = this.#calls.get(asCount(event['index']) ?? 0);
        if (call !== undefined) call.ended = true;
        return;
      }
      case 'message-end':
        this.#begin();
        this.#end(delta);
        return;
      case 'content-end':
      case 'tool-plan-delta':
      case 'citation-start':
      case 'citation-end':
      case 'debug':
        return;
      default:
        // An error, or a whole answer, in place of an event.
        this.readDocument(event);
    }
  }

  /** Takes the one document of a unary answer, or an error's. */
  readDocument(body: unknown): void {
    const answer = asObject(body);
    const message = asObject(answer?.['message']);
    if (message === undefined) this.#draft.error ??= readProviderError(body);
    // The id of an error is the request's. An answer that breaks off has one, and no more perhaps.
    if (answer === undefined || this.#draft.error !== undefined) return;
    this.#draft.id ??= asText(answer['id']);
    if (message === undefined) return;
    this.#begin();
    for (const [index, part] of asList(message['content']).entries()) {
      this.#output?.append(asText(asObject(part)?.['text']) ?? '', index);
      this.#text.append(asText(asObject(part)?.['text']) ?? '');
      this.#reasoning.append(asText(asObject(part)?.['thinking']) ?? '');
    }
    for (const [index, call] of asList(member(message, 'tool_calls')).entries()) this.#readCall(index, asObject(call));
    this.#end(answer);
  }

  #begin(): void {
    this.#begun = true;
    this.#draft.recognised = true;
  }

  #end(end: JsonObject | undefined): void {
    this.#ended = true;
    this.#finish = asText(member(end, 'finish_reason')) ?? this.#finish;
    this.#draft.usage = readCohereUsage(end?.['usage']) ?? this.#draft.usage;
    const said = asText(end?.['error']);
    if (said !== undefined) this.#draft.error ??= { code: this.#finish ?? FAILED, message: said };
  }

  #readCall(index: number, source: JsonObject | undefined): void {
    let call = this.#calls.get(index);
    if (call === undefined) {
      if (source === undefined || this.#calls.size >= MOST_PARTS) return;
      call = new ToolCallDraft(this.#contentBytes);
      this.#calls.set(index, call);
    }
    const inner = asObject(source?.['function']);
    call.id ??= asText(source?.['id']);
    call.name ??= asText(inner?.['name']);
    const text = asText(inner?.['arguments']);
    if (text !== undefined) call.append(text);
  }

  get terminal(): boolean {
    return this.#ended || this.#draft.error !== undefined;
  }

  facts(): AnswerFacts {
    return this.#draft.facts({
      ...readCohereFinish(this.#finish),
      choices: this.#begun ? 1 : 0,
      terminal: this.terminal,
      brokenPromise: this.#finish === COHERE_WHOLE && this.#calls.size === 0 && this.#output?.broken === true,
      toolCalls: [...this.#calls.values()].map((call) => call.facts(this.#ended)),
      messages: this.#contentBytes > 0 && this.#begun ? [this.#message()] : undefined,
    });
  }

  #message(): JsonValue {
    const parts = [...textParts(this.#reasoning.text === '' ? [] : [{ type: 'thinking', thinking: this.#reasoning.text }]), ...textParts(this.#text.text)];
    for (const call of this.#calls.values()) parts.push(call.part());
    return { role: 'assistant', parts, finish_reason: this.#finish ?? 'error' };
  }
}
