import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Attributes, Context, Tracer } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../config.ts';
import type { OutspanConfig } from '../config.ts';
import type { DialectId, SocketDialectId } from '../dialects/dialect.ts';
import { openaiRealtime } from '../dialects/openai-realtime.ts';
import { CallTracker } from '../operation/tracker.ts';

/** Counts that Langfuse takes for input and output, and for parts of them. Some also have older spellings, which are never written here. */
const LANGFUSE = {
  input: 'input_tokens',
  output: 'output_tokens',
  ofInput: ['cache_read.input_tokens', 'cache_creation.input_tokens'],
  ofOutput: ['reasoning.output_tokens'],
} as const;

/**
 * The tokens that Langfuse shows for a span, as its ingestion (`OtelIngestionProcessor`, `IngestionService`) counted them on 2026-08-22: it
 * takes the parts that it knows out of input and output, keeps every other `gen_ai.usage.*` beside them, and adds all of it up.
 */
function totalInLangfuse(attributes: Attributes): number | undefined {
  const counts = new Map(Object.entries(attributes).flatMap(([name, value]) => (name.startsWith('gen_ai.usage.') ? [[name.slice('gen_ai.usage.'.length), Number(value)] as const] : [])));
  if (counts.size === 0) return undefined;
  const take = (whole: string, parts: readonly string[]): void => {
    const tokens = counts.get(whole);
    if (tokens !== undefined) counts.set(whole, Math.max(0, parts.reduce((rest, part) => rest - (counts.get(part) ?? 0), tokens)));
  };
  take(LANGFUSE.input, LANGFUSE.ofInput);
  take(LANGFUSE.output, LANGFUSE.ofOutput);
  return [...counts.values()].reduce((sum, tokens) => sum + tokens, 0);
}

/** An answer, and how many tokens it took by its provider's own account; undefined where it counts none. */
interface Answered {
  readonly what: string;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly total: number | undefined;
}

interface Spoken {
  readonly url: string;
  readonly answers: readonly Answered[];
}

