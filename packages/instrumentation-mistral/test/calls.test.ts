import { createRequire } from 'node:module';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { type FaultProvider, startFaultProvider } from '@outspan/fault-provider';
import { MistralInstrumentation } from '@outspan/instrumentation-mistral';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

// Loaded before anything is registered: its class is patched all the same.
const { Mistral } = createRequire(import.meta.url)('@mistralai/mistralai-1') as typeof import('@mistralai/mistralai-1');

const exporter = new InMemorySpanExporter();
const instrumentation = new MistralInstrumentation();
const REQUEST = { model: 'mistral-small-latest', messages: [{ role: 'user' as const, content: 'hi' }] };
const RETRIES = { strategy: 'backoff', backoff: { initialInterval: 1, maxInterval: 20, exponent: 1, maxElapsedTime: 20_000 }, retryConnectionErrors: true } as const;
let provider: FaultProvider;

const client = (script: string, more: object = {}) => new Mistral({ apiKey: 'any', serverURL: provider.session(script).baseUrl, ...more });
const operations = (): ReadableSpan[] => exporter.getFinishedSpans().filter(({ attributes }) => 'gen_ai.operation.name' in attributes);

describe('a call of Mistral’s SDK', () => {
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

  it('has its retries in one operation', async () => {
    await client('unavailable,reset_before_head,ok', { retryConfig: RETRIES }).chat.complete(REQUEST);
    expect(operations().map(({ name, status, attributes }) => [name, status.code, attributes['outspan.retry.count'], attributes['outspan.operation.boundary']])).toEqual([['chat mistral-small-latest', 0, 2, 'sdk']]);
  });

  it('says what it asked for, by the names of the conventions', async () => {
    await client('ok').chat.complete({ ...REQUEST, maxTokens: 64, randomSeed: 7, temperature: 0.2 });
    expect(operations()[0]?.attributes).toMatchObject({ 'gen_ai.request.max_tokens': 64, 'gen_ai.request.seed': 7, 'gen_ai.request.temperature': 0.2 });
  });

  it('is a completion of text where it fills a middle, and a chat where an agent answers', async () => {
    await client('ok').fim.complete({ model: 'codestral-latest', prompt: 'def f(' });
    await client('ok').agents.complete({ agentId: 'ag_1', messages: REQUEST.messages });
    expect(operations().map(({ name }) => name)).toEqual(['text_completion codestral-latest', 'chat']);
  });

  it('of a class that is made of the SDK’s is no different', async () => {
    class Ours extends Mistral {}
    await new Ours({ apiKey: 'any', serverURL: provider.session('ok').baseUrl }).chat.complete(REQUEST);
    expect(operations().map(({ attributes }) => attributes['outspan.operation.boundary'])).toEqual(['sdk']);
  });

  it('that its reader leaves is cancelled, and no timeout', async () => {
    const { baseUrl } = provider.session('ok_slow', { textEvents: 40, tokenDelayMs: 50 });
    for await (const _event of await new Mistral({ apiKey: 'any', serverURL: baseUrl, timeoutMs: 10_000 }).chat.stream(REQUEST)) break;
    await expect.poll(() => operations().map(({ status, attributes }) => [status.code, attributes['outspan.operation.cancelled']])).toEqual([[0, true]]);
  });

  it('is known from the wire alone where the instrumentation is off', async () => {
    instrumentation.disable();
    await client('ok').chat.complete(REQUEST);
    expect(operations().map(({ attributes }) => attributes['outspan.operation.boundary'])).toEqual(['inferred']);
  });
});
