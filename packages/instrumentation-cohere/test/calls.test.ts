import { createRequire } from 'node:module';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { type FaultProvider, startFaultProvider } from '@outspan/fault-provider';
import { CohereInstrumentation } from '@outspan/instrumentation-cohere';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import type * as cohereModule from 'cohere-ai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const requireHere = createRequire(import.meta.url);
const { CohereClient, CohereClientV2 } = requireHere('cohere-ai') as typeof cohereModule;

const exporter = new InMemorySpanExporter();
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const request = { model: 'command-a-03-2025', messages: [{ role: 'user' as const, content: 'Why?' }] };
let provider: FaultProvider;
let undici: UndiciInstrumentation;
let cohere: CohereInstrumentation;
let early: cohereModule.CohereClientV2;

beforeAll(async () => {
  provider = await startFaultProvider({ retryAfterSeconds: 1 });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracerProvider);
  early = clientFor('ok');
  undici = new UndiciInstrumentation();
  cohere = new CohereInstrumentation();
});
afterAll(async () => {
  cohere.disable();
  undici.disable();
  trace.disable();
  context.disable();
  await provider.close();
});
beforeEach(() => exporter.reset());

async function spans(): Promise<{ readonly operations: readonly ReadableSpan[]; readonly attempts: readonly ReadableSpan[] }> {
  await tracerProvider.forceFlush();
  const all = exporter.getFinishedSpans();
  const operations = all.filter(({ attributes }) => 'gen_ai.operation.name' in attributes);
  return { operations, attempts: all.filter((span) => !operations.includes(span)) };
}

function clientFor(script: string): cohereModule.CohereClientV2 {
  return new CohereClientV2({ token: 'key', environment: provider.session(script).baseUrl });
}

describe('the Cohere SDK', () => {
  it('gives the promise of its own class, with the raw response, and makes one request', async () => {
    const promise = clientFor('ok').chat(request);
    expect(promise.constructor.name).toBe('HttpResponsePromise');
    const { data, rawResponse } = await promise.withRawResponse();
    expect([(await promise) === data, rawResponse.status, data.finishReason]).toEqual([true, 200, 'COMPLETE']);
    const { operations, attempts } = await spans();
    expect(attempts).toHaveLength(1);
    expect(operations).toMatchObject([{ name: 'chat command-a-03-2025', attributes: { 'outspan.operation.boundary': 'sdk', 'gen_ai.provider.name': 'cohere', 'gen_ai.usage.input_tokens': 21, 'gen_ai.usage.cache_read.input_tokens': 8 } }]);
  });

  it('is traced by a client that was made before', async () => {
    await early.chat(request);
    expect((await spans()).operations).toMatchObject([{ attributes: { 'outspan.operation.boundary': 'sdk' } }]);
  });

  it('has all retries in one operation', async () => {
    await clientFor('rate_limited,ok').chat(request, { maxRetries: 1 });
    const { operations, attempts } = await spans();
    expect(attempts.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([429, 200]);
    expect(operations).toMatchObject([{ status: { code: 0 }, attributes: { 'outspan.retry.count': 1 } }]);
  });

  it('fails where a stream ends with the reason ERROR, which the application does not notice', async () => {
    const types: string[] = [];
    for await (const { type } of await clientFor('stream_error_event').chatStream(request)) types.push(type);
    expect(types.at(-1)).toBe('message-end');
    expect((await spans()).operations).toMatchObject([{ status: { code: 2 }, attributes: { 'outspan.error.class': 'server_error', 'error.type': 'ERROR', 'gen_ai.response.finish_reasons': ['ERROR'] } }]);
  });

  it('fails where its own time is up, and is cancelled by the caller’s signal', async () => {
    await expect(clientFor('hang_before_head').chat(request, { timeoutInSeconds: 0.1, maxRetries: 0 })).rejects.toThrow(/timeout/i);
    await expect(clientFor('hang_before_head').chat(request, { abortSignal: AbortSignal.abort() })).rejects.toThrow('aborted a request');
    const [late, aborted] = (await spans()).operations;
    expect([late?.attributes['outspan.error.class'], aborted?.attributes['outspan.operation.cancelled']]).toEqual(['timeout', true]);
  });

  it('is traced in both versions of the API, and in embeddings and rankings', async () => {
    const v1 = new CohereClient({ token: 'key', environment: provider.session('ok').baseUrl });
    await v1.chat({ message: 'Why?', model: 'command-r' });
    await v1.embed({ texts: ['a'], model: 'embed-v3' });
    await clientFor('ok').embed({ model: 'embed-v4.0', texts: ['a'], inputType: 'search_query', embeddingTypes: ['float'] });
    await clientFor('ok').rerank({ model: 'rerank-v3.5', query: 'Why?', documents: ['a', 'b'] });
    expect((await spans()).operations.map(({ name }) => name)).toEqual(['chat command-r', 'embeddings embed-v3', 'embeddings embed-v4.0', 'rerank rerank-v3.5']);
  });

  it('is told from the wire while the instrumentation is off', async () => {
    cohere.disable();
    await clientFor('ok').chat(request);
    cohere.enable();
    await clientFor('ok').chat(request);
    expect((await spans()).operations.map(({ attributes }) => attributes['outspan.operation.boundary'])).toEqual(['inferred', 'sdk']);
  });
});