const chat = (usage: object): Record<string, unknown> => ({ id: 'c', object: 'chat.completion', model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' }], usage });
const responses = (usage: object): Record<string, unknown> => ({ id: 'r', object: 'response', status: 'completed', model: 'm', output: [], usage });
const anthropic = (usage: object): Record<string, unknown> => ({ id: 'm', type: 'message', role: 'assistant', model: 'm', content: [{ type: 'text', text: 'a' }], stop_reason: 'end_turn', usage });
const gemini = (usageMetadata: object): Record<string, unknown> => ({ candidates: [{ content: { role: 'model', parts: [{ text: 'a' }] }, finishReason: 'STOP' }], modelVersion: 'm', usageMetadata });
const details = (counts: Readonly<Record<string, number>>): object[] => Object.entries(counts).map(([modality, tokenCount]) => ({ modality, tokenCount }));
const CACHE_WRITE = anthropic({ input_tokens: 10, cache_creation_input_tokens: 5, cache_read_input_tokens: 20, output_tokens: 10 });
const IMAGE = gemini({ promptTokenCount: 265, candidatesTokenCount: 30, totalTokenCount: 295, promptTokensDetails: details({ TEXT: 7, IMAGE: 258 }), candidatesTokensDetails: details({ TEXT: 30 }) });

const SPOKEN: Readonly<Record<DialectId, Spoken>> = {
  'openai.chat': {
    url: 'https://api.openai.com/v1/chat/completions',
    answers: [
      { what: 'text, cached and with reasoning', total: 60, answer: chat({ prompt_tokens: 40, completion_tokens: 20, total_tokens: 60, prompt_tokens_details: { cached_tokens: 16, audio_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 8, audio_tokens: 0 } }) },
      { what: 'audio', total: 60, answer: chat({ prompt_tokens: 30, completion_tokens: 30, total_tokens: 60, prompt_tokens_details: { audio_tokens: 10, text_tokens: 20 }, completion_tokens_details: { audio_tokens: 15, text_tokens: 15 } }) },
      { what: 'reasoning beside the completion, as xAI counts', total: 71, answer: chat({ prompt_tokens: 32, completion_tokens: 9, total_tokens: 71, completion_tokens_details: { reasoning_tokens: 30 } }) },
      { what: 'a cache that was written to, as OpenRouter counts', total: 50, answer: chat({ prompt_tokens: 40, completion_tokens: 10, total_tokens: 50, prompt_tokens_details: { cached_tokens: 10, cache_write_tokens: 20 } }) },
    ],
  },
  'openai.responses': {
    url: 'https://api.openai.com/v1/responses',
    answers: [{ what: 'text, cached and with reasoning', total: 55, answer: responses({ input_tokens: 35, output_tokens: 20, total_tokens: 55, input_tokens_details: { cached_tokens: 30 }, output_tokens_details: { reasoning_tokens: 12 } }) }],
  },
  'openai.embeddings': { url: 'https://api.openai.com/v1/embeddings', answers: [{ what: 'vectors', total: 8, answer: { object: 'list', model: 'm', data: [], usage: { prompt_tokens: 8, total_tokens: 8 } } }] },
  'openai.images': {
    url: 'https://api.openai.com/v1/images/generations',
    answers: [{ what: 'an image', total: 4_210, answer: { created: 1, data: [{ b64_json: '' }], usage: { input_tokens: 50, output_tokens: 4_160, total_tokens: 4_210, input_tokens_details: { text_tokens: 10, image_tokens: 40 } } } }],
  },
  'openai.transcriptions': {
    url: 'https://api.openai.com/v1/audio/transcriptions',
    answers: [{ what: 'speech', total: 59, answer: { text: 'a', usage: { type: 'tokens', input_tokens: 14, input_token_details: { text_tokens: 10, audio_tokens: 4 }, output_tokens: 45, total_tokens: 59 } } }],
  },
  'openai.speech': { url: 'https://api.openai.com/v1/audio/speech', answers: [] },
  'openai.moderations': { url: 'https://api.openai.com/v1/moderations', answers: [{ what: 'a judgement', total: undefined, answer: { id: 'm', model: 'm', results: [{ flagged: false }] } }] },
  'anthropic.messages': {
    url: 'https://api.anthropic.com/v1/messages',
    answers: [
      { what: 'text', total: 25, answer: anthropic({ input_tokens: 12, output_tokens: 13 }) },
      { what: 'a cache that was written to and read from', total: 45, answer: CACHE_WRITE },
    ],
  },
  'aws.bedrock.converse': {
    url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse',
    answers: [{ what: 'a cache that was written to and read from', total: 45, answer: { output: { message: { role: 'assistant', content: [{ text: 'a' }] } }, stopReason: 'end_turn', usage: { inputTokens: 10, outputTokens: 10, cacheReadInputTokens: 20, cacheWriteInputTokens: 5, totalTokens: 45 } } }],
  },
  'aws.bedrock.invoke_model': { url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-sonnet-5/invoke', answers: [{ what: 'a cache that was written to', total: 45, answer: CACHE_WRITE }] },
  'gemini.generate_content': {
    url: 'https://generativelanguage.googleapis.com/v1beta/models/m:generateContent',
    answers: [
      { what: 'text with thoughts', total: 48, answer: gemini({ promptTokenCount: 12, candidatesTokenCount: 20, thoughtsTokenCount: 16, totalTokenCount: 48, promptTokensDetails: details({ TEXT: 12 }), candidatesTokensDetails: details({ TEXT: 20 }) }) },
      { what: 'an image that is shown', total: 295, answer: IMAGE },
      { what: 'an image that is drawn, a cached prompt and a built-in tool', total: 1_420, answer: gemini({ promptTokenCount: 100, cachedContentTokenCount: 60, toolUsePromptTokenCount: 30, candidatesTokenCount: 1_290, totalTokenCount: 1_420, promptTokensDetails: details({ TEXT: 100 }), toolUsePromptTokensDetails: details({ TEXT: 30 }), candidatesTokensDetails: details({ IMAGE: 1_290 }) }) },
    ],
  },
  'gemini.embed_content': { url: 'https://generativelanguage.googleapis.com/v1beta/models/m:embedContent', answers: [{ what: 'a vector', total: 9, answer: { embedding: { values: [1] }, usageMetadata: { promptTokenCount: 9, totalTokenCount: 9, promptTokensDetails: details({ TEXT: 9 }) } } }] },
  'cohere.chat': { url: 'https://api.cohere.com/v2/chat', answers: [{ what: 'what is billed', total: 24, answer: { id: 'a', finish_reason: 'COMPLETE', message: { role: 'assistant', content: [{ type: 'text', text: 'a' }] }, usage: { billed_units: { input_tokens: 14, output_tokens: 10 }, tokens: { input_tokens: 509, output_tokens: 12 }, cached_tokens: 400 } } }] },
  'cohere.v1_chat': { url: 'https://api.cohere.com/v1/chat', answers: [{ what: 'what is billed', total: 24, answer: { generation_id: 'g', text: 'a', finish_reason: 'COMPLETE', meta: { billed_units: { input_tokens: 14, output_tokens: 10 } } } }] },
  'cohere.embed': { url: 'https://api.cohere.com/v2/embed', answers: [{ what: 'vectors', total: 3, answer: { id: 'a', embeddings: { float: [[1]] }, meta: { billed_units: { input_tokens: 3 } } } }] },
  'cohere.rerank': { url: 'https://api.jina.ai/v1/rerank', answers: [{ what: 'ranks', total: 815, answer: { model: 'm', object: 'list', usage: { total_tokens: 815, prompt_tokens: 815 }, results: [{ index: 0, relevance_score: 0.8 }] } }] },
  'ollama.chat': { url: 'http://127.0.0.1:11434/api/chat', answers: [{ what: 'text', total: 42, answer: { model: 'm', message: { role: 'assistant', content: 'a' }, done: true, done_reason: 'stop', prompt_eval_count: 33, eval_count: 9 } }] },
  'ollama.generate': { url: 'http://127.0.0.1:11434/api/generate', answers: [{ what: 'text', total: 42, answer: { model: 'm', response: 'a', done: true, done_reason: 'stop', prompt_eval_count: 33, eval_count: 9 } }] },
  'ollama.embed': { url: 'http://127.0.0.1:11434/api/embed', answers: [{ what: 'vectors', total: 8, answer: { model: 'm', embeddings: [[1]], prompt_eval_count: 8 } }] },
  'ai_gateway.language_model': { url: 'https://ai-gateway.vercel.sh/v4/ai/language-model', answers: [{ what: 'a cache that was written to, and reasoning', total: 50, answer: { content: [{ type: 'text', text: 'a' }], finishReason: { unified: 'stop' }, usage: { inputTokens: { total: 40, noCache: 15, cacheRead: 20, cacheWrite: 5 }, outputTokens: { total: 10, text: 6, reasoning: 4 } } } }] },
  'replicate.predictions': { url: 'https://api.replicate.com/v1/models/meta/m/predictions', answers: [{ what: 'text', total: 30, answer: { id: 'p', model: 'meta/m', status: 'succeeded', output: ['a'], urls: {}, metrics: { input_token_count: 10, output_token_count: 20 } } }] },
  'huggingface.task': { url: 'https://router.huggingface.co/hf-inference/models/openai/whisper-large-v3', answers: [{ what: 'speech', total: undefined, answer: { text: 'a' } }] },
  'huggingface.feature_extraction': { url: 'https://router.huggingface.co/hf-inference/models/BAAI/bge-m3/pipeline/feature-extraction', answers: [] },
};

const CASES = Object.entries(SPOKEN).flatMap(([dialect, { answers, ...to }]) => answers.map((one) => ({ dialect, ...to, ...one })));
const REALTIME: SocketDialectId = 'openai.realtime';

let exporter: InMemorySpanExporter;
let provider: TracerProvider;
let tracer: Tracer;

beforeEach(() => {
  exporter = new InMemorySpanExporter();
  provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  tracer = provider.getTracer('test');
});

function track(config: OutspanConfig): CallTracker {
  const settings = settle(config, {});
  return new CallTracker({ settings: () => settings, tracer: () => tracer, meterProvider: () => undefined });
}

/** Makes a call that is answered so. */
function call({ url, answer }: Pick<Spoken, 'url'> & Pick<Answered, 'answer'>, config: OutspanConfig = {}, context: Context = ROOT_CONTEXT): void {
  const text = new TextEncoder();
  const attempt = track(config).begin({ method: 'POST', url: new URL(url), context });
  if (attempt === undefined) throw new Error(`${url} is no LLM call`);
  attempt.requestChunk(text.encode('{"model":"m","query":"q","documents":[]}'));
  attempt.requestSent();
  attempt.responseHead(200, [['content-type', 'application/json']]);
  attempt.responseChunk(text.encode(JSON.stringify(answer)));
  attempt.end({ by: 'completion' });
}

/** The attributes of the one span that is an operation's. */
function operation(): Attributes {
  const found = exporter.getFinishedSpans().filter(({ attributes }) => 'gen_ai.operation.name' in attributes);
  expect(found).toHaveLength(1);
  return found[0]?.attributes ?? {};
}

describe('the tokens on a span, added up as Langfuse does', () => {
  it.each(CASES)('are what the provider counts: $dialect, $what', (one) => {
    call(one);
    expect(totalInLangfuse(operation())).toBe(one.total);
  });

  it(`are what the provider counts: ${REALTIME}, spoken`, () => {
    const tracker = track({});
    const url = new URL('https://api.openai.com/v1/realtime');
    const spoken = tracker.startOperation({ context: ROOT_CONTEXT, dialect: openaiRealtime, parameters: { model: 'm' }, url });
    const attempt = spoken && tracker.begin({ method: 'GET', url, context: spoken.context, overConnection: true });
    const reader = openaiRealtime.readEvents(openaiRealtime.readRequestParameters({}), { contentBytes: 0 });
    const usage = { total_tokens: 253, input_tokens: 132, output_tokens: 121, input_token_details: { text_tokens: 119, audio_tokens: 13, cached_tokens: 64 }, output_token_details: { text_tokens: 30, audio_tokens: 91 } };
    reader.pushParsed({ type: 'response.done', response: { id: 'r', object: 'realtime.response', status: 'completed', output: [], usage } });
    attempt?.responseHead(101, []);
    attempt?.answered({ form: 'events', bytes: 0, answer: reader.facts() });
    attempt?.end({ by: 'completion' });
    spoken?.settle({ by: 'sdk', result: 'returned' });
    expect(totalInLangfuse(operation())).toBe(253);
  });

  it.each([false, true])("name cache writes once on an SDK's own span, whatever the SDK calls them (latestNames: %s)", (latestNames) => {
    const [wanted, other] = latestNames ? ['cache_write', 'cache_creation'] : ['cache_creation', 'cache_write'];
    const native = provider.getTracer('com.anthropic.sdk.typescript').startSpan('anthropic.messages.create', { attributes: { 'gen_ai.operation.name': 'chat' } });
    call({ url: SPOKEN['anthropic.messages'].url, answer: CACHE_WRITE }, { latestNames }, trace.setSpan(ROOT_CONTEXT, native));
    native.setAttributes({ 'gen_ai.usage.input_tokens': 35, 'gen_ai.usage.output_tokens': 10, [`gen_ai.usage.${other}.input_tokens`]: 5 });
    native.end();
    expect(operation()[`gen_ai.usage.${wanted}.input_tokens`]).toBe(5);
    expect(operation()).not.toHaveProperty([`gen_ai.usage.${other}.input_tokens`]);
  });

  // What the newest names would come to there: the reason why they are not the default.
  it.each([
    ['a cache write', 'anthropic.messages', CACHE_WRITE, 50],
    ['an image', 'gemini.generate_content', IMAGE, 590],
  ] as const)('are too many under the newest names: %s', (_what, dialect, answer, total) => {
    call({ url: SPOKEN[dialect].url, answer }, { latestNames: true });
    expect(totalInLangfuse(operation())).toBe(total);
  });
});

describe('the breakdown by modality', () => {
  const broken = (): string[] => Object.keys(operation()).filter((name) => /^gen_ai\.usage\.(?:text|image|audio)\./.test(name));

  it.each(CASES.filter(({ what }) => what.startsWith('text')))('is on no span where only text is counted: $dialect', (one) => {
    call(one, { latestNames: true });
    expect(broken()).toEqual([]);
  });

  it.each(CASES.filter(({ what, total }) => total !== undefined && /audio|image|speech/.test(what)))('is there under the newest names where something else is: $dialect, $what', (one) => {
    call(one, { latestNames: true });
    expect(broken().some((name) => !name.startsWith('gen_ai.usage.text.'))).toBe(true);
  });
});
