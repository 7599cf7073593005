/** What the instrumentations emit, gathered from calls of every dialect and under every fault: what a table of attributes is held against. */
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { CallTracker, now, readSdkError, settle, withCallAttributes } from '@outspan/core';
import type { DialectId, Step, StepStart } from '@outspan/core';
import { appliesTo, FAULTS, startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider, Mode } from '@outspan/fault-provider';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import OpenAI from 'openai';

interface Request {
  readonly path: (mode: Mode) => string;
  /** What the client calls itself, where it is by that that its requests are known. */
  readonly agent?: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const QUESTION = 'What is the weather in Paris?';
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } };

/** One request per dialect, with every parameter that has an attribute. */
const REQUESTS: Readonly<Record<DialectId, Request>> = {
  'openai.chat': {
    path: () => '/v1/chat/completions',
    body: {
      model: 'gpt-5', messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: QUESTION }], max_tokens: 64, temperature: 0.5, top_p: 0.9, top_k: 20, frequency_penalty: 0.1,
      presence_penalty: 0.1, stop: ['END'], seed: 7, n: 2, reasoning_effort: 'low', response_format: { type: 'json_object' }, service_tier: 'flex', stream_options: { include_usage: true },
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: SCHEMA } }],
    },
  },
  'openai.responses': {
    path: () => '/v1/responses',
    body: { model: 'gpt-5', instructions: 'Be brief.', input: QUESTION, previous_response_id: 'resp_1', conversation: 'conv_1', prompt: { id: 'greeting', version: '2', variables: { city: 'Paris' } }, tools: [{ type: 'function', name: 'get_weather', parameters: SCHEMA }] },
  },
  'openai.embeddings': { path: () => '/v1/embeddings', body: { model: 'text-embedding-3-small', input: QUESTION, dimensions: 256, encoding_format: 'float' } },
  'openai.images': { path: () => '/v1/images/generations', body: { model: 'gpt-image-1', prompt: QUESTION, n: 2 } },
  'openai.transcriptions': { path: () => '/v1/audio/transcriptions', body: { model: 'whisper-1', response_format: 'verbose_json', temperature: 0.2 } },
  'openai.speech': { path: () => '/v1/audio/speech', body: { model: 'tts-1', input: QUESTION, voice: 'alloy' } },
  'openai.moderations': { path: () => '/v1/moderations', body: { model: 'omni-moderation-latest', input: QUESTION } },
  'anthropic.messages': {
    path: () => '/v1/messages',
    body: { model: 'claude-sonnet-5', max_tokens: 64, system: 'Be brief.', messages: [{ role: 'user', content: QUESTION }], tools: [{ name: 'get_weather', input_schema: SCHEMA }] },
  },
  'aws.bedrock.converse': {
    path: (mode) => `/model/anthropic.claude-sonnet-5/${mode === 'stream' ? 'converse-stream' : 'converse'}`,
    body: {
      messages: [{ role: 'user', content: [{ text: QUESTION }] }], system: [{ text: 'Be brief.' }], guardrailConfig: { guardrailIdentifier: 'sgi5gkybzqak', guardrailVersion: '1' },
      toolConfig: { tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json: SCHEMA } } }] },
    },
  },
  'aws.bedrock.invoke_model': {
    path: (mode) => `/model/anthropic.claude-sonnet-5/${mode === 'stream' ? 'invoke-with-response-stream' : 'invoke'}`,
    body: { anthropic_version: 'bedrock-2023-05-31', max_tokens: 64, system: 'Be brief.', messages: [{ role: 'user', content: QUESTION }], tools: [{ name: 'get_weather', input_schema: SCHEMA }] },
  },
  'gemini.generate_content': {
    path: (mode) => `/v1beta/models/gemini-3-pro:${mode === 'stream' ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: { contents: [{ role: 'user', parts: [{ text: QUESTION }] }], tools: [{ functionDeclarations: [{ name: 'get_weather', parameters: SCHEMA }] }] },
  },
  'gemini.embed_content': { path: () => '/v1beta/models/gemini-embedding-001:batchEmbedContents', body: { requests: [{ model: 'models/gemini-embedding-001', content: { parts: [{ text: QUESTION }] }, outputDimensionality: 256 }] } },
  'cohere.chat': { path: () => '/v2/chat', agent: 'cohere-ai/8.1.0', body: { model: 'command-a', messages: [{ role: 'user', content: QUESTION }], p: 0.9, k: 20, tools: [{ type: 'function', function: { name: 'get_weather', parameters: SCHEMA } }] } },
  'cohere.v1_chat': { path: () => '/v1/chat', agent: 'cohere-ai/8.1.0', body: { model: 'command-r', message: QUESTION, preamble: 'Be brief.', max_tokens: 64 } },
  'cohere.embed': { path: () => '/v2/embed', agent: 'cohere-ai/8.1.0', body: { model: 'embed-v4.0', texts: [QUESTION], input_type: 'search_query', embedding_types: ['float'], output_dimension: 256 } },
  'cohere.rerank': { path: () => '/v2/rerank', body: { model: 'rerank-v3.5', query: QUESTION, documents: ['Paris', 'Rome'] } },
  'ollama.chat': { path: () => '/api/chat', agent: 'ollama-js/0.6.4', body: { model: 'llama3.2', messages: [{ role: 'user', content: QUESTION }], stream: false, think: 'low', options: { num_predict: 64, seed: 7 } } },
  'ollama.generate': { path: () => '/api/generate', agent: 'ollama-js/0.6.4', body: { model: 'llama3.2', prompt: QUESTION, stream: false, format: 'json' } },
  'ollama.embed': { path: () => '/api/embed', agent: 'ollama-js/0.6.4', body: { model: 'nomic-embed-text', input: QUESTION } },
  'huggingface.task': { path: () => '/hf-inference/models/openai/whisper-large-v3', agent: '@huggingface/inference/4.13.30', body: { inputs: QUESTION } },
  'huggingface.feature_extraction': { path: () => '/hf-inference/models/BAAI/bge-m3/pipeline/feature-extraction', agent: '@huggingface/inference/4.13.30', body: { inputs: QUESTION } },
  'ai_gateway.language_model': { path: () => '/v4/ai/language-model', body: { prompt: [{ role: 'user', content: [{ type: 'text', text: QUESTION }] }], maxOutputTokens: 64, tools: [{ type: 'function', name: 'get_weather', inputSchema: SCHEMA }] } },
  'replicate.predictions': { path: () => '/v1/models/meta/meta-llama-3-8b-instruct/predictions', agent: 'replicate-javascript/1.4.0', body: { input: { prompt: QUESTION } } },
};
const MODES: readonly Mode[] = ['unary', 'stream'];
/** What is known to take long, or to move 50 MB, says nothing more about names. */
const TEDIOUS = /huge|slow|split_bytes/;

/** Telemetry that goes to memory. */
export interface Tracing {
  /** Every span so far. */
  readonly finish: () => Promise<ReadableSpan[]>;
  readonly meterProvider: MeterProvider;
  /** Every metric so far. */
  readonly metrics: () => Promise<MetricData[]>;
  readonly stop: () => void;
}

/** Starts tracing into memory, in this thread, with `config`. */
export function traceInMemory(config: ConstructorParameters<typeof UndiciInstrumentation>[0] = {}): Tracing {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 })] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  const instrumentation = new UndiciInstrumentation(config);
  instrumentation.setTracerProvider(provider);
  instrumentation.setMeterProvider(meterProvider);
  return {
    meterProvider,
    async finish() {
      instrumentation.flush();
      await provider.forceFlush();
      return exporter.getFinishedSpans();
    },
    async metrics() {
      metricExporter.reset();
      await meterProvider.forceFlush();
      return metricExporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    },
    stop() {
      instrumentation.disable();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

/** Makes one raw call, reads its answer to the end, and swallows what comes of it. */
export async function call(baseUrl: string, dialect: DialectId, mode: Mode, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  const { path, body, agent } = REQUESTS[dialect];
  const streamed = mode === 'stream' && dialect !== 'gemini.generate_content' ? { stream: true } : {};
  try {
    const response = await fetch(`${baseUrl}${path(mode)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(agent !== undefined && { 'user-agent': agent }), ...headers },
      body: JSON.stringify({ ...body, ...streamed }),
      signal: AbortSignal.timeout(1_500),
    });
    await response.arrayBuffer();
  } catch {
    // What the application would have seen is not the matter here.
  }
}

