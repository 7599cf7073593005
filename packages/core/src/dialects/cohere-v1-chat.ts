import type { JsonValue } from '../body/json.ts';
import { asCount, asList, asObject, asText, isObject, type JsonObject, parseJson, toJson } from '../body/json-access.ts';
import { AnswerDraft, MOST_PARTS } from './answer-draft.ts';
import { BoundedText } from './bounded-text.ts';
import { COHERE_CHAT_MEMBERS, COHERE_WHOLE, member, readCohereFinish, readCohereParameters, readCoherePromise, readCohereUsage } from './cohere-shared.ts';
import type { AnswerFacts, Dialect, EventReader, ReadOptions, RequestContent, RequestFacts, StreamEvent } from './dialect.ts';
import { EventTemplate } from './event-template.ts';
import { OutputText, outputSchemaOf } from './output-text.ts';
import { readProviderError } from './provider-error.ts';
import { offersTools, readRequestBody } from './request-body.ts';
import { ToolCallDraft } from './tool-call.ts';

/** Chat services of any kind have this path: see {@link Dialect.spokenBy}. */
const PATH = /(?:^|\/)v1\/chat$/;
const WANTED: ReadonlySet<string> = new Set(COHERE_CHAT_MEMBERS);
const WITHIN: ReadonlySet<string> = new Set(['type']);
const VARYING = ['text'] as const;
const DELTA_EVENT = 'text-generation';
const ROLES: Readonly<Record<string, string>> = { USER: 'user', CHATBOT: 'assistant', SYSTEM: 'system', TOOL: 'tool' };

/** Cohere's chat, version 1, which its SDK's plain client still speaks. Streams are documents one a line. */
export const cohereV1Chat: Dialect = {
  id: 'cohere.v1_chat',
  operation: 'chat',
  spokenBy: 'cohere',
  streamsLines: true,

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
    const history = asList(member(request, 'chat_history')).filter(isObject).map((turn) => messageOf(ROLES[asText(turn['role']) ?? ''] ?? 'user', turn['message']));
    const asked = asText(request['message']);
    const inputMessages = asked === undefined ? history : [...history, messageOf('user', asked)];
    const preamble = asText(request['preamble']);
    return {
      ...(inputMessages.length > 0 && { inputMessages }),
      ...(preamble !== undefined && { systemInstructions: [{ type: 'text', content: preamble }] }),
      ...(Array.isArray(request['tools']) && { toolDefinitions: asList(request['tools']).filter(isObject).map(definitionOf) }),
      ...outputSchemaOf(member(request, 'response_format')),
    };
  },
};

function messageOf(role: string, text: unknown): JsonValue {
  return { role, parts: [{ type: 'text', content: asText(text) ?? '' }] };
}

function definitionOf(tool: JsonObject): JsonValue {
  const description = asText(tool['description']);
  const parameters = asObject(member(tool, 'parameter_definitions'));
  return { type: 'function', name: asText(tool['name']) ?? '', ...(description !== undefined && { description }), ...(parameters !== undefined && { parameters: toJson(parameters) }) };
}

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

