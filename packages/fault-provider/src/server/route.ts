import type { DialectId } from '@outspan/core';
import type { Call, Mode } from '../dialects/call.ts';
import { STREAMLESS } from '../faults/fault.ts';

/** What a request's path and body say about the answer it wants. */
export type Route = Pick<Call, 'dialect' | 'mode' | 'model' | 'includeUsage' | 'count' | 'vector' | 'tool' | 'structured' | 'arrayStream'> & {
  /** The request only begins a call: others ask for its answer, and meet what is scripted. */
  readonly opens?: true;
};

/** What else of a request decides. */
export interface RequestLine {
  readonly method: string;
  /** Its `prefer` header. */
  readonly prefer?: string | undefined;
  /** Its `ai-language-model-id` header: the AI Gateway's clients say there what others say in the body. */
  readonly model?: string | undefined;
  /** Its `ai-language-model-streaming` header. */
  readonly streaming?: string | undefined;
}

interface PathRule {
  readonly dialect: DialectId;
  /** Any prefix is taken: compatible providers have the most different ones. */
  readonly path: RegExp;
  /** Absent: POST. */
  readonly method?: 'GET';
  /** Whatever the body says. */
  readonly mode?: Mode;
  /** Whose answer is asked for, where that was said before. */
  readonly model?: string;
  /** A request opens a call unless it prefers to wait for the answer. */
  readonly opens?: true;
}

/** The model of every prediction that is asked for again. */
const PREDICTING = 'meta/meta-llama-3-8b-instruct';

const RULES: readonly PathRule[] = [
  { dialect: 'openai.chat', path: /\/(?:chat|fim|agents)\/completions$/ },
  { dialect: 'openai.responses', path: /\/responses$/ },
  { dialect: 'ollama.embed', path: /\/api\/embed(?:dings)?$/ },
  { dialect: 'openai.embeddings', path: /\/embeddings$/ },
  { dialect: 'openai.images', path: /\/images\/(?:generations|edits|variations)$/ },
  { dialect: 'openai.transcriptions', path: /\/audio\/(?:transcriptions|translations)$/ },
  { dialect: 'openai.speech', path: /\/audio\/speech$/ },
  { dialect: 'openai.moderations', path: /\/moderations$/ },
  { dialect: 'anthropic.messages', path: /\/messages$/ },
  { dialect: 'anthropic.messages', path: /\/publishers\/anthropic\/models\/(?<model>[^/:]+):(?<method>rawPredict|streamRawPredict)$/ },
  { dialect: 'aws.bedrock.converse', path: /\/model\/(?<model>[^/]+)\/(?<method>converse|converse-stream)$/ },
  { dialect: 'aws.bedrock.invoke_model', path: /\/model\/(?<model>[^/]+)\/(?<method>invoke|invoke-with-response-stream)$/ },
  { dialect: 'cohere.chat', path: /\/v2\/chat$/ },
  { dialect: 'cohere.v1_chat', path: /\/v1\/chat$/ },
  { dialect: 'cohere.embed', path: /\/v[12]\/embed$/ },
  { dialect: 'cohere.rerank', path: /\/rerank$/ },
  { dialect: 'ollama.chat', path: /\/api\/chat$/ },
  { dialect: 'ollama.generate', path: /\/api\/generate$/ },
  { dialect: 'ai_gateway.language_model', path: /\/language-model$/ },
  { dialect: 'replicate.predictions', path: /(?:\/(?:models|deployments)\/(?<model>[^/]+\/[^/]+))?\/predictions$/, mode: 'unary', opens: true },
  { dialect: 'replicate.predictions', path: /\/predictions\/[^/]+$/, method: 'GET', mode: 'unary', model: PREDICTING },
  { dialect: 'replicate.predictions', path: /\/streams\/[^/]+$/, method: 'GET', mode: 'stream', model: PREDICTING },
  { dialect: 'huggingface.feature_extraction', path: /\/models\/(?<model>(?:[^/]+\/)?[^/:]+)\/pipeline\/feature-extraction$/ },
  { dialect: 'huggingface.task', path: /\/hf-inference\/models\/(?<model>[^/]+\/[^/:]+)$/ },
  { dialect: 'gemini.embed_content', path: /\/models\/(?<model>[^/:]+):(?<method>embedContent|batchEmbedContents)$/ },
  { dialect: 'gemini.embed_content', path: /\/publishers\/google\/models\/(?<model>[^/:]*embedding[^/:]*):(?<method>predict)$/ },
  { dialect: 'gemini.generate_content', path: /\/models\/(?<model>[^/:]+):(?<method>generateContent|streamGenerateContent)$/ },
];

