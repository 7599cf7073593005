import { createRequire } from 'node:module';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { type FaultProvider, startFaultProvider } from '@outspan/fault-provider';
import { GoogleGenAIInstrumentation } from '@outspan/instrumentation-google-genai';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

// Loaded before anything is registered: its class is patched all the same.
const { GoogleGenAI } = createRequire(import.meta.url)('@google/genai') as typeof import('@google/genai');

const exporter = new InMemorySpanExporter();
const instrumentation = new GoogleGenAIInstrumentation();
const MODEL = 'gemini-2.5-flash';
let provider: FaultProvider;

const client = (script: string, more: object = {}) => new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: provider.session(script).baseUrl }, ...more });
const operations = (): ReadableSpan[] => exporter.getFinishedSpans().filter(({ attributes }) => 'gen_ai.operation.name' in attributes);
const attempts = (): ReadableSpan[] => exporter.getFinishedSpans().filter(({ attributes }) => 'http.request.method' in attributes);

describe('a call of the Google Gen AI SDK', () => {
  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
    registerInstrumentations({ instrumentations: [new UndiciInstrumentation(), instrumentation] });
    provider = await startFaultProvider();
  });
  beforeEach(() => {
    instrumentation.enable();
    exporter.reset();
  });
  afterAll(() => provider.close());

  it('in which the SDK answers function calls is an operation for each request of the model, beneath what made the call', async () => {
    const tool = {
      tool: () => Promise.resolve({ functionDeclarations: [{ name: 'get_weather' }] }),
      callTool: () => Promise.resolve([{ functionResponse: { name: 'get_weather', response: { degrees: 21 } } }]),
    };
    const root = await trace.getTracer('application').startActiveSpan('handle request', { root: true }, ROOT_CONTEXT, async (span) => {
      await client('ok_tool_call,ok').models.generateContent({ model: MODEL, contents: 'hi', config: { tools: [tool] } });
      span.end();
      return span.spanContext().spanId;
    });
    expect(operations().map(({ name, parentSpanContext, attributes }) => [name, parentSpanContext?.spanId, attributes['outspan.operation.boundary']])).toEqual([
      [`generate_content ${MODEL}`, root, 'sdk'],
      ['execute_tool get_weather', root, undefined],
      [`generate_content ${MODEL}`, root, 'sdk'],
    ]);
  });

  it('fails where prose comes in place of the JSON that was asked for', async () => {
    const ask = { model: MODEL, contents: 'hi', config: { responseMimeType: 'application/json', responseSchema: { type: 'OBJECT' as never } } };
    await client('ok').models.generateContent(ask);
    await client('output_not_json').models.generateContent(ask);
    for await (const _ of await client('output_not_json').models.generateContentStream(ask));
    expect(operations().map(({ attributes }) => attributes['outspan.error.class'])).toEqual([undefined, 'invalid_output', 'invalid_output']);
  });

  it('has its retries in one operation', async () => {
    const { baseUrl } = provider.session('unavailable,bad_gateway_page,ok');
    await new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl, retryOptions: { attempts: 4, initialDelay: 0.01 } } }).models.generateContent({ model: MODEL, contents: 'hi' });
    expect(operations().map(({ attributes }) => attributes['outspan.retry.count'])).toEqual([2]);
    expect(attempts()).toHaveLength(3);
  });

  it('is found on Vertex AI in express mode', async () => {
    const vertex = client('ok', { vertexai: true });
    await vertex.models.embedContent({ model: 'text-embedding-005', contents: 'hi' });
    expect(operations().map(({ name, attributes }) => [name, attributes['gen_ai.usage.input_tokens']])).toEqual([['embeddings text-embedding-005', 9]]);
    expect(attempts()[0]?.attributes['url.full']).toMatch(/\/publishers\/google\/models\/text-embedding-005:predict$/);
  });

  it('that counts tokens is none of a model', async () => {
    await client('ok')
      .models.countTokens({ model: MODEL, contents: 'hi' })
      .catch(() => undefined);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('is known from the wire alone where the instrumentation is off', async () => {
    instrumentation.disable();
    await client('ok').models.generateContent({ model: MODEL, contents: 'hi' });
    expect(operations().map(({ attributes }) => attributes['outspan.operation.boundary'])).toEqual(['inferred']);
  });
});
