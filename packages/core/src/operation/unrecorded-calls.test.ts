import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Context, Tracer } from '@opentelemetry/api';
import { AlwaysOffSampler, AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Sampler } from '@opentelemetry/sdk-trace';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { afterEach, expect, it, vi } from 'vitest';
import { settle } from '../config.ts';
import { DIALECTS } from '../dialects/catalogue.ts';
import type { Attempt } from './attempt.ts';
import { CallTracker } from './tracker.ts';

vi.spyOn(process.stderr, 'write').mockReturnValue(true);
const url = new URL('http://127.0.0.1:9/v1/chat/completions');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const question = bytes('{"model":"gpt-5","messages":[]}');
const answer = bytes('{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}');
const JSON_HEAD = [['content-type', 'application/json']] as const;
const LOGS = Symbol.for('io.opentelemetry.js.api.logs');

const tracerThat = (sampler: Sampler): Tracer => new TracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor({ exporter: new InMemorySpanExporter() })] }).getTracer('test');
const off = tracerThat(new AlwaysOffSampler());
const on = tracerThat(new AlwaysOnSampler());
const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE), exportIntervalMillis: 3_600_000 })] });

function track(tracer: Tracer | undefined, meterProvider?: MeterProvider): CallTracker {
  const settings = settle({}, {});
  return new CallTracker({ settings: () => settings, tracer: () => tracer, meterProvider: () => meterProvider });
}

/** An exchange up to the first piece of its answer. */
function exchange(tracker: CallTracker, { context = ROOT_CONTEXT, status = 200 }: { context?: Context; status?: number } = {}): Attempt {
  const attempt = tracker.begin({ method: 'POST', url, context });
  if (attempt === undefined) throw new Error('not an LLM call');
  attempt.requestChunk(question);
  attempt.requestSent();
  attempt.responseHead(status, JSON_HEAD);
  attempt.responseChunk(answer);
  return attempt;
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, LOGS);
});

it.each([
  ['it is sampled out', off, 'gpt-5'],
  ['there is no tracer provider', undefined, undefined],
])('reads nothing of a call where %s, and ends the attempt with its head', (_why, tracer, model) => {
  const tracker = track(tracer);
  const attempt = exchange(tracker);
  // Only for a sampler is the request read.
  expect([attempt.bytesReceived, attempt.endedAt === undefined, attempt.operation?.request?.model, tracker.openOperations]).toEqual([0, false, model, 0]);
});

it('reads a call that is recorded, counted, or told by events', () => {
  const read = (attempt: Attempt): unknown => [attempt.bytesReceived, attempt.endedAt];
  expect(read(exchange(track(on)))).toEqual([answer.byteLength, undefined]);
  expect(read(exchange(track(off, meters)))).toEqual([answer.byteLength, undefined]);
  expect(read(exchange(track(undefined, meters)))).toEqual([answer.byteLength, undefined]);
  Reflect.set(globalThis, LOGS, () => ({ getLogger: () => ({ emit: () => undefined }) }));
  expect(read(exchange(track(off)))).toEqual([answer.byteLength, undefined]);
});

it('reads a call that an agent above is judged and counted by', () => {
  for (const [steps, wanted] of [
    [track(on), answer.byteLength],
    [track(off, meters), answer.byteLength],
    [track(off), 0],
  ] as const) {
    const agent = steps.steps.start({ subject: { kind: 'agent' }, parent: ROOT_CONTEXT });
    const tool = steps.steps.start({ subject: { kind: 'tool', name: 'ask' }, parent: agent?.context ?? ROOT_CONTEXT });
    expect(exchange(track(off), { context: tool?.context ?? ROOT_CONTEXT }).bytesReceived).toBe(wanted);
  }
});

it('reads a call that its SDK’s instrumentation counts, where that of the transport does not', () => {
  const chat = DIALECTS.find(({ id }) => id === 'openai.chat');
  if (chat === undefined) throw new Error('no dialect');
  for (const [sdk, wanted] of [
    [track(off, meters), answer.byteLength],
    [track(off), 0],
  ] as const) {
    const operation = sdk.startOperation({ dialect: chat, parameters: { model: 'gpt-5', messages: [] }, url, context: ROOT_CONTEXT });
    const attempt = exchange(track(off), { context: operation?.context ?? ROOT_CONTEXT });
    expect(attempt.bytesReceived).toBe(wanted);
    attempt.end({ by: 'completion' });
    operation?.settle({ by: 'sdk', result: 'returned' });
    expect(sdk.openOperations).toBe(0);
  }
});

it.each([429, 503])('joins the retry of a call that was answered with %i, so that it is sampled once', (status) => {
  const asked: unknown[] = [];
  const never = new AlwaysOffSampler();
  const sampler: Sampler = {
    shouldSample: (...args) => {
      asked.push(args[2]);
      return never.shouldSample();
    },
  };
  const tracker = track(tracerThat(sampler));
  const first = exchange(tracker, { status });
  const second = exchange(tracker);
  expect(second.operation).toBe(first.operation);
  expect([second.number, second.operation?.retries, tracker.openOperations, tracker.awaitsRetries]).toEqual([2, 1, 0, false]);
  expect(asked.filter((name) => name === 'chat gpt-5')).toHaveLength(1);
});

it('joins the retry of a call that got no answer', () => {
  const tracker = track(off);
  const first = tracker.begin({ method: 'POST', url, context: ROOT_CONTEXT });
  first?.requestChunk(question);
  first?.requestSent();
  first?.end({ by: 'network', code: 'ECONNRESET', phase: 'headers' });
  expect(exchange(tracker).operation).toBe(first?.operation);
});

it('has a context to send, whose flag says that it is not sampled', () => {
  const tracker = track(off);
  const attempt = tracker.begin({ method: 'POST', url, context: ROOT_CONTEXT });
  const sent = attempt && tracker.contextToSend(attempt);
  expect(sent && trace.getSpanContext(sent)).toMatchObject({ traceFlags: 0, traceId: expect.stringMatching(/[1-9a-f]/) });
});