/** Agents, tools and workflows at work, with all that can be said of them: around a call, failed, and stopped. */
async function steps(baseUrl: string, meterProvider: MeterProvider): Promise<void> {
  const settings = settle({ captureContent: 'span' }, {});
  const tracker = new CallTracker({ settings: () => settings, tracer: () => trace.getTracer('steps'), meterProvider: () => meterProvider });
  const start = (subject: StepStart['subject'], parent = context.active(), content?: StepStart['content']): Step => {
    const step = tracker.steps.start({ subject, parent, ...(content && { content }) });
    if (step === undefined) throw new Error('nothing is traced');
    return step;
  };
  const asked = [{ role: 'user', parts: [{ type: 'text', content: QUESTION }] }];
  const workflow = withCallAttributes({ 'user.id': 'user_1' }, () => start({ kind: 'workflow', name: 'travel desk', conversationId: 'conv_1' }));
  const agent = start({ kind: 'agent', name: 'planner', description: 'Plans trips.' }, workflow.context, () => ({ systemInstructions: [{ type: 'text', content: 'Be brief.' }], inputMessages: asked, toolDefinitions: [{ type: 'function', name: 'get_weather' }] }));
  await context.with(agent.context, () => call(baseUrl, 'openai.responses', 'unary'));
  const tool = start({ kind: 'tool', name: 'get_weather', type: 'function', callId: 'call_1', description: 'Tells the weather.' }, agent.context, () => ({ toolArguments: '{"city":"Paris"}' }));
  tool.end('returned', () => ({ toolResult: { sky: 'blue' } }));
  start({ kind: 'guardrail', name: 'politeness', triggered: false }, agent.context).end('returned');
  start({ kind: 'handoff', from: 'planner', to: 'writer' }, agent.context).end('returned');
  start({ kind: 'agent', name: 'writer', handedOffBy: 'planner', turns: 1 }, workflow.context).end('returned');
  agent.end('returned', () => ({ outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'Blue.' }], finish_reason: 'stop' }] }));
  workflow.end('returned');
  const url = new URL('http://127.0.0.1:9/mcp');
  const way = { transport: 'tcp', networkProtocol: 'http', requestId: '1', sessionId: 'session-7', protocolVersion: '2025-11-25' };
  for (const side of ['client', 'server'] as const) {
    start({ kind: 'mcp', side, method: 'tools/call', toolName: 'get_weather', statusCode: -32_602, ...(side === 'client' && { url }), ...way }).end({ failed: '-32602', class: 'invalid_request' });
    start({ kind: 'mcp', side, method: 'prompts/get', promptName: 'greeting', ...way }, context.active(), () => ({ promptVariables: { city: 'Paris' } })).end('returned');
    start({ kind: 'mcp', side, method: 'resources/read', resourceUri: 'note://1', ...way }).end('cancelled');
    tracker.steps.sessionEnded({ side, startedAt: now(), protocolVersion: way.protocolVersion, transport: way.transport, networkProtocol: way.networkProtocol, ...(side === 'client' && { url }) });
  }
  start({ kind: 'agent', name: 'elsewhere', remote: { provider: 'openai', url: new URL(baseUrl), id: 'asst_1', version: '2' } }).end('cancelled');
  for (const subject of [{ kind: 'tool', name: 'get_weather' }, { kind: 'agent', name: 'planner' }, { kind: 'workflow', name: 'travel desk' }] as const) {
    start(subject).end({ threw: readSdkError(new TypeError('no')) });
    start(subject).end('cancelled');
  }
}