/** Gathers the events of a stream, or the one document of a unary answer, which the stream's last event repeats. */
class ChatReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #contentBytes: number;
  #text: BoundedText;
  #calls = new Map<number, ToolCallDraft>();
  readonly #template = new EventTemplate(VARYING);
  #finish: string | undefined;
  #begun = false;
  #ended = false;
  readonly #promised: ReadOptions['promised'];
  /** Where JSON was promised. */
  #output: OutputText | undefined;

  constructor(options: ReadOptions) {
    this.#contentBytes = options.contentBytes;
    this.#promised = options.promised;
    this.#output = OutputText.for(options.promised);
    this.#text = new BoundedText(options.contentBytes);
  }

  push({ data }: StreamEvent): boolean {
    if (this.#template.matches(data)) return true;
    const parsed = parseJson(data);
    if (!isObject(parsed?.value)) return false;
    this.pushParsed(parsed.value);
    if (this.#contentBytes === 0 && this.#promised === undefined && member(parsed.value, 'event_type') === DELTA_EVENT) this.#template.learn(data);
    return true;
  }

  pushParsed(value: unknown): void {
    const event = asObject(value);
    const type = asText(member(event, 'event_type'));
    if (event === undefined || type === undefined) {
      this.readDocument(value);
      return;
    }
    this.#begin();
    switch (type) {
      case 'stream-start':
        this.#draft.id ??= asText(member(event, 'generation_id'));
        return;
      case DELTA_EVENT:
        this.#text.append(asText(event['text']) ?? '');
        this.#output?.append(asText(event['text']) ?? '');
        return;
      case 'tool-calls-chunk': {
        const delta = asObject(member(event, 'tool_call_delta'));
        if (delta !== undefined) this.#appendCall(delta);
        return;
      }
      case 'tool-calls-generation':
        this.#replaceCalls(member(event, 'tool_calls'));
        return;
      case 'stream-end': {
        const response = asObject(event['response']);
        // What is repeated whole stands for its pieces.
        if (response?.['text'] !== undefined) {
          this.#text = new BoundedText(this.#contentBytes);
          this.#output = OutputText.for(this.#promised);
        }
        this.#end(response, event);
        return;
      }
      default:
    }
  }

  /** Takes the one document of a unary answer, or an error's. */
  readDocument(body: unknown): void {
    const answer = asObject(body);
    const isAnswer = typeof answer?.['text'] === 'string';
    if (!isAnswer) this.#draft.error ??= readProviderError(body);
    if (answer === undefined || this.#draft.error !== undefined) return;
    // An answer that breaks off has its id, and no more perhaps.
    this.#draft.id ??= asText(member(answer, 'generation_id'));
    if (!isAnswer) return;
    this.#begin();
    this.#end(answer, answer);
  }

  #begin(): void {
    this.#begun = true;
    this.#draft.recognised = true;
  }

  #end(answer: JsonObject | undefined, end: JsonObject): void {
    this.#ended = true;
    this.#finish = asText(member(end, 'finish_reason')) ?? asText(member(answer, 'finish_reason')) ?? this.#finish;
    if (answer === undefined) return;
    this.#draft.id ??= asText(member(answer, 'generation_id')) ?? asText(member(answer, 'response_id'));
    this.#draft.usage = readCohereUsage(answer['meta']) ?? this.#draft.usage;
    this.#text.append(asText(answer['text']) ?? '');
    this.#output?.append(asText(answer['text']) ?? '');
    if (Array.isArray(member(answer, 'tool_calls'))) this.#replaceCalls(member(answer, 'tool_calls'));
  }

  #appendCall(delta: JsonObject): void {
    const index = asCount(delta['index']) ?? 0;
    let call = this.#calls.get(index);
    if (call === undefined) {
      if (this.#calls.size >= MOST_PARTS) return;
      call = new ToolCallDraft(this.#contentBytes);
      this.#calls.set(index, call);
    }
    call.name ??= asText(delta['name']);
    call.append(asText(delta['parameters']) ?? '');
  }

  #replaceCalls(calls: unknown): void {
    this.#calls = new Map();
    for (const [index, source] of asList(calls).slice(0, MOST_PARTS).entries()) {
      if (!isObject(source)) continue;
      const call = new ToolCallDraft(this.#contentBytes);
      call.name = asText(source['name']);
      call.replaceByValue(asObject(source['parameters']) ?? {});
      this.#calls.set(index, call);
    }
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
    const parts: JsonValue[] = this.#text.text === '' ? [] : [{ type: 'text', content: this.#text.text }];
    for (const call of this.#calls.values()) parts.push(call.part());
    return { role: 'assistant', parts, finish_reason: this.#finish ?? 'error' };
  }
}
