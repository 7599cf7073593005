import type { JsonValue } from '../body/json.ts';
import { asCount, asList, asObject, asText, isObject, type JsonObject, parseJson } from '../body/json-access.ts';
import { AnswerDraft, MOST_PARTS } from './answer-draft.ts';
import * as names from './attribute-names.ts';
import { readAwsError, readAwsException } from './aws-error.ts';
import { BoundedText } from './bounded-text.ts';
import { readBlocks, readConverseMessages, readToolSpecs } from './converse-content.ts';
import type { AnswerFacts, Dialect, EventReader, ReadOptions, RequestContent, RequestFacts, StreamEvent } from './dialect.ts';
import { EventTemplate } from './event-template.ts';
import { OutputText, outputSchemaOf, promiseOf } from './output-text.ts';
import { offersTools, readRequestBody } from './request-body.ts';
import { type ParameterRow, type Parameters, readParameters } from './request-parameters.ts';
import { ToolCallDraft } from './tool-call.ts';
import { decodeSegment } from './url-segment.ts';
import { sum, usageOf } from './usage.ts';

/** The model may be an ARN, whose slashes are encoded. */
const PATH = /\/model\/([^/]+)\/converse(-stream)?$/;

const SETTINGS: readonly ParameterRow[] = [
  { from: 'maxTokens', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  { from: 'temperature', to: names.REQUEST_TEMPERATURE, as: 'number' },
  { from: 'topP', to: names.REQUEST_TOP_P, as: 'number' },
  // Nova's own, and where other models take it.
  { from: 'topK', to: names.REQUEST_TOP_K, as: 'integer' },
  { from: 'top_k', to: names.REQUEST_TOP_K, as: 'integer' },
  { from: 'stopSequences', to: names.REQUEST_STOP_SEQUENCES, as: 'texts' },
];
const WANTED: ReadonlySet<string> = new Set(['inferenceConfig', 'additionalModelRequestFields', 'toolConfig', 'guardrailConfig', 'outputConfig']);
const WITHIN: ReadonlySet<string> = new Set([...SETTINGS.map((row) => row.from), 'tools', 'guardrailIdentifier', 'textFormat', 'type']);

/** In these the text deltas of one block differ; `p` hides their length from listeners. */
const VARYING = ['text', 'p'] as const;
const TEXT_EVENT = 'contentBlockDelta';
/** The stop reason that claims a whole text; a stop sequence of the caller's cuts it. */
const WHOLE = 'end_turn';
const TOKEN_LIMITS: ReadonlySet<string> = new Set(['max_tokens', 'model_context_window_exceeded']);
const FILTERS: ReadonlySet<string> = new Set(['guardrail_intervened', 'content_filtered']);

/** Amazon Bedrock's Converse and ConverseStream. */
export const bedrockConverse: Dialect = {
  id: 'aws.bedrock.converse',
  operation: 'chat',
  matches: (method, path) => method === 'POST' && PATH.test(path),

  readRequest(url, body) {
    const { members, whole } = readRequestBody(body, WANTED, WITHIN);
    const [, model, stream] = PATH.exec(url.pathname.replace(/\/+$/, '')) ?? [];
    return { ...readRequestMembers(members, whole), stream: stream !== undefined, ...(model !== undefined && { model: decodeSegment(model) }) };
  },
  /** Those of the SDK's command; `stream` is not among them, and tells which command it is. */
  readRequestParameters: (parameters) => ({ ...readRequestMembers(parameters, true), stream: parameters['stream'] === true }),

  readAnswer(body, options) {
    const reader = new ConverseReader(options);
    reader.readDocument(body);
    return reader.facts();
  },

  needsEveryEvent: (request) => request.offersTools !== false || request.promised !== undefined,
  readEvents: (_request, options) => new ConverseReader(options),
  readContent: readConverseContent,
};

/** A request's content, of Converse or of a model whose own format it is. */
export function readConverseContent(body: unknown): RequestContent {
  const request = asObject(body) ?? {};
  const inputMessages = readConverseMessages(request['messages']);
  const systemInstructions = readBlocks(request['system']);
  const toolDefinitions = readToolSpecs(request['toolConfig']);
  return {
    ...(inputMessages.length > 0 && { inputMessages }),
    ...(systemInstructions.length > 0 && { systemInstructions }),
    ...(toolDefinitions.length > 0 && { toolDefinitions }),
    ...outputSchemaOf(asObject(asObject(asObject(request['outputConfig'])?.['textFormat'])?.['structure'])),
  };
}

/** The parameters that an `inferenceConfig` sets. */
export function readInferenceConfig(config: unknown): Parameters {
  return readParameters(asObject(config) ?? {}, SETTINGS);
}

function readRequestMembers(members: JsonObject, whole: boolean): RequestFacts {
  const guardrail = asText(asObject(members['guardrailConfig'])?.['guardrailIdentifier']);
  const model = asText(members['modelId']);
  const promised = promiseOf(asObject(asObject(members['outputConfig'])?.['textFormat'])?.['type']);
  const tools = offersTools([asObject(members['toolConfig'])?.['tools']], whole);
  return {
    operation: 'chat',
    stream: false,
    parameters: { ...(promised !== undefined && { [names.OUTPUT_TYPE]: 'json' }), ...readInferenceConfig(members['additionalModelRequestFields']), ...readInferenceConfig(members['inferenceConfig']), ...(guardrail !== undefined && { [names.AWS_BEDROCK_GUARDRAIL_ID]: guardrail }) },
    ...(model !== undefined && { model }),
    ...(tools !== undefined && { offersTools: tools }),
    ...(promised !== undefined && { promised }),
  };
}

/** One content block of the answer. */
type Block = { readonly kind: 'call'; readonly call: ToolCallDraft } | { readonly kind: 'text' | 'reasoning'; readonly text: BoundedText };

/** Gathers the events of a stream, or the one document of a unary answer. Amazon's own models speak so in their own format, too. */
export class ConverseReader implements EventReader {
  readonly #draft = new AnswerDraft();
  readonly #contentBytes: number;
  readonly #blocks = new Map<number, Block>();
  readonly #template = new EventTemplate(VARYING);
  #stopReason: string | undefined;
  #measured = false;
  /** Where JSON was promised. */
  readonly #output: OutputText | undefined;

  constructor(options: ReadOptions) {
    this.#contentBytes = options.contentBytes;
    this.#output = OutputText.for(options.promised);
  }

  push({ name, data, exception }: StreamEvent): boolean {
    if (name === TEXT_EVENT && this.#template.matches(data)) return true;
    const value = parseJson(data)?.value;
    if (exception !== undefined) {
      this.#draft.error ??= readAwsException(exception, value);
      return true;
    }
    if (!isObject(value)) return false;
    if (name === undefined) this.pushParsed(value);
    else this.#read(name, value);
    if (name === TEXT_EVENT && this.#contentBytes === 0 && this.#output === undefined && asObject(value['delta'])?.['text'] !== undefined) this.#template.learn(data);
    return true;
  }

  /** Takes an event as the SDK hands it out: its one member is named after it. */
  pushParsed(event: unknown): void {
    if (!isObject(event)) return;
    if ('output' in event || typeof event['message'] === 'string') return this.readDocument(event);
    for (const [name, value] of Object.entries(event)) if (isObject(value)) this.#read(name, value);
  }

  /** Takes the one document of a unary answer, or an error's. */
  readDocument(body: unknown): void {
    const draft = this.#draft;
    const document = asObject(body);
    const message = asObject(asObject(document?.['output'])?.['message']);
    if (message === undefined) draft.error ??= readAwsError(body);
    if (document === undefined || (message === undefined && asText(document['stopReason']) === undefined)) return;
    draft.recognised = true;
    this.#stopReason = asText(document['stopReason']);
    this.#readMetadata(document);
    const content = asList(message?.['content']);
    for (const [index, block] of content.entries()) {
      if (!isObject(block) || this.#blocks.size >= MOST_PARTS) continue;
      const toolUse = asObject(block['toolUse']);
      if (toolUse === undefined) {
        this.#append(index, isObject(block['reasoningContent']) ? { reasoningContent: asObject(block['reasoningContent'])?.['reasoningText'] } : block);
        continue;
      }
      const call = this.#call(index, toolUse);
      const input = asObject(toolUse['input']);
      if (input !== undefined) call.replaceByValue(input);
      // A call that the budget cut short comes with what had been parsed of its input, which looks whole.
      call.ended = !(index === content.length - 1 && this.#stopReason !== undefined && TOKEN_LIMITS.has(this.#stopReason));
    }
    this.#measured = true;
  }

  /** The counts and measurements that Bedrock itself adds to the last event. */
  measured(): void {
    this.#measured = true;
  }

  #read(name: string, event: JsonObject): void {
    const index = asCount(event['contentBlockIndex']) ?? 0;
    switch (name) {
      case 'messageStart':
        this.#draft.recognised = true;
        return;
      case 'contentBlockStart': {
        const toolUse = asObject(asObject(event['start'])?.['toolUse']);
        if (toolUse !== undefined && this.#blocks.size < MOST_PARTS) this.#call(index, toolUse);
        return;
      }
      case TEXT_EVENT:
        this.#append(index, asObject(event['delta']) ?? {});
        return;
      case 'contentBlockStop': {
        const block = this.#blocks.get(index);
        if (block?.kind === 'call') block.call.ended = true;
        return;
      }
      case 'messageStop':
        this.#draft.recognised = true;
        this.#stopReason = asText(event['stopReason']) ?? this.#stopReason;
        return;
      case 'metadata':
        this.#readMetadata(event);
        this.#measured = true;
        return;
      default:
        // An exception as the SDK's types have it, or an event of a later version.
        if (name.endsWith('Exception')) this.#draft.error ??= readAwsException(name, event);
    }
  }

  #call(index: number, toolUse: JsonObject): ToolCallDraft {
    const call = new ToolCallDraft(this.#contentBytes);
    call.id = asText(toolUse['toolUseId']);
    call.name = asText(toolUse['name']);
    this.#blocks.set(index, { kind: 'call', call });
    return call;
  }

  #append(index: number, delta: JsonObject): void {
    const input = asObject(delta['toolUse'])?.['input'];
    const known = this.#blocks.get(index);
    if (typeof input === 'string') {
      if (known?.kind === 'call') known.call.append(input);
      return;
    }
    const reasoning = asText(asObject(delta['reasoningContent'])?.['text']);
    const text = reasoning ?? asText(delta['text']);
    if (text === undefined || known?.kind === 'call') return;
    // A block of text has no event that starts it.
    const block = known ?? { kind: reasoning === undefined ? ('text' as const) : ('reasoning' as const), text: new BoundedText(this.#contentBytes) };
    if (known === undefined && this.#blocks.size < MOST_PARTS) this.#blocks.set(index, block);
    block.text.append(text);
    if (reasoning === undefined) this.#output?.append(text, index);
  }

  /** Bedrock counts cached input beside `inputTokens`, not within. */
  #readMetadata(metadata: JsonObject): void {
    const draft = this.#draft;
    const usage = asObject(metadata['usage']);
    const cacheRead = asCount(usage?.['cacheReadInputTokens']) ?? asCount(usage?.['cacheReadInputTokenCount']);
    const cacheWrite = asCount(usage?.['cacheWriteInputTokens']) ?? asCount(usage?.['cacheWriteInputTokenCount']);
    const input = asCount(usage?.['inputTokens']);
    draft.usage = usageOf({ input: input === undefined ? undefined : sum(input, cacheRead, cacheWrite), output: asCount(usage?.['outputTokens']), cacheRead, cacheWrite }) ?? draft.usage;
    // Only a prompt router chooses the model, and says which.
    draft.model ??= asText(asObject(asObject(metadata['trace'])?.['promptRouter'])?.['invokedModelId']);
  }

  /**
   * `messageStop` says that the message is over, and `metadata` always follows, with what it cost. Clients miss neither when
   * it does not come.
   */
  get terminal(): boolean {
    return (this.#stopReason !== undefined && this.#measured) || this.#draft.error !== undefined;
  }

  facts(): AnswerFacts {
    const blocks = [...this.#blocks].toSorted(([a], [b]) => a - b).map(([, block]) => block);
    const stopReason = this.#stopReason;
    return this.#draft.facts({
      finishReasons: stopReason === undefined ? [] : [stopReason],
      choices: this.#draft.recognised ? 1 : 0,
      terminal: this.terminal,
      tokenLimited: stopReason !== undefined && TOKEN_LIMITS.has(stopReason),
      filtered: stopReason !== undefined && FILTERS.has(stopReason),
      brokenPromise: stopReason === WHOLE && !blocks.some(({ kind }) => kind === 'call') && this.#output?.broken === true,
      toolCalls: blocks.flatMap((block) => (block.kind === 'call' ? [block.call.facts(false)] : [])),
      messages: this.#contentBytes > 0 && this.#draft.recognised ? [toMessage(blocks, stopReason)] : undefined,
    });
  }
}

function toMessage(blocks: readonly Block[], stopReason: string | undefined): JsonValue {
  const parts = blocks.map((block): JsonValue => (block.kind === 'call' ? block.call.part() : { type: block.kind, content: block.text.text }));
  return { role: 'assistant', parts, finish_reason: stopReason ?? 'error' };
}
