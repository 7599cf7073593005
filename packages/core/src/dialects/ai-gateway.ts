import type { JsonValue } from '../body/json.ts';
import { asCount, asList, asObject, asText, isObject, type JsonObject, parseJson, toJson } from '../body/json-access.ts';
import { AnswerDraft, MOST_PARTS } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import { BoundedText } from './bounded-text.ts';
import type { AnswerFacts, Dialect, EventReader, ReadOptions, RequestContent, RequestFacts, StreamEvent, Usage } from './dialect.ts';
import { EventTemplate } from './event-template.ts';
import { answerMedia, blobPart, modalityOf } from './media-part.ts';
import { OutputText, outputSchemaOf, promiseOf } from './output-text.ts';
import { describe, readProviderError } from './provider-error.ts';
import { offersTools, readRequestBody } from './request-body.ts';
import { type ParameterRow, readParameters } from './request-parameters.ts';
import { ToolCallDraft } from './tool-call.ts';
import { usageOf } from './usage.ts';

/** `https://ai-gateway.vercel.sh/v4/ai/language-model`; older versions have another number. */
const PATH = /(?:^|\/)language-model$/;
const TELLING_PATH = /(?:^|\/)v\d+\/ai\/language-model$/;
const DONE = '[DONE]';

const PARAMETERS: readonly ParameterRow[] = [
  { from: 'maxOutputTokens', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  { from: 'temperature', to: names.REQUEST_TEMPERATURE, as: 'number' },
  { from: 'topP', to: names.REQUEST_TOP_P, as: 'number' },
  { from: 'topK', to: names.REQUEST_TOP_K, as: 'integer' },
  { from: 'frequencyPenalty', to: names.REQUEST_FREQUENCY_PENALTY, as: 'number' },
  { from: 'presencePenalty', to: names.REQUEST_PRESENCE_PENALTY, as: 'number' },
  { from: 'stopSequences', to: names.REQUEST_STOP_SEQUENCES, as: 'texts' },
  { from: 'seed', to: names.REQUEST_SEED, as: 'integer' },
];
const WITHIN: ReadonlySet<string> = new Set(['type']);
const WANTED: ReadonlySet<string> = new Set([...PARAMETERS.map((row) => row.from), 'tools', 'responseFormat']);

/** In these the text deltas of one stream differ. */
const VARYING = ['delta'] as const;
/** Events in which nothing matters while content is not kept, and of which there are many. */
const TEXT_EVENTS: ReadonlySet<unknown> = new Set(['text-delta', 'reasoning-delta']);
/** The other parts of a stream. */
const EVENTS: ReadonlySet<string> = new Set([
  'stream-start', 'text-start', 'text-end', 'reasoning-start', 'reasoning-end', 'tool-input-end', 'tool-result', 'tool-approval-request', 'file', 'reasoning-file', 'source', 'custom', 'raw',
]);

/**
 * Vercel's AI Gateway as the AI SDK's default provider asks it: the SDK's own interface of language models, versions 2 to 4.
 * Headers name the model and whether a stream is wanted.
 */
export const aiGatewayLanguageModel: Dialect = {
  id: 'ai_gateway.language_model',
  operation: 'chat',
  sharedPaths: { telling: TELLING_PATH, bodies: [['prompt']] },

  matches: (method, path) => method === 'POST' && PATH.test(path),

  readHeaders(header) {
    const [model, stream] = [header('ai-language-model-id'), header('ai-language-model-streaming')];
    return { ...(model !== undefined && { model }), ...(stream !== undefined && { stream: stream === 'true' }) };
  },
  readRequest(_url, body) {
    const { members, whole } = readRequestBody(body, WANTED, WITHIN);
    return readRequestMembers(members, whole);
  },
  readRequestParameters: (parameters) => readRequestMembers(parameters, true),

  readAnswer(body, options) {
    const reader = new LanguageModelReader(options);
    reader.readDocument(body);
    return reader.facts();
  },

  needsEveryEvent: (request) => request.offersTools !== false || request.promised !== undefined,
  readEvents: (_request, options) => new LanguageModelReader(options),

  readContent(body): RequestContent {
    const request = asObject(body) ?? {};
    const inputMessages = asList(request['prompt']).filter(isObject).map((message): JsonValue => ({ role: asText(message['role']) ?? '', parts: readParts(message['content']) }));
    const toolDefinitions = asList(request['tools']).filter(isObject).map(toolDefinition);
    return { ...(inputMessages.length > 0 && { inputMessages }), ...(toolDefinitions.length > 0 && { toolDefinitions }), ...outputSchemaOf(request['responseFormat']) };
  },
};

function readRequestMembers(members: JsonObject, whole: boolean): RequestFacts {
  const parameters = readParameters(members, PARAMETERS);
  const format = asText(asObject(members['responseFormat'])?.['type']);
  if (format !== undefined) parameters[names.OUTPUT_TYPE] = format === 'json' ? 'json' : 'text';
  const tools = offersTools([members['tools']], whole);
  const promised = promiseOf(format);
  return { operation: 'chat', stream: false, parameters, ...(tools !== undefined && { offersTools: tools }), ...(promised !== undefined && { promised }) };
}

function toolDefinition(tool: JsonObject): JsonValue {
  const description = asText(tool['description']);
  return { type: asText(tool['type']) ?? 'function', name: asText(tool['name']) ?? '', ...(description !== undefined && { description }), ...(isObject(tool['inputSchema']) && { parameters: toJson(tool['inputSchema']) }) };
}

/** Parts of the SDK's messages in the conventions' form. */
const PARTS: Readonly<Record<string, (part: JsonObject) => JsonValue>> = {
  text: ({ text }) => ({ type: 'text', content: asText(text) ?? '' }),
  reasoning: ({ text }) => ({ type: 'reasoning', content: asText(text) ?? '' }),
  'tool-call': ({ toolCallId, toolName, input }) => ({ type: 'tool_call', id: asText(toolCallId) ?? null, name: asText(toolName) ?? '', arguments: toJson(typeof input === 'string' ? (parseJson(input)?.value ?? input) : input) }),
  'tool-result': ({ toolCallId, output, result }) => ({ type: 'tool_call_response', id: asText(toolCallId) ?? null, response: toJson(output ?? result) }),
  file: ({ mediaType, data }) => filePart(asText(mediaType), data),
};

function readParts(content: unknown): JsonValue[] {
  if (typeof content === 'string') return [{ type: 'text', content }];
  return asList(content).filter(isObject).map((part): JsonValue => PARTS[asText(part['type']) ?? '']?.(part) ?? { type: 'generic', kind: asText(part['type']) ?? '' });
}

/** A file is given as it is, by its address, or in version 4 as an object of one of the two. */
function filePart(mediaType: string | undefined, data: unknown): JsonValue {
  const inner = asObject(data);
  const [bytes, url] = [asText(inner?.['data']) ?? asText(data), asText(inner?.['url'])];
  const modality = modalityOf(mediaType);
  if (url !== undefined || bytes?.startsWith('http') === true) return { type: 'uri', modality, uri: url ?? bytes ?? '' };
  return blobPart(modality, bytes, mediaType);
}

/** Gathers the parts of a stream, or the one document of a unary answer. */
class LanguageModelReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #contentBytes: number;
  readonly #text: BoundedText;
  readonly #reasoning: BoundedText;
  readonly #files: JsonValue[] = [];
  readonly #calls = new Map<string, ToolCallDraft>();
  readonly #template = new EventTemplate(VARYING);
  #finish: string | undefined;
  #begun = false;
  #ended = false;
  /** Where JSON was promised. */
  readonly #output: OutputText | undefined;

  constructor(options: ReadOptions) {
    this.#contentBytes = options.contentBytes;
    this.#text = new BoundedText(options.contentBytes);
    this.#reasoning = new BoundedText(options.contentBytes);
    this.#output = OutputText.for(options.promised);
  }

  push({ data }: StreamEvent): boolean {
    if (this.#template.matches(data)) return true;
    const parsed = parseJson(data);
    if (!isObject(parsed?.value)) return data.trim() === DONE;
    this.pushParsed(parsed.value);
    if (this.#contentBytes === 0 && this.#output === undefined && TEXT_EVENTS.has(parsed.value['type'])) this.#template.learn(data);
    return true;
  }

  pushParsed(value: unknown): void {
    const event = asObject(value);
    if (event === undefined) return;
    const type = asText(event['type']) ?? '';
    switch (type) {
      case 'response-metadata':
        this.#begin();
        this.#readMetadata(event);
        return;
      case 'text-delta':
        this.#begin();
        this.#takeText(asText(event['delta']) ?? '');
        return;
      case 'reasoning-delta':
        this.#begin();
        this.#reasoning.append(asText(event['delta']) ?? '');
        return;
      case 'tool-input-start':
      case 'tool-input-delta':
      case 'tool-call':
        this.#begin();
        this.#readCall(type, event);
        return;
      case 'finish':
        this.#begin();
        this.#end(event);
        return;
      case 'error': {
        const { error } = event;
        this.#draft.error ??= isObject(error) ? (readProviderError(error) ?? describe(error)) : { message: asText(error) ?? '' };
        return;
      }
      default:
        // An error, or a whole answer, in place of a part.
        if (EVENTS.has(type)) {
          this.#begin();
          if (type === 'file') this.#readFile(event);
        } else this.readDocument(event);
    }
  }

  /** Takes the one document of a unary answer, or an error's. */
  readDocument(body: unknown): void {
    const answer = asObject(body);
    if (answer === undefined || !Array.isArray(answer['content'])) {
      this.#draft.error ??= readProviderError(body);
      return;
    }
    this.#begin();
    for (const part of asList(answer['content'])) {
      if (!isObject(part)) continue;
      if (part['type'] === 'text') this.#takeText(asText(part['text']) ?? '');
      else if (part['type'] === 'reasoning') this.#reasoning.append(asText(part['text']) ?? '');
      else if (part['type'] === 'tool-call') this.#readCall('tool-call', part);
      else if (part['type'] === 'file') this.#readFile(part);
    }
    this.#readMetadata(asObject(answer['response']));
    if ('finishReason' in answer) this.#end(answer);
  }

  #takeText(text: string): void {
    this.#text.append(text);
    this.#output?.append(text);
  }

  #begin(): void {
    this.#begun = true;
    this.#draft.recognised = true;
  }

  #readMetadata(metadata: JsonObject | undefined): void {
    this.#draft.id = asText(metadata?.['id']) ?? this.#draft.id;
    this.#draft.model = asText(metadata?.['modelId']) ?? this.#draft.model;
  }

  #end(end: JsonObject): void {
    this.#ended = true;
    const { finishReason } = end;
    this.#finish = asText(asObject(finishReason)?.['unified']) ?? asText(finishReason) ?? this.#finish;
    this.#draft.usage = readUsage(end['usage']) ?? this.#draft.usage;
  }

  #readCall(type: string, event: JsonObject): void {
    const id = asText(event['toolCallId']) ?? asText(event['id']) ?? '';
    let call = this.#calls.get(id);
    if (call === undefined) {
      if (this.#calls.size >= MOST_PARTS) return;
      call = new ToolCallDraft(this.#contentBytes);
      call.id = id;
      this.#calls.set(id, call);
    }
    call.name ??= asText(event['toolName']);
    if (type === 'tool-input-delta') call.append(asText(event['delta']) ?? '');
    else if (type === 'tool-call') {
      call.replace(asText(event['input']) ?? JSON.stringify(toJson(event['input'] ?? {})));
      call.ended = true;
    }
  }

  #readFile(part: JsonObject): void {
    if (this.#contentBytes > 0 && this.#files.length < MOST_PARTS) this.#files.push(answerMedia(asText(part['data']) ?? '', this.#contentBytes, asText(part['mediaType'])));
  }

  get terminal(): boolean {
    return this.#ended || this.#draft.error !== undefined;
  }

  facts(): AnswerFacts {
    return this.#draft.facts({
      finishReasons: this.#finish === undefined ? [] : [this.#finish],
      choices: this.#begun ? 1 : 0,
      terminal: this.terminal,
      tokenLimited: this.#finish === 'length',
      filtered: this.#finish === 'content-filter',
      brokenPromise: this.#finish === 'stop' && this.#calls.size === 0 && this.#output?.broken === true,
      toolCalls: [...this.#calls.values()].map((call) => call.facts(this.#ended)),
      messages: this.#contentBytes > 0 && this.#begun ? [this.#message()] : undefined,
    });
  }

  #message(): JsonValue {
    const parts: JsonValue[] = [];
    if (this.#reasoning.text !== '') parts.push({ type: 'reasoning', content: this.#reasoning.text });
    if (this.#text.text !== '') parts.push({ type: 'text', content: this.#text.text });
    parts.push(...this.#files);
    for (const call of this.#calls.values()) parts.push(call.part());
    return { role: 'assistant', parts, finish_reason: this.#finish ?? 'error' };
  }
}

/** Version 2 counts flat; later ones have an object for each side. */
function readUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  const [input, output] = [asObject(usage?.['inputTokens']), asObject(usage?.['outputTokens'])];
  return usageOf({
    input: asCount(input?.['total']) ?? asCount(usage?.['inputTokens']),
    output: asCount(output?.['total']) ?? asCount(usage?.['outputTokens']),
    cacheRead: asCount(input?.['cacheRead']) ?? asCount(usage?.['cachedInputTokens']),
    cacheWrite: asCount(input?.['cacheWrite']),
    reasoning: asCount(output?.['reasoning']) ?? asCount(usage?.['reasoningTokens']),
  });
}