/** Azure names the deployment in the path; its body may have no model. */
const AZURE_DEPLOYMENT = /\/openai\/deployments\/(?<model>[^/]+)\//;

/** Finds the dialect that a request is in. `undefined` when the path is in none, or by no such method. */
export function route(url: URL, body: unknown, { method = 'POST', prefer = '', model, streaming }: Partial<RequestLine> = {}): Route | undefined {
  const path = url.pathname.replace(/\/+$/, '');
  for (const rule of RULES) {
    const match = rule.path.exec(path);
    if (!match || method !== (rule.method ?? 'POST')) continue;
    const named = rule.model ?? match.groups?.['model'] ?? AZURE_DEPLOYMENT.exec(path)?.groups?.['model'];
    const found = readBody(rule.dialect, match.groups?.['method'], named ?? model, url, { ...(isRecord(body) && body), ...(streaming !== undefined && { stream: streaming === 'true' }) });
    return { ...found, ...(rule.mode && { mode: rule.mode }), ...(rule.opens && !prefer.startsWith('wait') && { opens: true }) };
  }
  return undefined;
}

const STREAMING_METHODS: ReadonlySet<string> = new Set(['streamGenerateContent', 'streamRawPredict', 'converse-stream', 'invoke-with-response-stream']);

function readBody(dialect: DialectId, method: string | undefined, named: string | undefined, url: URL, body: Readonly<Record<string, unknown>>): Route {
  // Ollama streams unless it is told not to.
  const streamed = method === undefined ? body['stream'] === true || (body['stream'] === undefined && dialect.startsWith('ollama.')) : STREAMING_METHODS.has(method);
  const mode: Mode = streamed && !STREAMLESS.includes(dialect) ? 'stream' : 'unary';
  const generation = field(body, 'generationConfig');
  return {
    dialect,
    mode,
    model: text(body['model']) ?? (named === undefined ? undefined : decodeURIComponent(named)) ?? 'unnamed-model',
    includeUsage: field(body, 'stream_options')['include_usage'] === true,
    count: STREAMLESS.includes(dialect) ? inputs(body['input'] ?? body['inputs'] ?? body['texts'] ?? body['documents'] ?? body['requests'] ?? body['instances']) : atMost(100, body['n'] ?? generation['candidateCount']),
    vector: { dimensions: atMost(4096, body['dimensions'] ?? body['output_dimension'] ?? 8), base64: body['encoding_format'] === 'base64' },
    tool: firstTool(body['tools'] ?? field(body, 'toolConfig')['tools']),
    ...(asksForJson(body) && { structured: true }),
    arrayStream: mode === 'stream' && method === 'streamGenerateContent' && url.searchParams.get('alt') !== 'sse',
  };
}

/** Whether a request asks for structured output, in the words of any dialect. */
function asksForJson(body: Readonly<Record<string, unknown>>): boolean {
  const formats = [field(body, 'response_format'), field(field(body, 'text'), 'format'), field(body, 'output_format'), field(field(body, 'output_config'), 'format'), field(field(body, 'outputConfig'), 'textFormat')];
  if (formats.some(({ type }) => type === 'json_object' || type === 'json_schema')) return true;
  return field(body, 'generationConfig')['responseMimeType'] === 'application/json' || body['format'] === 'json' || isRecord(body['format']);
}

function inputs(input: unknown): number {
  // An array of numbers is one input, given as tokens.
  return Array.isArray(input) && typeof input[0] !== 'number' ? Math.max(1, input.length) : 1;
}

function firstTool(tools: unknown): string | undefined {
  if (!Array.isArray(tools)) return undefined;
  for (const tool of tools) {
    if (!isRecord(tool)) continue;
    const declarations = tool['functionDeclarations'] ?? tool['function_declarations'];
    const declared: unknown = Array.isArray(declarations) ? declarations[0] : (tool['function'] ?? tool['toolSpec'] ?? tool);
    const name = isRecord(declared) ? text(declared['name']) : undefined;
    if (name !== undefined) return name;
  }
  return undefined;
}

function field(record: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = record[name];
  return isRecord(value) ? value : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function atMost(most: number, value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? Math.min(value, most) : 1;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
