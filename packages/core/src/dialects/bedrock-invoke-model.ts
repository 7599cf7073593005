import { asCount, asObject, asText, isObject, type JsonObject, parseJson } from '../body/json-access.ts';
import { decodeBase64, decodeUtf8, encodeUtf8 } from '../platform/bytes.ts';
import { AnswerDraft } from './answer-draft.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import * as names from './attribute-names.ts';
import { readAwsError, readAwsException } from './aws-error.ts';
import { CompletionReader, isCompletion } from './bedrock-completion.ts';
import { ConverseReader, readConverseContent, readInferenceConfig } from './bedrock-converse.ts';
import type { AnswerFacts, Dialect, EventReader, ProviderError, ReadOptions, RequestContent, RequestFacts, StreamEvent, Usage } from './dialect.ts';
import { openaiChat } from './openai-chat.ts';
import { readPrompt } from './openai-chat-content.ts';
import { promiseOf } from './output-text.ts';
import { offersTools, readRequestBody } from './request-body.ts';
import { type ParameterRow, readParameters } from './request-parameters.ts';
import { decodeSegment } from './url-segment.ts';
import { usageOf } from './usage.ts';

const PATH = /\/model\/([^/]+)\/invoke(-with-response-stream)?$/;

/** As the makers of the models spell them. Amazon's have theirs in {@link CONFIGS}. */
const PARAMETERS: readonly ParameterRow[] = [
  { from: 'max_tokens', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  { from: 'max_completion_tokens', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  { from: 'max_gen_len', to: names.REQUEST_MAX_TOKENS, as: 'integer' },
  { from: 'temperature', to: names.REQUEST_TEMPERATURE, as: 'number' },
  { from: 'top_p', to: names.REQUEST_TOP_P, as: 'number' },
  { from: 'p', to: names.REQUEST_TOP_P, as: 'number' },
  { from: 'top_k', to: names.REQUEST_TOP_K, as: 'integer' },
  { from: 'k', to: names.REQUEST_TOP_K, as: 'integer' },
  { from: 'stop', to: names.REQUEST_STOP_SEQUENCES, as: 'texts' },
  { from: 'stop_sequences', to: names.REQUEST_STOP_SEQUENCES, as: 'texts' },
  { from: 'frequency_penalty', to: names.REQUEST_FREQUENCY_PENALTY, as: 'number' },
  { from: 'presence_penalty', to: names.REQUEST_PRESENCE_PENALTY, as: 'number' },
  { from: 'seed', to: names.REQUEST_SEED, as: 'integer' },
  { from: 'dimensions', to: names.EMBEDDINGS_DIMENSION_COUNT, as: 'integer' },
];
const TITAN: readonly ParameterRow[] = [{ from: 'maxTokenCount', to: names.REQUEST_MAX_TOKENS, as: 'integer' }];
const CONFIGS = ['inferenceConfig', 'textGenerationConfig'] as const;
const WITHIN: ReadonlySet<string> = new Set(['maxTokens', 'maxTokenCount', 'temperature', 'topP', 'topK', 'stopSequences', 'tools', 'format', 'type']);
const WANTED: ReadonlySet<string> = new Set([...PARAMETERS.map((row) => row.from), ...CONFIGS, 'messages', 'prompt', 'inputText', 'tools', 'toolConfig', 'response_format', 'output_config', 'output_format']);

/** What a model's name says when it makes vectors. */
const EMBEDDING_MODEL = /embed/i;

/** Amazon Bedrock's InvokeModel and InvokeModelWithResponseStream, whose bodies are in the formats of the models. */
export const bedrockInvokeModel: Dialect = {
  id: 'aws.bedrock.invoke_model',
  operation: 'chat',
  matches: (method, path) => method === 'POST' && PATH.test(path),

  readRequest(url, body) {
    const [, model, stream] = PATH.exec(url.pathname.replace(/\/+$/, '')) ?? [];
    return readModelRequest(body, model === undefined ? undefined : decodeSegment(model), stream !== undefined);
  },

  /** Those of the SDK's command, whose body is text or bytes; `stream` is not among them, and tells which command it is. */
  readRequestParameters(parameters) {
    const guardrail = asText(parameters['guardrailIdentifier']);
    const facts = readModelRequest(bytesOf(parameters['body']), asText(parameters['modelId']), parameters['stream'] === true);
    return guardrail === undefined ? facts : { ...facts, parameters: { ...facts.parameters, [names.AWS_BEDROCK_GUARDRAIL_ID]: guardrail } };
  },

  readAnswer(body, options) {
    const reader = isObject(body) ? formatOf(body)?.readAnswer(body, options) : undefined;
    return reader ?? unread(readAwsError(body));
  },

  needsEveryEvent: (request) => request.offersTools !== false || request.promised !== undefined,
  readEvents: (request, options) => new InvokeReader(request, options),

  readContent(body): RequestContent {
    const given = asObject(body) ?? {};
    const bytes = 'modelId' in given ? bytesOf(given['body']) : undefined;
    const request = bytes === undefined ? given : (asObject(parseJson(decodeUtf8(bytes))?.value) ?? {});
    if ('anthropic_version' in request) return anthropicMessages.readContent(request);
    if (request['schemaVersion'] !== undefined || 'inferenceConfig' in request || 'toolConfig' in request) return readConverseContent(request);
    if ('messages' in request) return openaiChat.readContent(request);
    const prompt = request['prompt'] ?? request['inputText'];
    return typeof prompt === 'string' ? { inputMessages: readPrompt(prompt) } : {};
  },
};

function bytesOf(body: unknown): Uint8Array | undefined {
  return typeof body === 'string' ? encodeUtf8(body) : body instanceof Uint8Array ? body : undefined;
}

function readModelRequest(body: Uint8Array | undefined, model: string | undefined, stream: boolean): RequestFacts {
  const { members, whole } = readRequestBody(body, WANTED, WITHIN);
  const configured = CONFIGS.map((name) => asObject(members[name]) ?? {});
  // As the models' own formats have it: OpenAI's and Anthropic's.
  const format = members['response_format'] ?? asObject(members['output_config'])?.['format'] ?? members['output_format'];
  const promised = promiseOf(asObject(format)?.['type']);
  const tools = offersTools([members['tools'], asObject(members['toolConfig'])?.['tools']], whole);
  return {
    operation: operationOf(members, model),
    stream,
    parameters: Object.assign(readParameters(members, PARAMETERS), ...configured.map((config) => ({ ...readInferenceConfig(config), ...readParameters(config, TITAN) }))),
    ...(model !== undefined && { model }),
    ...(tools !== undefined && { offersTools: tools }),
    ...(promised !== undefined && { promised }),
  };
}

function operationOf(members: JsonObject, model: string | undefined): RequestFacts['operation'] {
  if (model !== undefined && EMBEDDING_MODEL.test(model)) return 'embeddings';
  // An ARN does not tell. Only vectors have dimensions.
  if ('dimensions' in members) return 'embeddings';
  return !('messages' in members) && ('prompt' in members || 'inputText' in members) ? 'text_completion' : 'chat';
}

/** What models' answers look like, in documents and in events. Which one it is, its own shape tells: the model's name may be an ARN. */
interface ModelFormat {
  readonly is: (body: JsonObject) => boolean;
  readonly readAnswer: (body: JsonObject, options: ReadOptions) => AnswerFacts;
  readonly readEvents: (request: RequestFacts, options: ReadOptions) => EventReader;
}

const MODEL_FORMATS: readonly ModelFormat[] = [
  // Anthropic.
  {
    is: (body) => typeof body['type'] === 'string',
    readAnswer: (body, options) => anthropicMessages.readAnswer(body, options),
    readEvents: (request, options) => anthropicMessages.readEvents(request, options),
  },
  // Amazon Nova.
  {
    is: (body) => 'output' in body || 'messageStart' in body || 'contentBlockDelta' in body || 'contentBlockStart' in body,
    readAnswer(body, options) {
      const reader = new ConverseReader(options);
      reader.readDocument(body);
      return reader.facts();
    },
    readEvents: (_request, options) => new ConverseReader(options),
  },
  // OpenAI's open models, newer ones of Mistral, AI21, Qwen …
  {
    is: (body) => Array.isArray(body['choices']),
    readAnswer: (body, options) => openaiChat.readAnswer(body, options),
    readEvents: (request, options) => openaiChat.readEvents(request, options),
  },
  {
    is: isCompletion,
    readAnswer(body, options) {
      const reader = new CompletionReader(options);
      reader.pushParsed(body);
      return reader.facts();
    },
    readEvents: (_request, options) => new CompletionReader(options),
  },
];

function formatOf(body: JsonObject): ModelFormat | undefined {
  return MODEL_FORMATS.find(({ is }) => is(body));
}

function unread(error: ProviderError | undefined): AnswerFacts {
  const draft = new AnswerDraft();
  draft.error = error;
  return draft.facts({ finishReasons: [], choices: 0, terminal: false, toolCalls: [], tokenLimited: false, filtered: false });
}

/** What Bedrock adds to the last event of any model. */
const METRICS = 'amazon-bedrock-invocationMetrics';

/** Unpacks the events of a model's own stream out of those of Bedrock's. */
class InvokeReader implements EventReader {
  readonly #request: RequestFacts;
  readonly #options: ReadOptions;
  #model: EventReader | undefined;
  #error: ProviderError | undefined;
  #counted: Usage | undefined;

  constructor(request: RequestFacts, options: ReadOptions) {
    this.#request = request;
    this.#options = options;
  }

  push({ data, exception }: StreamEvent): boolean {
    const value = parseJson(data)?.value;
    if (exception !== undefined) {
      this.#error ??= readAwsException(exception, value);
      return true;
    }
    if (!isObject(value)) return false;
    const { bytes } = value;
    if (typeof bytes !== 'string') {
      this.#error ??= readAwsError(value);
      return true;
    }
    // A chunk past the cap came without its bytes.
    return bytes === '' || this.#take(decodeBase64(bytes));
  }

  /** Takes an event as the SDK hands it out: `{chunk: {bytes}}`. */
  pushParsed(event: unknown): void {
    const bytes = asObject(asObject(event)?.['chunk'])?.['bytes'];
    if (bytes instanceof Uint8Array) this.#take(bytes);
    else for (const [name, value] of Object.entries(asObject(event) ?? {})) if (name.endsWith('Exception')) this.#error ??= readAwsException(name, value);
  }

  #take(bytes: Uint8Array): boolean {
    const parsed = parseJson(decodeUtf8(bytes));
    if (!isObject(parsed?.value)) return false;
    const event = parsed.value;
    this.#model ??= formatOf(event)?.readEvents(this.#request, this.#options);
    this.#model?.pushParsed(event);
    const metrics = asObject(event[METRICS]);
    if (metrics === undefined) return true;
    this.#counted = usageOf({ input: asCount(metrics['inputTokenCount']), output: asCount(metrics['outputTokenCount']) });
    if (this.#model instanceof ConverseReader) this.#model.measured();
    return true;
  }

  get terminal(): boolean {
    return this.#error !== undefined || this.#model?.terminal === true;
  }

  facts(): AnswerFacts {
    const facts = this.#model?.facts() ?? unread(this.#error);
    const usage = facts.usage ?? this.#counted;
    const error = facts.error ?? this.#error;
    return { ...facts, ...(usage && { usage }), ...(error && { error, terminal: true, recognised: true }) };
  }
}
