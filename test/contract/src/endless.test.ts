import { setTimeout as wait } from 'node:timers/promises';
import { InferenceClient } from '@huggingface/inference';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { type FaultProvider, startFaultProvider } from '@outspan/fault-provider';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import { OpenRouter } from '@openrouter/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Recorder } from './application/telemetry.ts';

const MESSAGES = [{ role: 'user' as const, content: 'hi' }];
const ATTEMPT_SPANS = 10;

describe('an SDK that does not stop trying', () => {
  const recorder = new Recorder();
  const tracerProvider = new TracerProvider({ spanProcessors: [recorder] });
  let provider: FaultProvider;
  let unregister: () => void;

  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(tracerProvider);
    unregister = registerInstrumentations({ instrumentations: [new UndiciInstrumentation({ limits: { attemptSpans: ATTEMPT_SPANS } })] });
    provider = await startFaultProvider({ loggedBodyBytes: 0, logLimit: 10 });
  });
  afterAll(async () => {
    unregister();
    await provider.close();
  });

  /** The spans of what is done inside, by what they are. */
  async function spansOf(call: () => Promise<unknown>) {
    const { traceId } = await trace.getTracer('application').startActiveSpan('handle request', { root: true }, ROOT_CONTEXT, async (span) => {
      await call().catch(() => undefined);
      span.end();
      return span.spanContext();
    });
    await tracerProvider.forceFlush();
    const spans = recorder.spans.filter((span) => span.traceId === traceId);
    const operations = spans.filter((span) => 'gen_ai.operation.name' in span.attributes);
    return { operations, attempts: spans.filter((span) => 'http.request.method' in span.attributes && !operations.includes(span)) };
  }

  it('gets one operation with a bounded number of attempt spans and a true count from Hugging Face’s answer to a 503', { timeout: 60_000 }, async () => {
    const session = provider.session('unavailable');
    const caller = new AbortController();
    const endpointUrl = `${session.baseUrl}/v1/chat/completions`;
    const { operations, attempts } = await spansOf(async () => {
      const call = new InferenceClient('hf_any').chatCompletion({ endpointUrl, model: 'm', messages: MESSAGES }, { signal: caller.signal });
      const stop = (async () => {
        while ((session.requests.at(-1)?.attempt ?? 0) < 1_000) await wait(20);
        caller.abort();
      })();
      await Promise.all([call, stop]);
    });
    const tries = session.requests.at(-1)?.attempt ?? 0;
    expect(tries).toBeGreaterThanOrEqual(1_000);
    expect(operations.map(({ status, attributes }) => [status, attributes['outspan.operation.cancelled']])).toEqual([['UNSET', true]]);
    const made = Number(operations[0]?.attributes['outspan.retry.count']) + 1;
    // The abort can come before its last request has left.
    expect([tries, tries + 1]).toContain(made);
    expect(attempts.map(({ attributes }) => attributes['outspan.attempt.number'])).toEqual([...Array.from({ length: ATTEMPT_SPANS }, (_, i) => i + 1), made]);
    expect(recorder.started).toBe(recorder.ended);
  });

  it('gets one operation of all that OpenRouter’s backoff tries', { timeout: 30_000 }, async () => {
    const session = provider.session('unavailable,bad_gateway_page,ok');
    const client = new OpenRouter({ apiKey: 'any', serverURL: `${session.baseUrl}/api/v1` });
    const { operations, attempts } = await spansOf(() => client.chat.send({ chatRequest: { model: 'm', messages: MESSAGES } }));
    expect(operations.map(({ status, attributes }) => [status, attributes['outspan.retry.count']])).toEqual([['UNSET', 2]]);
    expect(attempts.map(({ status }) => status)).toEqual(['ERROR', 'ERROR', 'UNSET']);
  });
});
