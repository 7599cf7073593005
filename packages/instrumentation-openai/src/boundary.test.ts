import { context, createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { CallTracker, settle } from '@outspan/core';
import { SdkTracing } from '@outspan/sdk-boundary';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OperationBoundary } from './boundary.ts';

const exporter = new InMemorySpanExporter();
const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('test');
const settings = settle({}, {});
const boundary = new OperationBoundary(new SdkTracing(new CallTracker({ settings: () => settings, tracer: () => tracer, meterProvider: () => undefined }), 'openai', () => undefined));
const client = { baseURL: 'https://api.openai.com/v1' };
const chat = { method: 'post', path: '/chat/completions', body: { model: 'gpt-5', messages: [] } };
const operations = (): string[] => exporter.getFinishedSpans().map((span) => span.name);

describe('OperationBoundary', () => {
  beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  beforeEach(() => exporter.reset());
  afterAll(() => context.disable());

  it('makes one operation of a call, whether its options are there or promised', async () => {
    const props = {};
    for (const options of [chat, Promise.resolve(chat)]) {
      const run = (args: readonly unknown[]): unknown => {
        expect(args).toEqual([chat, null, undefined]);
        return Promise.resolve(props);
      };
      expect(await boundary.makeRequest(run, client, [options, null, undefined])).toBe(props);
    }
    expect(operations()).toEqual(['chat gpt-5', 'chat gpt-5']);
  });

  it("runs the SDK's request in the operation's context, and the application goes on in its own", async () => {
    let within: unknown;
    const run = async (): Promise<void> => {
      await Promise.resolve();
      within = trace.getActiveSpan();
    };
    await tracer.startActiveSpan('application', async (application) => {
      await boundary.makeRequest(run, client, [chat, null, undefined]);
      expect(trace.getActiveSpan()).toBe(application);
      expect(within).not.toBe(application);
      expect(within).toMatchObject({ name: 'chat gpt-5', parentSpanContext: { spanId: application.spanContext().spanId } });
    });
  });

  it('hands out the very promise of a request that is no LLM call, and of a retry', () => {
    const promise = Promise.resolve();
    expect(boundary.makeRequest(() => promise, client, [{ method: 'get', path: '/models' }, null, undefined])).toBe(promise);
    expect(boundary.makeRequest(() => promise, client, [chat, 1, 'log_123456'])).toBe(promise);
    expect(operations()).toEqual([]);
  });

  it('traces nothing where tracing is suppressed', async () => {
    const suppressed = ROOT_CONTEXT.setValue(createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true);
    const promise = Promise.resolve();
    expect(context.with(suppressed, () => boundary.makeRequest(() => promise, client, [chat, null, undefined]))).toBe(promise);
    await promise;
    expect(operations()).toEqual([]);
  });

  it('ends the operation of a call that fails before anything is sent, with the error that the application gets', async () => {
    const refusal = new TypeError('no credentials');
    await expect(boundary.makeRequest(() => Promise.reject(refusal), client, [chat, null, undefined])).rejects.toBe(refusal);
    const [span] = exporter.getFinishedSpans();
    expect(span?.attributes).toMatchObject({ 'outspan.error.origin': 'client', 'outspan.retry.count': 0 });
  });

  it('tells an attempt of the call from other requests that the application makes in it', async () => {
    const urls = ['https://api.openai.com/v1/chat/completions', 'https://api.openai.com/v1/files', 'https://auth.example/token', 'not a url'];
    const respond = (): Promise<Response> => Promise.resolve(new Response('{}', { status: 500 }));
    const run = async (): Promise<unknown> => {
      for (const url of urls) await boundary.fetchWithTimeout(respond, [url, { method: 'post' }, 1_000, new AbortController()]);
      return {};
    };
    await boundary.makeRequest(run, client, [chat, null, undefined]);
    // The seam's attempt has no end yet that anyone told of; it is the only one.
    expect(exporter.getFinishedSpans().filter((span) => span.name === 'POST')).toHaveLength(0);
    await expect(boundary.makeRequest(() => run().then(() => Promise.reject(new Error('gave up'))), client, [chat, null, undefined])).rejects.toThrow('gave up');
    expect(exporter.getFinishedSpans().filter((span) => span.name === 'POST')).toHaveLength(1);
  });
});