/** What was emitted. */
export interface Emitted {
  readonly spans: readonly ReadableSpan[];
  readonly metrics: readonly MetricData[];
}

/** All that is emitted for: chat under every fault, every dialect healthy, with content, and one call with retries. */
export async function everything(): Promise<Emitted> {
  const provider: FaultProvider = await startFaultProvider({ tokenDelayMs: 1, retryAfterSeconds: 0 });
  const tracing = traceInMemory({ captureContent: 'span' });
  try {
    const cells = MODES.flatMap((mode) => [
      ...FAULTS.map((fault) => ({ script: fault.id, dialect: 'openai.chat' as const, mode, fault })),
      ...(Object.keys(REQUESTS) as DialectId[]).flatMap((dialect) =>
        FAULTS.filter(({ id }) => ['ok', 'ok_tool_call', 'server_error'].includes(id)).map((fault) => ({ script: fault.id, dialect, mode, fault })),
      ),
    ]).filter(({ script, dialect, mode, fault }) => appliesTo(fault, { dialect, mode }) && !TEDIOUS.test(script));
    // In small groups: the machine may be shared.
    for (let at = 0; at < cells.length; at += 12) {
      await Promise.all(cells.slice(at, at + 12).map(({ script, dialect, mode }) => call(provider.session(script).baseUrl, dialect, mode)));
    }
    const openai = new OpenAI({ apiKey: 'sk-test', baseURL: `${provider.session('bad_gateway_page,unavailable,ok').baseUrl}/v1` });
    await openai.chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content: QUESTION }] });
    const stopped = await openai.chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content: QUESTION }], stream: true });
    for await (const _ of stopped) break;
    await steps(provider.session('ok').baseUrl, tracing.meterProvider);
    return { spans: await tracing.finish(), metrics: await tracing.metrics() };
  } finally {
    tracing.stop();
    await provider.close();
  }
}
