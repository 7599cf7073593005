import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { UndiciInstrumentation as OpenTelemetryUndici } from '@opentelemetry/instrumentation-undici';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base-1';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base-1';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const exporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
let provider: FaultProvider;
beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracerProvider);
  provider = await startFaultProvider();
});
afterAll(() => provider.close());

/** The spans of what is done in a span of the application's. */
async function recorded(run: (baseUrl: string) => Promise<void>, script: string): Promise<readonly ReadableSpan[]> {
  exporter.reset();
  await tracerProvider.getTracer('application').startActiveSpan('request', async (span) => {
    await run(`${provider.session(script).baseUrl}/v1/chat/completions`);
    span.end();
  });
  await tracerProvider.forceFlush();
  return exporter.getFinishedSpans();
}

async function ask(url: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'gpt-5', messages: [] }) });
  await answer.text();
}

describe('with the SDK 1 of OpenTelemetry', () => {
  it('an attempt has one span, a child of the operation, also beside OpenTelemetry’s own instrumentation', async () => {
    const [theirs, ours] = [new OpenTelemetryUndici(), new UndiciInstrumentation()];
    theirs.setTracerProvider(tracerProvider);
    const spans = await recorded(async (url) => {
      await ask(url);
      await ask(url);
    }, 'unavailable,ok');
    ours.disable();
    theirs.disable();
    const [operation, ...others] = spans.filter(({ attributes }) => 'gen_ai.operation.name' in attributes);
    expect(others).toEqual([]);
    expect(spans.filter(({ name }) => name === 'POST').map(({ attributes, parentSpanId }) => [attributes['outspan.attempt.number'], parentSpanId])).toEqual([1, 2].map((number) => [number, operation?.spanContext().spanId]));
  });

  it('the tries of the AI SDK, each in a span of its own, are one call for each span around them', async () => {
    const ours = new UndiciInstrumentation();
    const tracer = tracerProvider.getTracer('ai');
    // As the AI SDK 5 does, in two calls at the same time.
    const spans = await recorded(async (url) => {
      const around = [1, 2].map(() => trace.setSpan(context.active(), tracer.startSpan('ai.generateText')));
      for (let number = 0; number < 2; number++) {
        await Promise.all(
          around.map(async (call) => {
            const span = tracer.startSpan('ai.generateText.doGenerate', { attributes: { 'ai.operationId': 'ai.generateText.doGenerate' } }, call);
            await context.with(trace.setSpan(call, span), ask, undefined, url);
            span.end();
          }),
        );
      }
      for (const call of around) tracer.startSpan('ai.toolCall', { attributes: { 'ai.toolCall.name': 'get_weather' } }, call).end();
    }, 'unavailable,unavailable,ok,ok');
    ours.disable();
    const told = spans.flatMap(({ attributes }) => ('gen_ai.operation.name' in attributes ? [[attributes['gen_ai.operation.name'], attributes['outspan.operation.boundary'], attributes['outspan.retry.count']].join(' ')] : []));
    expect(told.toSorted()).toEqual(['chat native 1', 'chat native 1', 'execute_tool  ', 'execute_tool  ']);
  });
});
