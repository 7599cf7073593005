import { context, diag, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Context, Span, Tracer } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan, Sampler, SpanProcessor } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { settle } from '../config.ts';
import type { OutspanConfig } from '../config.ts';
import { dialectFor } from '../dialects/catalogue.ts';
import type { RequestFacts } from '../dialects/dialect.ts';
import { openaiRealtime } from '../dialects/openai-realtime.ts';
import { openaiResponses } from '../dialects/openai-responses.ts';
import type { Attempt, AttemptStart } from './attempt.ts';
import type { Operation } from './operation.ts';
import type { PendingCall } from './pending-call.ts';
import type { SdkErrorFacts } from '../verdict/verdict.ts';
import { operationOf } from './context.ts';
import { watchRequestSpans } from '../telemetry/request-span.ts';
import { CallTracker } from './tracker.ts';

// The timers of the test, which are put in place only now.
vi.mock(import('../platform/timers.ts'), () => ({
  later(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
}));

const url = new URL('http://127.0.0.1:9/v1/chat/completions');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const question = bytes(JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content: 'hi' }] }));
const answer = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-5-2026',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 5 },
});
const json: readonly (readonly [string, string])[] = [['content-type', 'application/json']];

let exporter: InMemorySpanExporter;
let tracer: Tracer;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  exporter = new InMemorySpanExporter();
  tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('test');
});
afterEach(() => {
  vi.useRealTimers();
});

function track(config: OutspanConfig = {}): CallTracker {
  const settings = settle(config, {});
  return new CallTracker({ settings: () => settings, tracer: () => tracer, meterProvider: () => undefined });
}

function begin(tracker: CallTracker, start: Partial<AttemptStart> = {}, body: Uint8Array = question): Attempt {
  const attempt = tracker.begin({ method: 'POST', url, context: ROOT_CONTEXT, ...start });
  if (attempt === undefined) throw new Error('not an LLM call');
  attempt.requestChunk(body);
  attempt.requestSent();
  return attempt;
}

function succeed(attempt: Attempt): void {
  attempt.responseHead(200, json);
  attempt.responseChunk(bytes(answer));
  attempt.end({ by: 'completion' });
}

function fail(attempt: Attempt, status = 503): void {
  attempt.responseHead(status, json);
  attempt.responseChunk(bytes('{"error":{"message":"overloaded","type":"server_error"}}'));
  attempt.end({ by: 'completion' });
}

const finished = (): readonly ReadableSpan[] => exporter.getFinishedSpans();
const operations = (): readonly ReadableSpan[] => finished().filter((span) => 'gen_ai.operation.name' in span.attributes);

describe('a span that somebody else makes around a request', () => {
  const attempts = (): readonly ReadableSpan[] => finished().filter((span) => 'outspan.attempt.number' in span.attributes);
  const chat = dialectFor('POST', url.pathname);

  function around(parent: Context): Context {
    return trace.setSpan(parent, tracer.startSpan('fetch POST', { kind: SpanKind.CLIENT, attributes: { 'http.method': 'POST', 'http.url': url.href } }, parent));
  }

  it('is the attempt’s where it is right beneath a call, whoever of the two ends first', () => {
    const tracker = track();
    for (const endsFirst of [true, false]) {
      const operation = chat && tracker.startOperation({ dialect: chat, parameters: { model: 'gpt-5', messages: [] }, url, context: ROOT_CONTEXT });
      if (operation === undefined) throw new Error('no operation');
      const context = around(operation.context);
      const attempt = begin(tracker, { context });
      if (endsFirst) trace.getSpan(context)?.end();
      fail(attempt);
      if (!endsFirst) trace.getSpan(context)?.end();
      operation.settle({ by: 'sdk', result: 'returned' });
      expect(finished().map(({ name, attributes, status }) => [name, attributes['outspan.attempt.number'], status.code])).toEqual([
        ['fetch POST', 1, SpanStatusCode.ERROR],
        ['chat gpt-5', undefined, SpanStatusCode.ERROR],
      ]);
      expect(attempts()[0]?.parentSpanContext?.spanId).toBe(operation.span.spanContext().spanId);
      exporter.reset();
    }
  });

  it('is one attempt’s alone where a redirect is followed within it', () => {
    const tracker = track();
    const operation = chat && tracker.startOperation({ dialect: chat, parameters: { model: 'gpt-5', messages: [] }, url, context: ROOT_CONTEXT });
    if (operation === undefined) throw new Error('no operation');
    const context = around(operation.context);
    const first = begin(tracker, { context });
    first.responseHead(307, [['location', url.href]]);
    first.end({ by: 'completion' });
    succeed(begin(tracker, { context }));
    trace.getSpan(context)?.end();
    operation.settle({ by: 'sdk', result: 'returned' });
    expect(attempts().map(({ name, attributes }) => `${name} ${String(attributes['outspan.attempt.number'])}`).toSorted()).toEqual(['POST 2', 'fetch POST 1']);
  });

  it('is the attempt’s where it is started beneath a call and not made active, once', () => {
    const tracker = track();
    onTestFinished(watchRequestSpans(tracer, (context) => operationOf(context)?.span));
    const operation = chat && tracker.startOperation({ dialect: chat, parameters: { model: 'gpt-5', messages: [] }, url, context: ROOT_CONTEXT });
    if (operation === undefined) throw new Error('no operation');
    for (const ended of [fail, succeed]) {
      const span = trace.getSpan(around(operation.context));
      ended(begin(tracker, { context: operation.context }));
      span?.end();
    }
    succeed(begin(tracker, { context: operation.context }));
    operation.settle({ by: 'sdk', result: 'returned' });
    expect(attempts().map(({ name, attributes }) => `${name} ${String(attributes['outspan.attempt.number'])}`)).toEqual(['fetch POST 1', 'fetch POST 2', 'POST 3']);
  });

  it('of another request beneath a call is left alone', () => {
    const tracker = track();
    onTestFinished(watchRequestSpans(tracer, (context) => operationOf(context)?.span));
    const operation = chat && tracker.startOperation({ dialect: chat, parameters: { model: 'gpt-5', messages: [] }, url, context: ROOT_CONTEXT });
    if (operation === undefined) throw new Error('no operation');
    const other = tracer.startSpan('fetch POST', { kind: SpanKind.CLIENT, attributes: { 'http.method': 'POST', 'http.url': new URL('/token', url).href } }, operation.context);
    succeed(begin(tracker, { context: operation.context }));
    operation.settle({ by: 'sdk', result: 'returned' });
    other.end();
    expect(finished().map(({ name, attributes }) => [name, attributes['outspan.attempt.number']])).toEqual([['POST', 1], ['chat gpt-5', undefined], ['fetch POST', undefined]]);
  });

  it('stays beside the attempt’s where the call is known from the wire alone', () => {
    const tracker = track();
    const context = around(ROOT_CONTEXT);
    succeed(begin(tracker, { context }));
    tracker.flush();
    trace.getSpan(context)?.end();
    expect(finished().map(({ name }) => name).toSorted()).toEqual(['POST', 'chat gpt-5', 'fetch POST']);
  });
});

it('takes no comment for the first chunk of a stream', () => {
  const attempt = begin(track());
  attempt.responseHead(200, [['content-type', 'text/event-stream']]);
  attempt.responseChunk(bytes(': PROCESSING\n\n'));
  expect(attempt.firstChunkAt).toBeUndefined();
  attempt.responseChunk(bytes('data: {"id":"c"}\n\n'));
  expect(attempt.firstChunkAt).toBeTypeOf('number');
});

describe('a call that is tried without end', () => {
  const attempts = (): readonly ReadableSpan[] => finished().filter((span) => 'http.request.method' in span.attributes);
  const numbers = (): readonly unknown[] => attempts().map((span) => span.attributes['outspan.attempt.number']);

  it('has spans of its first attempts and of its last, and counts all', () => {
    const tracker = track({ limits: { attemptSpans: 3 } });
    for (let n = 0; n < 1_000; n++) fail(begin(tracker));
    expect(numbers()).toEqual([1, 2, 3]);
    tracker.flush();
    expect(numbers()).toEqual([1, 2, 3, 1_000]);
    expect(operations().map(({ attributes }) => attributes['outspan.retry.count'])).toEqual([999]);
    const [operation] = operations();
    expect(new Set(attempts().map((span) => span.parentSpanContext?.spanId))).toEqual(new Set([operation?.spanContext().spanId]));
  });

  it('tells how its last attempt went, which was the one that succeeded', () => {
    const tracker = track({ limits: { attemptSpans: 2 } });
    for (let n = 0; n < 5; n++) fail(begin(tracker));
    succeed(begin(tracker));
    expect(attempts().map(({ attributes, status }) => [attributes['outspan.attempt.number'], status.code])).toEqual([
      [1, SpanStatusCode.ERROR],
      [2, SpanStatusCode.ERROR],
      [6, SpanStatusCode.UNSET],
    ]);
  });

  it('has one span where there was one attempt, whatever the limit', () => {
    succeed(begin(track({ limits: { attemptSpans: 0 } })));
    expect(numbers()).toEqual([1]);
  });

  it('has none where its exchanges go over a connection that they share', () => {
    const tracker = track();
    const operation = tracker.startOperation({ context: ROOT_CONTEXT, dialect: openaiRealtime, parameters: { model: 'gpt-realtime' }, url: new URL('https://api.openai.com/v1/realtime') });
    if (operation === undefined) throw new Error('nothing is traced');
    const attempt = tracker.begin({ method: 'GET', url: new URL('https://api.openai.com/v1/realtime'), context: operation.context, overConnection: true });
    attempt?.responseHead(101, []);
    attempt?.answered({ form: 'events', bytes: 0, answer: openaiRealtime.readEvents(openaiRealtime.readRequestParameters({}), { contentBytes: 0 }).facts() });
    attempt?.end({ by: 'completion' });
    operation.settle({ by: 'sdk', result: 'returned' });
    expect(attempts()).toEqual([]);
    expect(operations().map(({ attributes }) => [attributes['network.protocol.name'], attributes['outspan.response.truncation.kind']])).toEqual([['websocket', 'stream_unterminated']]);
  });

  it('sends the trace context of the call along where the attempt has no span', () => {
    const tracker = track({ limits: { attemptSpans: 1 } });
    fail(begin(tracker));
    const second = begin(tracker);
    const sent = tracker.contextToSend(second);
    expect(second.span).toBeUndefined();
    expect(sent && trace.getSpanContext(sent)?.spanId).toBe(second.operation?.span.spanContext().spanId);
  });

  it('keeps one operation open, and one attempt of it', () => {
    const tracker = track({ limits: { attemptSpans: 1 } });
    const first = begin(tracker);
    fail(first);
    for (let n = 0; n < 100; n++) fail(begin(tracker));
    expect(tracker.openOperations).toBe(1);
    expect(first.operation?.inFlight.size).toBe(0);
  });
});

describe('an operation without an SDK boundary', () => {
  it('ends at once when its attempt succeeded', () => {
    succeed(begin(track()));
    expect(operations().map((span) => [span.name, span.attributes['gen_ai.response.id'], span.attributes['gen_ai.usage.output_tokens']])).toEqual([['chat gpt-5', 'chatcmpl-1', 5]]);
  });

  it('waits for a retry of a failure that clients retry, and ends when none comes in time', () => {
    fail(begin(track({ limits: { retryWindow: 5_000 } })));
    vi.advanceTimersByTime(4_999);
    expect(finished()).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(operations().map((span) => [span.status.code, span.attributes['outspan.error.class']])).toEqual([[SpanStatusCode.ERROR, 'overloaded']]);
  });

  it('ends with the end time of its last attempt, however long it waited', () => {
    const attempt = begin(track());
    fail(attempt);
    vi.advanceTimersByTime(60_000);
    const [operation, child] = [operations()[0], finished().find((span) => span.name === 'POST')];
    expect(operation?.endTime).toEqual(child?.endTime);
  });

  it('goes on with an attempt of the same body in the same parent context', () => {
    const tracker = track();
    fail(begin(tracker));
    succeed(begin(tracker));
    expect(operations()).toHaveLength(1);
    expect(operations()[0]?.attributes['outspan.retry.count']).toBe(1);
  });

  it('goes on also where each try has a span of its own that a framework made for the request', () => {
    const tracker = track();
    const handler = trace.setSpan(ROOT_CONTEXT, tracer.startSpan('GET /'));
    const fetchSpan = (parent: Context): Context =>
      trace.setSpan(parent, tracer.startSpan('fetch POST', { kind: SpanKind.CLIENT, attributes: { 'http.method': 'POST' } }, parent));
    fail(begin(tracker, { context: fetchSpan(handler) }));
    succeed(begin(tracker, { context: fetchSpan(handler) }));
    expect(operations().map((span) => span.attributes['outspan.retry.count'])).toEqual([1]);
    fail(begin(tracker, { context: fetchSpan(handler) }));
    const other = trace.setSpan(ROOT_CONTEXT, tracer.startSpan('GET /'));
    succeed(begin(tracker, { context: fetchSpan(other) }));
    tracker.flush();
    expect(operations().map((span) => span.attributes['outspan.retry.count'])).toEqual([1, 0, 0]);
  });

  it('is not joined by another body, another parent, or a request that started before the failure', () => {
    const tracker = track();
    const concurrent = begin(tracker);
    fail(begin(tracker));
    const elsewhere = trace.setSpan(ROOT_CONTEXT, tracer.startSpan('elsewhere'));
    succeed(concurrent);
    succeed(begin(tracker, {}, bytes('{"model":"gpt-5","messages":[]}')));
    succeed(begin(tracker, { context: elsewhere }));
    tracker.flush();
    expect(operations().map((span) => span.attributes['outspan.retry.count'])).toEqual([0, 0, 0, 0]);
  });

  it('is not joined by a client whose own count starts over', () => {
    const tracker = track();
    const counted = (n: number): Partial<AttemptStart> => ({ header: (name) => (name === 'x-stainless-retry-count' ? String(n) : undefined) });
    fail(begin(tracker, counted(0)));
    fail(begin(tracker, counted(1)));
    succeed(begin(tracker, counted(0)));
    tracker.flush();
    expect(operations().map((span) => span.attributes['outspan.retry.count'])).toEqual([0, 1]);
  });

  it('takes an abort that a retry follows for the deadline of its client', () => {
    const tracker = track();
    const counted = (n: number): Partial<AttemptStart> => ({ header: (name) => (name === 'x-stainless-retry-count' ? String(n) : undefined) });
    begin(tracker, counted(0)).end({ by: 'caller' });
    succeed(begin(tracker, counted(1)));
    const attempts = finished().filter((span) => span.name === 'POST');
    expect(attempts.map((span) => span.attributes['outspan.error.class'])).toEqual(['timeout', undefined]);
    expect(operations()[0]?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('takes an abort just when an announced deadline passed for that deadline', () => {
    const header = (name: string): string | undefined => (name === 'x-stainless-timeout' ? '2' : undefined);
    const tracker = track();
    const startedAt = performance.now() - 2_100;
    begin(tracker, { header, startedAt }).end({ by: 'caller' });
    begin(tracker, { header }, bytes('{"model":"other"}')).end({ by: 'caller' });
    tracker.flush();
    expect(operations().map((span) => [span.attributes['outspan.error.class'], span.attributes['outspan.operation.cancelled']])).toEqual(
      expect.arrayContaining([
        ['timeout', undefined],
        [undefined, true],
      ]),
    );
  });

  it('waits no longer when the provider is flushed, and for nothing at all when it is shut down', () => {
    const tracker = track();
    fail(begin(tracker));
    begin(tracker, {}, bytes('{"model":"b"}'));
    tracker.flush();
    expect(operations()).toHaveLength(1);
    tracker.shutdown();
    expect(operations()).toHaveLength(2);
    expect(tracker.openOperations).toBe(0);
  });
});

describe('an operation with an SDK boundary', () => {
  const chat = dialectFor('POST', url.pathname);
  if (chat === undefined) throw new Error('no dialect');
  const start = (tracker: CallTracker): Operation => {
    const operation = tracker.startOperation({ dialect: chat, parameters: { model: 'gpt-5', messages: [] }, url, context: context.active() });
    if (operation === undefined) throw new Error('not traced');
    return operation;
  };

  it('ends when its call has returned and the answer has been read, and not before', () => {
    const tracker = track();
    const operation = start(tracker);
    const attempt = begin(tracker, { context: operation.context });
    operation.settle({ by: 'sdk', result: 'returned' });
    expect(operations()).toEqual([]);
    succeed(attempt);
    expect(operations().map((span) => span.attributes['outspan.operation.boundary'])).toEqual(['sdk']);
  });

  it('counts its attempts without a word of the wire linking them', () => {
    const tracker = track();
    const operation = start(tracker);
    fail(begin(tracker, { context: operation.context }, bytes('{"a":1}')), 500);
    succeed(begin(tracker, { context: operation.context }, bytes('{"b":2}')));
    operation.settle({ by: 'sdk', result: 'returned' });
    expect(operations()[0]?.attributes['outspan.retry.count']).toBe(1);
    const attempts = finished().filter((span) => span.name === 'POST');
    expect(attempts.map((span) => span.attributes['http.request.resend_count'])).toEqual([undefined, 1]);
    expect(attempts.every((span) => span.parentSpanContext?.spanId === operation.span.spanContext().spanId)).toBe(true);
  });

  it('gives up an exchange that the SDK let go of and whose end never shows', () => {
    const tracker = track();
    const operation = start(tracker);
    begin(tracker, { context: operation.context });
    operation.settle({ by: 'sdk', result: 'cancelled' });
    expect(operations()).toEqual([]);
    vi.advanceTimersByTime(1_001);
    expect(operations().map((span) => [span.status.code, span.attributes['outspan.operation.cancelled']])).toEqual([[SpanStatusCode.UNSET, true]]);
    expect(finished()).toHaveLength(2);
  });

  it('ends when its reader leaves the stream, with what had come, and hears nothing of what comes later', () => {
    const tracker = track();
    const operation = start(tracker);
    const attempt = begin(tracker, { context: operation.context });
    attempt.responseHead(200, [['content-type', 'text/event-stream']]);
    const event = (facts: object): void => attempt.responseChunk(bytes(`data: ${JSON.stringify({ id: 'chatcmpl-1', model: 'gpt-5-2026', ...facts })}\n\n`));
    operation.settle({ by: 'sdk', result: 'returned' });
    event({ choices: [{ index: 0, delta: { content: 'he' } }], usage: { prompt_tokens: 3, completion_tokens: 1 } });
    operation.settle({ by: 'sdk', result: 'left' });
    expect(tracker.openOperations).toBe(0);
    event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 3, completion_tokens: 9 } });
    attempt.end({ by: 'network', code: 'ECONNRESET', phase: 'body' });
    expect(finished()).toHaveLength(2);
    const [span] = operations();
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(span?.attributes).toMatchObject({ 'outspan.operation.cancelled': true, 'gen_ai.response.id': 'chatcmpl-1', 'gen_ai.usage.output_tokens': 1 });
    expect(span?.attributes).not.toHaveProperty('outspan.response.truncated');
  });

  it('leaves another call that is made inside it alone', () => {
    const tracker = track();
    const operation = start(tracker);
    const inner = tracker.begin({ method: 'POST', url: new URL('http://127.0.0.1:9/v1/embeddings'), context: operation.context });
    inner?.requestSent();
    inner?.responseHead(200, json);
    inner?.responseChunk(bytes('{"object":"list","data":[],"model":"e","usage":{"prompt_tokens":1,"total_tokens":1}}'));
    inner?.end({ by: 'completion' });
    expect(operation.attempts).toBe(0);
    expect(operations().map((span) => span.attributes['gen_ai.operation.name'])).toEqual(['embeddings']);
  });
});

describe('the end of the process', () => {
  const INTERRUPTED = 'outspan.operation.interrupted';

  it('ends an operation whose exchange is under way as cancelled, and marks it', () => {
    const tracker = track();
    begin(tracker);
    tracker.interrupt();
    expect(operations().map(({ status, attributes }) => [status.code, attributes['outspan.operation.cancelled'], attributes[INTERRUPTED]])).toEqual([[SpanStatusCode.UNSET, true, true]]);
    expect(finished()).toHaveLength(2);
    expect(tracker.openOperations).toBe(0);
  });

  it('marks an operation that its SDK was to try again, beside the failure', () => {
    const tracker = track();
    const chat = dialectFor('POST', url.pathname);
    const operation = chat && tracker.startOperation({ dialect: chat, parameters: { model: 'gpt-5', messages: [] }, url, context: context.active() });
    if (operation === undefined) throw new Error('not traced');
    fail(begin(tracker, { context: operation.context }));
    tracker.interrupt();
    expect(operations().map(({ status, attributes }) => [status.code, attributes[INTERRUPTED]])).toEqual([[SpanStatusCode.ERROR, true]]);
  });

  it('does not mark what only waited for a retry that nobody had announced', () => {
    const tracker = track();
    fail(begin(tracker));
    tracker.interrupt();
    expect(operations().map(({ status, attributes }) => [status.code, attributes[INTERRUPTED]])).toEqual([[SpanStatusCode.ERROR, undefined]]);
  });

  it("ends an SDK's own span in its place, once and under its own name", () => {
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    const native = provider.getTracer('com.anthropic.sdk.typescript').startSpan('messages.create');
    const tracker = track();
    const complain = vi.spyOn(diag, 'error');
    begin(tracker, { context: trace.setSpan(ROOT_CONTEXT, native) });
    tracker.interrupt();
    native.end();
    expect(finished().map(({ name, attributes }) => [name, attributes[INTERRUPTED]])).toEqual([['POST', undefined], ['chat gpt-5', true]]);
    expect(complain).not.toHaveBeenCalled();
  });

  it('does not mark a shutdown after which the process goes on', () => {
    const tracker = track();
    begin(tracker);
    tracker.shutdown();
    expect(operations().map(({ attributes }) => [attributes['outspan.operation.cancelled'], attributes[INTERRUPTED]])).toEqual([[true, undefined]]);
  });
});

describe('a step of ours that fails', () => {
  it('leaves no span open', () => {
    const tracker = track();
    const attempt = begin(tracker);
    attempt.responseHead(200, json);
    // What a reader returns is trusted nowhere: here it cannot even be asked.
    attempt.answered(new Proxy({ form: 'json', bytes: 1 }, { get: () => { throw new Error('broken'); } }) as never);
    attempt.end({ by: 'completion' });
    expect(finished()).toHaveLength(2);
    expect(operations().map((span) => span.status.code)).toEqual([SpanStatusCode.UNSET]);
  });
});

describe('caps', () => {
  it('ends the oldest operation when more than openOperations are open', () => {
    const tracker = track({ limits: { openOperations: 2 } });
    for (let n = 0; n < 3; n++) begin(tracker, {}, bytes(`{"model":"m${n}"}`));
    expect(tracker.openOperations).toBe(2);
    expect(operations().map((span) => span.name)).toEqual(['chat m0']);
  });

  it('ends an operation that gave no sign of life for idleTimeout', () => {
    const tracker = track({ limits: { idleTimeout: 4_000 } });
    begin(tracker, { startedAt: performance.now() - 10_000 });
    vi.advanceTimersByTime(1_001);
    expect(operations().map((span) => span.attributes['outspan.operation.cancelled'])).toEqual([true]);
  });

  it('keeps an operation whose stream makes progress', () => {
    const tracker = track({ limits: { idleTimeout: 4_000 } });
    const attempt = begin(tracker, { startedAt: performance.now() - 10_000 });
    attempt.responseHead(200, [['content-type', 'text/event-stream']]);
    for (let sweep = 0; sweep < 4; sweep++) {
      attempt.responseChunk(bytes(': ping\n\n'));
      vi.advanceTimersByTime(1_001);
    }
    expect(operations()).toEqual([]);
  });

  it('reads the head of a request body past requestBytes, never the whole', () => {
    const tracker = track({ limits: { requestBytes: 1_000 } });
    succeed(begin(tracker, {}, bytes(`{"model":"gpt-5","messages":[{"role":"user","content":"${'x'.repeat(200_000)}"}],"temperature":0.5}`)));
    expect(operations()[0]?.attributes).toMatchObject({ 'gen_ai.request.model': 'gpt-5' });
    expect(operations()[0]?.attributes).not.toHaveProperty('gen_ai.request.temperature');
  });
});

describe('an operation that the SDK itself traces', () => {
  const native = (): { tracker: CallTracker; attempt: Attempt } => {
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    const span = provider.getTracer('com.anthropic.sdk.typescript').startSpan('anthropic.messages.create');
    const tracker = track({ limits: { retryWindow: 5_000 } });
    const attempt = begin(tracker, { context: trace.setSpan(ROOT_CONTEXT, span) });
    attempt.responseHead(200, json);
    return { tracker, attempt };
  };

  it('ends though its SDK does not hear that its answer was collected unread', () => {
    const { attempt, tracker } = native();
    attempt.end({ by: 'caller' });
    expect(operations()).toEqual([]);
    vi.advanceTimersByTime(5_001);
    expect(operations().map((span) => [span.name, span.attributes['outspan.operation.cancelled']])).toEqual([['chat gpt-5', true]]);
    expect(tracker.openOperations).toBe(0);
  });

  it('ends in time for a flush when its answer was let go of', () => {
    const { attempt, tracker } = native();
    attempt.end({ by: 'caller' });
    tracker.flush();
    expect(operations()).toHaveLength(1);
    expect(tracker.openOperations).toBe(0);
  });

  it('does not hold on to the request by its headers', () => {
    // undici keeps an SDK's signal until the request is collected; the signal leads to the SDK's span, and the span to the attempt.
    const asked: string[] = [];
    const attempt = begin(track(), { header: (name) => void asked.push(name) });
    expect(asked).toContain('user-agent');
    expect(attempt.start).not.toHaveProperty('header');
  });

  it('ends though its SDK waits for good, since nobody reads the answer that came', () => {
    const { attempt, tracker } = native();
    attempt.responseChunk(bytes(answer));
    attempt.end({ by: 'completion' });
    vi.advanceTimersByTime(60_000);
    expect(operations()).toEqual([]);
    const later = performance.now() + 16 * 60_000;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => later);
    vi.advanceTimersByTime(16 * 60_000);
    clock.mockRestore();
    expect(operations().map(({ attributes, name }) => [name, attributes['gen_ai.usage.output_tokens']])).toEqual([['chat gpt-5', 5]]);
    expect(tracker.openOperations).toBe(0);
  });

  it('is left to its SDK while its answer comes', () => {
    const { tracker } = native();
    vi.advanceTimersByTime(60_000);
    tracker.flush();
    expect(operations()).toEqual([]);
  });
});

describe('an operation of a framework', () => {
  const request: RequestFacts = { operation: 'chat', model: 'gpt-5', stream: false, parameters: {} };

  function start(tracker: CallTracker): Operation {
    const operation = tracker.startOperation({ request, provider: 'acme', context: ROOT_CONTEXT });
    if (operation === undefined) throw new Error('nothing was started');
    return operation;
  }

  it('learns by its first attempt how and to whom it is sent', () => {
    const tracker = track();
    const operation = start(tracker);
    succeed(begin(tracker, { context: operation.context }));
    operation.settle({ by: 'sdk', result: 'returned' });
    expect(operations().map(({ name, attributes }) => [name, attributes])).toEqual([
      [
        'chat gpt-5',
        expect.objectContaining({
          'gen_ai.provider.name': 'openai',
          'server.address': '127.0.0.1',
          'outspan.operation.boundary': 'sdk',
          'gen_ai.response.model': 'gpt-5-2026',
          'gen_ai.usage.output_tokens': 5,
        }),
      ],
    ]);
  });

  it('takes in what an SDK instrumentation would start inside it, with all attempts', () => {
    const tracker = track();
    const operation = start(tracker);
    const chat = dialectFor('POST', url.pathname);
    expect(chat && tracker.startOperation({ dialect: chat, parameters: {}, url, context: operation.context })).toBeUndefined();
    fail(begin(tracker, { context: operation.context }));
    succeed(begin(tracker, { context: operation.context }));
    operation.settle({ by: 'sdk', result: 'returned' });
    expect(operations().map(({ attributes, status }) => [attributes['outspan.retry.count'], status.code])).toEqual([[1, SpanStatusCode.UNSET]]);
  });

  it('does not take in a call that starts when it has ended', () => {
    const tracker = track();
    const operation = start(tracker);
    operation.settle({ by: 'sdk', result: 'returned' });
    const chat = dialectFor('POST', url.pathname);
    expect(chat && tracker.startOperation({ dialect: chat, parameters: {}, url, context: operation.context })).toBeDefined();
  });

  it('that sends nothing is called what the framework says', () => {
    start(track()).settle({ by: 'sdk', result: { threw: { names: ['ZodError'], provider: {}, transportCodes: [] } } });
    expect(operations().map(({ attributes }) => [attributes['gen_ai.provider.name'], attributes['outspan.error.class']])).toEqual([['acme', 'invalid_request']]);
  });

  it('is the one inference where an SDK beneath it makes a span of its own', () => {
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    const tracker = track();
    const operation = start(tracker);
    const native = provider.getTracer('com.anthropic.sdk.typescript').startSpan('anthropic.messages.create', { attributes: { 'gen_ai.operation.name': 'chat' } }, operation.context);
    succeed(begin(tracker, { context: trace.setSpan(operation.context, native) }));
    native.end();
    operation.settle({ by: 'sdk', result: 'returned' });
    expect(operations().map(({ name }) => name)).toEqual(['chat gpt-5']);
  });
});

describe('a loop of a framework around a call', () => {
  const chat = dialectFor('POST', url.pathname);

  function enter(tracker: CallTracker): PendingCall {
    const pending = tracker.expectCall({ context: ROOT_CONTEXT });
    if (pending === undefined) throw new Error('nothing was entered');
    return pending;
  }

  const told = (): readonly unknown[] => operations().map(({ attributes, status }) => [attributes['outspan.operation.boundary'], attributes['outspan.retry.count'], status.code]);

  it('in which nothing is sent leaves no trace', () => {
    enter(track()).settle({ by: 'sdk', result: 'returned' });
    expect(finished()).toEqual([]);
  });

  it('is one operation with all tries, of which the last decides', () => {
    const tracker = track();
    const pending = enter(tracker);
    for (const finish of [fail, fail, succeed]) {
      pending.nextTry();
      finish(begin(tracker, { context: pending.context }));
    }
    expect(operations()).toEqual([]);
    pending.settle({ by: 'sdk', result: 'returned' });
    expect(told()).toEqual([['sdk', 2, SpanStatusCode.UNSET]]);
    expect(operations()[0]?.name).toBe('chat gpt-5');
  });

  it('is known by the model that the framework names, where no request of it got anywhere, and by the request where one did', () => {
    const tracker = track();
    for (const sent of [false, true]) {
      const pending = tracker.expectCall({ context: ROOT_CONTEXT, model: 'named' });
      const refused = tracker.begin({ method: 'POST', url, context: pending?.context ?? ROOT_CONTEXT });
      refused?.end({ by: 'network', code: 'ECONNREFUSED', phase: 'headers' });
      pending?.nextTry();
      if (sent) succeed(begin(tracker, { context: pending?.context ?? ROOT_CONTEXT }));
      pending?.settle({ by: 'sdk', result: 'returned' });
    }
    expect(operations().map(({ name, attributes }) => [name, attributes['gen_ai.request.model']])).toEqual([['chat named', 'named'], ['chat gpt-5', 'gpt-5']]);
  });

  it('takes in what follows a redirect', () => {
    const tracker = track();
    const pending = enter(tracker);
    pending.nextTry();
    const redirected = begin(tracker, { context: pending.context });
    redirected.responseHead(307, [['location', '/v1/chat/completions']]);
    redirected.end({ by: 'completion' });
    succeed(begin(tracker, { context: pending.context }));
    pending.settle({ by: 'sdk', result: 'returned' });
    expect(told()).toEqual([['sdk', 0, SpanStatusCode.UNSET]]);
  });

  it('goes on until the stream that it handed out ends', () => {
    const tracker = track();
    const pending = enter(tracker);
    const attempt = begin(tracker, { context: pending.context });
    attempt.responseHead(200, json);
    pending.settle({ by: 'sdk', result: 'returned' });
    expect(finished()).toEqual([]);
    attempt.end({ by: 'completion' });
    expect(operations().map(({ attributes }) => attributes['outspan.error.class'])).toEqual(['malformed_response']);
  });

  it('is cancelled where the reader leaves the stream that it handed out', () => {
    const tracker = track();
    const pending = tracker.expectCall({ context: ROOT_CONTEXT });
    if (pending === undefined) throw new Error('not traced');
    begin(tracker, { context: pending.context }).responseHead(200, [['content-type', 'text/event-stream']]);
    pending.settle({ by: 'sdk', result: 'returned' });
    pending.leave();
    expect(operations().map(({ attributes }) => attributes['outspan.operation.cancelled'])).toEqual([true]);
    expect(tracker.openOperations).toBe(0);
  });

  it('takes in the calls of an SDK, each of which settles by itself', () => {
    const tracker = track();
    const pending = enter(tracker);
    for (const finish of [fail, succeed]) {
      pending.nextTry();
      const operation = chat && tracker.startOperation({ dialect: chat, parameters: { model: 'gpt-5' }, url, context: pending.context });
      if (operation === undefined) throw new Error('the SDK was left out');
      finish(begin(tracker, { context: operation.context }));
      operation.settle({ by: 'sdk', result: finish === succeed ? 'returned' : { threw: { names: [], provider: {}, transportCodes: [] } } });
    }
    expect(operations()).toEqual([]);
    pending.settle({ by: 'sdk', result: 'returned' });
    expect(told()).toEqual([['sdk', 1, SpanStatusCode.UNSET]]);
  });

  it('keeps its operation open through the wait after a try that left its exchange open', () => {
    const tracker = track();
    const pending = enter(tracker);
    const operation = chat && tracker.startOperation({ dialect: chat, parameters: {}, url, context: pending.context });
    if (operation === undefined) throw new Error('the SDK was left out');
    begin(tracker, { context: operation.context });
    operation.settle({ by: 'sdk', result: { threw: { names: [], provider: {}, transportCodes: [] } } });
    vi.advanceTimersByTime(10_000);
    expect(finished()).toEqual([]);
    pending.settle({ by: 'sdk', result: 'cancelled' });
    vi.advanceTimersByTime(10_000);
    expect(told()).toEqual([['sdk', 0, SpanStatusCode.UNSET]]);
  });

  it('leaves a second call that the application makes in one try to itself', () => {
    const tracker = track();
    const pending = enter(tracker);
    pending.nextTry();
    succeed(begin(tracker, { context: pending.context }));
    succeed(begin(tracker, { context: pending.context }));
    pending.settle({ by: 'sdk', result: 'returned' });
    expect(told()).toEqual([
      ['inferred', 0, SpanStatusCode.UNSET],
      ['sdk', 0, SpanStatusCode.UNSET],
    ]);
  });

  it('takes in nothing after its end, nor what is sent at the same time as its own', () => {
    const tracker = track();
    const pending = enter(tracker);
    const [one, other] = [begin(tracker, { context: pending.context }), begin(tracker, { context: pending.context })];
    succeed(one);
    succeed(other);
    pending.settle({ by: 'sdk', result: 'returned' });
    succeed(begin(tracker, { context: pending.context }));
    expect(told().map((one) => Array.isArray(one) && one[0])).toEqual(['inferred', 'sdk', 'inferred']);
  });

  it('makes no second inference of what an SDK in it traces by itself', () => {
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    const tracker = track();
    const pending = enter(tracker);
    for (const finish of [fail, succeed]) {
      pending.nextTry();
      const native = provider.getTracer('com.anthropic.sdk.typescript').startSpan('anthropic.messages.create', { attributes: { 'gen_ai.operation.name': 'chat' } }, pending.context);
      finish(begin(tracker, { context: trace.setSpan(pending.context, native) }));
      native.end();
    }
    pending.settle({ by: 'sdk', result: 'returned' });
    expect(told()).toEqual([['sdk', 1, SpanStatusCode.UNSET]]);
  });

  it('inside the call of another framework belongs to that one', () => {
    const tracker = track();
    const operation = tracker.startOperation({ request: { operation: 'chat', stream: false, parameters: {} }, context: ROOT_CONTEXT });
    expect(operation && tracker.expectCall({ context: operation.context })).toBeUndefined();
  });
});

describe('an operation that another instrumentation of its SDK has a span of', () => {
  let provider: TracerProvider;
  beforeEach(() => {
    provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  });
  const PEER = '@traceloop/instrumentation-openai';
  const chat = { name: 'gen_ai.operation.name', value: 'chat' };

  function within(scope: string, attribute: { readonly name: string; readonly value: string }): { tracker: CallTracker; span: ReturnType<Tracer['startSpan']>; around: Context } {
    const span = provider.getTracer(scope).startSpan('chat of the peer', { attributes: { [attribute.name]: attribute.value } });
    return { tracker: track({ limits: { retryWindow: 5_000 } }), span, around: trace.setSpan(ROOT_CONTEXT, span) };
  }

  function call(tracker: CallTracker, around: Context): Operation {
    const dialect = dialectFor('POST', url.pathname);
    const operation = dialect && tracker.startOperation({ context: around, dialect, parameters: { model: 'gpt-5' }, url });
    if (operation === undefined) throw new Error('no operation');
    return operation;
  }

  it("has the peer's span, with the verdict, and its owner ends it", () => {
    const { tracker, span, around } = within(PEER, chat);
    const operation = call(tracker, around);
    fail(begin(tracker, { context: operation.context }), 401);
    operation.settle({ by: 'sdk', result: { threw: { names: [], provider: {}, transportCodes: [] } } });
    expect(operations()).toEqual([]);
    span.setAttribute('peer.note', 'of sk-0123456789abcdef0123').end();
    const [one, ...others] = operations();
    expect(others).toEqual([]);
    expect(one).toMatchObject({ name: 'chat of the peer', status: { code: SpanStatusCode.ERROR }, attributes: { 'outspan.operation.boundary': 'native', 'outspan.error.class': 'authentication', 'peer.note': 'of REDACTED' } });
    expect(finished().find((each) => each.name === 'POST')?.parentSpanContext?.spanId).toBe(span.spanContext().spanId);
  });

  it.each(['in time', 'by a flush'])("whose span its owner forgets is ended %s, as of the call's end", (how) => {
    const { tracker, around } = within(PEER, chat);
    const operation = call(tracker, around);
    succeed(begin(tracker, { context: operation.context }));
    operation.settle({ by: 'sdk', result: 'returned' });
    expect(operations()).toEqual([]);
    if (how === 'in time') vi.advanceTimersByTime(5_000);
    else tracker.flush();
    expect(operations()).toHaveLength(1);
  });

  it('is adopted from the wire alone, with all tries, and ended where its owner forgets it', () => {
    const { tracker, around } = within('@arizeai/openinference-instrumentation-openai', { name: 'openinference.span.kind', value: 'LLM' });
    fail(begin(tracker, { context: around }));
    fail(begin(tracker, { context: around }), 401);
    vi.advanceTimersByTime(5_000);
    expect(operations()).toHaveLength(1);
    expect(operations()[0]?.attributes).toMatchObject({ 'outspan.operation.boundary': 'native', 'outspan.retry.count': 1, 'openinference.span.kind': 'LLM' });
  });

  it('is ended once where another tracker hears of its attempts, as that of the transport does', () => {
    const { tracker, span, around } = within(PEER, chat);
    const ends = vi.spyOn(span, 'end');
    const transport = track();
    const operation = call(tracker, around);
    fail(begin(transport, { context: operation.context }));
    succeed(begin(transport, { context: operation.context }));
    operation.settle({ by: 'sdk', result: 'returned' });
    span.end();
    transport.flush();
    expect(ends).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['auto.ai.openai', true],
    // As our own spans have it there.
    ['manual', false],
  ])("of Sentry's kind, without a scope, is adopted by its origin: %s", (origin, adopted) => {
    const attributes: Record<string, unknown> = { 'gen_ai.operation.name': 'chat', 'sentry.origin': origin };
    const span: Span & { readonly _attributes: object } = {
      _attributes: attributes,
      spanContext: () => ({ traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', traceFlags: 1 }),
      isRecording: () => true,
      setAttribute: (name, value) => ((attributes[name] = value), span),
      setAttributes: (values) => (Object.assign(attributes, values), span),
      setStatus: () => span,
      updateName: () => span,
      addEvent: () => span,
      addLink: () => span,
      addLinks: () => span,
      recordException: () => undefined,
      end: () => undefined,
    };
    const tracker = track();
    const operation = call(tracker, trace.setSpan(ROOT_CONTEXT, span));
    fail(begin(tracker, { context: operation.context }), 401);
    operation.settle({ by: 'sdk', result: { threw: { names: [], provider: {}, transportCodes: [] } } });
    span.end();
    expect(attributes['outspan.error.class']).toBe(adopted ? 'authentication' : undefined);
    expect(operations()).toHaveLength(adopted ? 0 : 1);
  });

  it('is found behind what masks the attributes', () => {
    const { tracker, span } = within('@arizeai/openinference-instrumentation-openai', { name: 'openinference.span.kind', value: 'LLM' });
    const mask = Object.assign(Object.create(span), { span, instrumentationScope: undefined });
    expect(call(tracker, trace.setSpan(ROOT_CONTEXT, mask)).span).toBe(span);
  });

  it.each([
    ['an agent of it', '@arizeai/openinference-instrumentation-openai', { name: 'openinference.span.kind', value: 'AGENT' }],
    ['a span of anybody else', 'application', chat],
  ])('is not taken for %s', (_what, scope, attribute) => {
    const { tracker, span, around } = within(scope, attribute);
    const operation = call(tracker, around);
    expect(operation.span).not.toBe(span);
    expect(operation.subject.boundary).toBe('sdk');
  });

  it('is one for each of the calls that are made in one span', () => {
    const { tracker, span, around } = within(PEER, chat);
    const [one, other] = [call(tracker, around), call(tracker, around)];
    expect([one.span === span, other.span === span]).toEqual([true, false]);
  });
});

describe('the spans of an SDK that makes one for each try (the AI SDK 5 and 6)', () => {
  const ai = (): Tracer => new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('application');
  /** Begins tries of one call. */
  function tries(maxRetries = 2) {
    const of = ai();
    const around = trace.setSpan(ROOT_CONTEXT, of.startSpan('ai.generateText'));
    return (): { readonly span: ReturnType<Tracer['startSpan']>; readonly context: Context } => {
      const span = of.startSpan('ai.generateText.doGenerate', { attributes: { 'ai.operationId': 'ai.generateText.doGenerate', 'ai.settings.maxRetries': maxRetries } }, around);
      return { span, context: trace.setSpan(around, span) };
    };
  }
  const failed = { code: SpanStatusCode.ERROR, message: 'Failed after 1 attempt' };
  const told = (): readonly unknown[] => operations().map(({ status, attributes }) => [status.code, attributes['outspan.operation.boundary'], attributes['outspan.retry.count'], attributes['outspan.error.class']]);
  const endAs = (span: ReturnType<Tracer['startSpan']>): void => {
    span.setStatus(failed);
    span.end();
  };

  it('are one call, on the span of the first, which is no failure where another try repaired it', () => {
    const [tracker, next] = [track(), tries()];
    const [first, second] = [next(), next()];
    fail(begin(tracker, { context: first.context }));
    endAs(first.span);
    expect(finished()).toEqual([]);
    succeed(begin(tracker, { context: second.context }));
    second.span.setAttributes({ 'ai.usage.outputTokens': 5, 'gen_ai.usage.output_tokens': 5 });
    second.span.end();
    const tokens = finished().map(({ attributes }) => [attributes['ai.usage.outputTokens'], attributes['gen_ai.usage.output_tokens']]);
    expect(tokens.filter((of) => of.some((value) => value !== undefined))).toEqual([[undefined, 5], [5, undefined]]);
    expect(told()).toEqual([[SpanStatusCode.UNSET, 'native', 1, undefined]]);
    const [operation] = operations();
    const attempts = finished().filter(({ name }) => name === 'POST');
    expect(attempts.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([operation?.spanContext().spanId, operation?.spanContext().spanId]);
    expect(operation?.endTime).toEqual(attempts[1]?.endTime);
    expect(finished().filter(({ name }) => name === 'ai.generateText.doGenerate')).toHaveLength(2);
  });

  it('wait for no try beyond those that the SDK makes', () => {
    const [tracker, next] = [track(), tries(0)];
    const { context: within, span } = next();
    fail(begin(tracker, { context: within }));
    endAs(span);
    expect(told()).toEqual([[SpanStatusCode.ERROR, 'native', 0, 'overloaded']]);
  });

  it('keep the SDK’s complaint about an answer that came whole, and not about what its caller stopped', () => {
    const [tracker, next] = [track(), tries()];
    for (const end of [succeed, (attempt: Attempt) => attempt.end({ by: 'caller' })]) {
      const { context: within, span } = next();
      end(begin(tracker, { context: within }));
      endAs(span);
    }
    expect(told()).toEqual([
      [SpanStatusCode.ERROR, 'native', 0, undefined],
      [SpanStatusCode.UNSET, 'native', 0, undefined],
    ]);
    expect(operations()[0]?.status.message).toBe(failed.message);
  });

  it('end with what the SDK ends first: it is told before its transport is', () => {
    const [tracker, next] = [track(), tries()];
    const [one, other] = [next(), next()];
    const attempt = begin(tracker, { context: one.context });
    attempt.responseHead(200, json);
    one.span.end();
    begin(tracker, { context: other.context }, bytes('{"model":"gpt-5","messages":[]}'));
    other.span.end();
    vi.advanceTimersByTime(1_001);
    expect(operations().map(({ attributes }) => attributes['outspan.operation.cancelled'])).toEqual([true]);
    attempt.responseChunk(bytes(answer));
    attempt.end({ by: 'completion' });
    expect(operations()).toHaveLength(2);
  });

  it.each([
    ['soon, or by a flush, where the answer broke', (attempt: Attempt) => attempt.end({ by: 'network', code: 'ECONNRESET', phase: 'body' }), 1, 20_001],
    ['late where it came whole: its tools may be at work', succeed, 0, 900_001],
  ] as const)('are ended for an SDK that does not, %s', (_when, end, byFlush, after) => {
    for (const flush of [true, false]) {
      exporter.reset();
      const [tracker, next] = [track(), tries(0)];
      end(begin(tracker, { context: next().context }));
      expect(operations()).toHaveLength(0);
      if (flush) tracker.flush();
      expect(operations()).toHaveLength(flush ? byFlush : 0);
      vi.advanceTimersByTime(after);
      expect(operations()).toHaveLength(1);
      expect(operations()[0]?.endTime).toEqual(finished().find(({ name }) => name === 'POST')?.endTime);
    }
    exporter.reset();
    const [tracker, next] = [track(), tries(0)];
    end(begin(tracker, { context: next().context }));
    tracker.shutdown();
    expect(operations()).toHaveLength(1);
  });

  it('hold no key, wherever their SDK wrote it', () => {
    const key = 'sk-0123456789abcdefghij';
    const [tracker, next] = [track(), tries()];
    const { context: within, span } = next();
    succeed(begin(tracker, { context: within }));
    span.setAttributes({ 'ai.request.headers.authorization': `Bearer ${key}`, 'ai.prompt.tools': [`{"description":"${key}"}`] });
    span.recordException(new Error(`Incorrect API key: ${key}`));
    span.setStatus({ code: SpanStatusCode.ERROR, message: `Incorrect API key: ${key}` });
    span.end();
    const [operation] = operations();
    expect(JSON.stringify([operation?.attributes, operation?.events, operation?.status])).not.toContain(key.slice(3));
    expect(operation?.events[0]?.attributes?.['exception.message']).toBe('Incorrect API key: REDACTED');
  });

  it('are not waited for without end: of those that their SDK does not end, the oldest go first', () => {
    const [tracker, next] = [track({ limits: { openOperations: 2 } }), tries()];
    for (let call = 1; call <= 3; call++) succeed(begin(tracker, { context: next().context }));
    expect(operations()).toHaveLength(1);
  });

  it('are told from those of another call, also by what the SDK 1 of OpenTelemetry says of a parent', () => {
    const tracker = track();
    const [one, other] = [tries(), tries()];
    const parents = ['1'.repeat(16), '2'.repeat(16)];
    const contexts = [one(), other(), one()].map(({ span, context: within }, i) => {
      Reflect.set(span, 'parentSpanContext', undefined);
      Reflect.set(span, 'parentSpanId', parents[i % 2]);
      return within;
    });
    const attempts = contexts.map((within, i) => {
      const attempt = begin(tracker, { context: within });
      if (i < 2) fail(attempt);
      else succeed(attempt);
      return attempt.operation;
    });
    expect([attempts[0] === attempts[1], attempts[0] === attempts[2]]).toEqual([false, true]);
  });

  it('are one call also where nothing is recorded', () => {
    const tracker = track();
    const unrecorded = (spanId: string): Context => trace.setSpanContext(ROOT_CONTEXT, { traceId: '1'.repeat(32), spanId: spanId.repeat(16), traceFlags: 0 });
    const first = begin(tracker, { context: unrecorded('2') });
    fail(first);
    const second = begin(tracker, { context: unrecorded('3') });
    succeed(second);
    expect(second.operation).toBe(first.operation);
  });
});

describe('the span of an SDK that ends it at the head (Mistral’s)', () => {
  const SCOPE = 'mistralai_sdk_tracer';
  const traced = (): Tracer => new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer(SCOPE);
  const within = (own: ReturnType<Tracer['startSpan']>): Context => trace.setSpan(ROOT_CONTEXT, own);

  it('ends with the answer, and says what came of it', () => {
    const own = traced().startSpan('chat_completion');
    const tracker = track();
    const attempt = begin(tracker, { context: within(own) });
    attempt.responseHead(200, json);
    own.setStatus({ code: SpanStatusCode.OK });
    own.end();
    expect(finished()).toEqual([]);
    attempt.responseChunk(bytes('<html>'));
    attempt.end({ by: 'completion' });
    tracker.flush();
    expect(finished().filter(({ name }) => name === 'chat_completion').map(({ status, attributes }) => [status.code, attributes['outspan.error.class'], attributes['outspan.operation.boundary']])).toEqual([
      [SpanStatusCode.ERROR, 'malformed_response', 'native'],
    ]);
  });

  it('ends soon where no transport tells how the exchange went', () => {
    const own = traced().startSpan('chat_completion');
    begin(track(), { context: within(own) });
    own.end();
    vi.advanceTimersByTime(1_001);
    expect(finished().map(({ name }) => name).toSorted()).toEqual(['POST', 'chat_completion']);
  });

  it('is no failure where the caller aborted, whatever its SDK says', () => {
    const own = traced().startSpan('chat_completion');
    const attempt = begin(track(), { context: within(own) });
    attempt.end({ by: 'caller' });
    own.setStatus({ code: SpanStatusCode.ERROR, message: 'AbortError: This operation was aborted' });
    own.end();
    expect(finished().find(({ name }) => name === 'chat_completion')).toMatchObject({ status: { code: SpanStatusCode.UNSET }, attributes: { 'outspan.operation.cancelled': true } });
  });

  it.each([
    ['that is followed', true],
    ['that nobody told of', false],
  ])('stands for all tries of a call %s, the further ones’ for nothing', (_how, followed) => {
    const tracker = track();
    const pending = followed ? tracker.expectCall({ context: ROOT_CONTEXT, hasTrySpans: true }) : undefined;
    for (const finish of [fail, fail, succeed]) {
      const own = traced().startSpan('chat_completion', { attributes: { 'gen_ai.operation.name': 'chat', ...(finish === succeed && { 'gen_ai.usage.output_tokens': 5 }) } }, pending?.context);
      finish(begin(tracker, { context: trace.setSpan(pending?.context ?? ROOT_CONTEXT, own) }));
      own.end();
    }
    expect(operations()).toHaveLength(followed ? 0 : 1);
    pending?.settle({ by: 'sdk', result: 'returned' });
    expect(operations().map(({ status, attributes }) => [status.code, attributes['outspan.operation.boundary'], attributes['outspan.retry.count']])).toEqual([[SpanStatusCode.UNSET, 'native', 2]]);
    expect(finished().filter(({ name }) => name === 'POST').map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(Array(3).fill(operations()[0]?.spanContext().spanId));
    expect(finished().filter(({ attributes }) => 'gen_ai.usage.output_tokens' in attributes)).toHaveLength(1);
    expect(tracker.openOperations).toBe(0);
  });

  it('is its framework’s call in the loop of one', () => {
    const tracker = track();
    const loop = tracker.expectCall({ context: ROOT_CONTEXT });
    expect(loop && tracker.expectCall({ context: loop.context, hasTrySpans: true })).toBeUndefined();
  });

  it('is left alone where the SDK sends it to its maker', () => {
    const own = traced().startSpan('chat_completion');
    Reflect.set(own, 'resource', { attributes: { 'service.name': 'mistralai_sdk' } });
    succeed(begin(track(), { context: within(own) }));
    expect(operations().map(({ attributes }) => attributes['outspan.operation.boundary'])).toEqual(['inferred']);
  });
});

describe("an SDK's call that ends in a redirect", () => {
  const endedBy = (threw: Partial<SdkErrorFacts>, then: (tracker: CallTracker, operation: Operation) => void = () => undefined): unknown => {
    const tracker = track();
    const dialect = dialectFor('POST', url.pathname);
    const operation = dialect && tracker.startOperation({ dialect, parameters: { model: 'gpt-5', messages: [] }, url, context: ROOT_CONTEXT });
    if (operation === undefined) throw new Error('no operation');
    const redirected = begin(tracker, { context: operation.context });
    redirected.responseHead(307, [['location', '/v1/chat/completions']]);
    redirected.end({ by: 'completion' });
    then(tracker, operation);
    operation.settle({ by: 'sdk', result: { threw: { names: ['APIConnectionError', 'TypeError'], provider: {}, transportCodes: [], ...threw } } });
    return operation.verdict?.outcome === 'failure' ? `${operation.verdict.error.class} ${operation.verdict.error.origin}` : operation.verdict?.outcome;
  };

  it('got no answer but that: too many of them, or to where nobody can ask', () => {
    expect(endedBy({})).toBe('malformed_response gateway');
  });

  it.each([
    ['what its target answered', { names: ['NotFoundError'], provider: { status: 404 } }, 'invalid_request request'],
    ['why its target did not answer', { transportCodes: ['ECONNREFUSED'] }, 'connection_refused network'],
    ['that its caller stopped it', { names: ['APIUserAbortError'] }, 'cancelled'],
    ['that it came too late', { names: ['APIConnectionTimeoutError'] }, 'timeout client'],
  ] as const)('tells %s, where it does not know the target otherwise', (_what, threw, told) => {
    expect(endedBy(threw)).toBe(told);
  });

  it('is judged by what followed it', () => {
    expect(endedBy({}, (tracker, operation) => fail(begin(tracker, { context: operation.context })))).toBe('overloaded provider');
  });
});

describe('a tracer provider that throws', () => {
  const throws = (): never => {
    throw new Error('mine');
  };
  const processor: SpanProcessor = { onStart: () => undefined, onEnd: () => undefined, forceFlush: () => Promise.resolve(), shutdown: () => Promise.resolve() };
  const providerWith = (broken: Partial<SpanProcessor>, sampler?: Sampler): TracerProvider =>
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter }), { ...processor, ...broken }], ...(sampler && { sampler }) });

  it('loses no operation when the end of its attempts throws', () => {
    tracer = providerWith({ onEnd: throws }).getTracer('test');
    const tracker = track();
    succeed(begin(tracker));
    expect([operations().length, finished().length, tracker.openOperations]).toEqual([1, 2, 0]);
  });

  it.each([
    ['a processor', { onStart: throws }, undefined],
    ['a sampler', {}, { shouldSample: throws, toString: () => 'broken' }],
  ] as const)('keeps calls in order when %s throws at each start', (_what, broken, sampler) => {
    tracer = providerWith(broken, sampler).getTracer('test');
    const tracker = track();
    const attempt = begin(tracker);
    expect([attempt.number, attempt.operation?.subject.boundary, attempt.span?.isRecording()]).toEqual([1, 'inferred', false]);
    succeed(attempt);
    // No span was made, and nobody counts: its answer is not read.
    expect([attempt.operation?.verdict?.outcome, tracker.openOperations]).toEqual(['abandoned', 0]);
  });
});

describe('an SDK that is not hooked', () => {
  const said = (): string[] => {
    const lines: string[] = [];
    const ignore = (): void => undefined;
    diag.setLogger({ warn: (...words: unknown[]) => void lines.push(words.join(' ')), error: ignore, info: ignore, debug: ignore, verbose: ignore }, { suppressOverrideMessage: true });
    return lines;
  };
  const call = (agent: string, more: Partial<AttemptStart> = {}): void => succeed(begin(track(), { header: (name) => (name === 'user-agent' ? agent : undefined), ...more }));
  afterEach(() => diag.disable());

  it('is announced once, by the name that its user agent tells', () => {
    const lines = said();
    const agents = [
      'Groq/JS 1.6.0', 'Together/JS 0.52.0', 'AnthropicVertex/JS 1.12.0', '_Anthropic2/JS 1.12.0', 'Groq/JS 1.6.0', 'node',
      'google-genai-sdk/3.1.0 gl-node/v24.21.0', 'google-genai-sdk/1.0 gl-python/3.12', 'mistral-client-typescript/2.7.0', 'cohere-ai/8.1.0', 'ollama-js/0.6.4 (x64 linux Node.js/v24.21.0)',
      'aws-sdk-js/3.1164.0 ua/2.1 os/linux#6 lang/js md/nodejs#24.21.0 api/bedrock-runtime#3.1164.0 m/N,E,e', 'aws-sdk-js/3.1164.0 ua/2.1 api/s3#3.1164.0', 'langchainjs-openai/1.0.0 ((node/v24.21.0; linux; x64))',
    ];
    for (const agent of agents) call(agent);
    expect(lines.map((line) => /The (.+) SDK is in use but is not hooked/.exec(line)?.[1])).toEqual(['Groq', 'Together', 'Anthropic', 'Google GenAI', 'Mistral', 'Cohere', 'Ollama', 'Bedrock', 'LangChain']);
  });

  it('is not announced where it traces itself', () => {
    const lines = said();
    const own = new TracerProvider().getTracer('mistralai_sdk_tracer').startSpan('chat_completion');
    call('mistral-client-typescript/2.7.0', { context: trace.setSpan(ROOT_CONTEXT, own) });
    expect(lines).toEqual([]);
  });

  it('is not announced where nothing is recorded: its own span may be there unseen', () => {
    const lines = said();
    const context = trace.setSpanContext(ROOT_CONTEXT, { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 0 });
    call('OpenAI/JS 7.57.0', { context });
    expect(lines).toEqual([]);
  });
});

describe('a call whose answer is asked for in exchanges of its own', () => {
  const host = 'https://api.replicate.com/v1/';
  const create = new URL('models/meta/llama/predictions', host);
  const asked = bytes(JSON.stringify({ input: { prompt: 'hi' } }));
  const attempts = (): readonly ReadableSpan[] => finished().filter((span) => 'http.request.method' in span.attributes);

  function prediction(id: string, status: string, more: object = {}): string {
    return JSON.stringify({ id, model: 'meta/llama', status, urls: { stream: `https://stream.replicate.com/v1/files/s-${id}` }, ...more });
  }

  function answered(attempt: Attempt, text: string, status = 200, type = 'application/json'): void {
    attempt.responseHead(status, [['content-type', type]]);
    attempt.responseChunk(bytes(text));
    attempt.end({ by: 'completion' });
  }

  function ask(tracker: CallTracker, path: string): Attempt {
    const attempt = tracker.begin({ method: 'GET', url: new URL(path, host), context: ROOT_CONTEXT });
    if (attempt === undefined) throw new Error('not of a call');
    attempt.requestSent();
    return attempt;
  }

  it('is one operation, and has not tried again', () => {
    const tracker = track();
    answered(begin(tracker, { url: create }, asked), prediction('p1', 'starting'), 201);
    answered(ask(tracker, 'predictions/p1'), prediction('p1', 'processing'));
    expect(operations()).toEqual([]);
    answered(ask(tracker, 'predictions/p1'), prediction('p1', 'succeeded', { metrics: { input_token_count: 3, output_token_count: 5 } }));
    expect(operations().map(({ name, attributes }) => [name, attributes['outspan.retry.count'], attributes['gen_ai.usage.output_tokens']])).toEqual([['generate_content meta/llama', 0, 5]]);
    expect(attempts().map(({ attributes }) => [attributes['outspan.attempt.number'], attributes['http.request.resend_count']])).toEqual([[1, undefined], [2, undefined], [3, undefined]]);
    expect(tracker.awaits('/v1/predictions/p1')).toBe(false);
  });

  it('counts as a retry what asks again after a failure, also before that was read to its end', () => {
    const tracker = track();
    answered(begin(tracker, { url: create }, asked), prediction('p1', 'starting'), 201);
    const failing = ask(tracker, 'predictions/p1');
    failing.responseHead(503, json);
    const again = ask(tracker, 'predictions/p1');
    failing.end({ by: 'caller' });
    answered(again, prediction('p1', 'succeeded'));
    expect(operations().map(({ attributes, status }) => [attributes['outspan.retry.count'], status.code])).toEqual([[1, SpanStatusCode.UNSET]]);
    expect(attempts().map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, undefined, 1]);
  });

  it('is not whole by its first part: a stream that is cut is the call’s failure', () => {
    const tracker = track();
    answered(begin(tracker, { url: create }, asked), prediction('p1', 'starting'), 201);
    answered(ask(tracker, 'https://stream.replicate.com/v1/files/s-p1'), 'event: output\ndata: Once\n\n', 200, 'text/event-stream');
    expect(operations().map(({ attributes }) => [attributes['outspan.error.class'], attributes['gen_ai.response.id'], attributes['gen_ai.response.finish_reasons']])).toEqual([['truncated_response', 'p1', ['error']]]);
  });

  it('is cancelled by a request to cancel it', () => {
    const tracker = track();
    answered(begin(tracker, { url: create }, asked), prediction('p1', 'starting'), 201);
    answered(begin(tracker, { url: new URL('predictions/p1/cancel', host) }, bytes('')), prediction('p1', 'canceled'));
    expect(operations().map(({ attributes, status }) => [attributes['outspan.operation.cancelled'], status.code])).toEqual([[true, SpanStatusCode.UNSET]]);
  });

  it('is told from one that asks the same', () => {
    const tracker = track();
    for (const id of ['p1', 'p2']) answered(begin(tracker, { url: create }, asked), prediction(id, 'starting'), 201);
    for (const id of ['p2', 'p1']) answered(ask(tracker, `predictions/${id}`), prediction(id, id === 'p1' ? 'succeeded' : 'failed'));
    tracker.flush();
    expect(operations().map(({ attributes }) => [attributes['gen_ai.response.id'], attributes['outspan.retry.count'], attributes['outspan.error.class']])).toEqual([['p2', 0, 'server_error'], ['p1', 0, undefined]]);
  });

  it('ends as it stands where nobody asks, and is forgotten', () => {
    const tracker = track();
    answered(begin(tracker, { url: create }, asked), prediction('p1', 'starting'), 201);
    expect(tracker.awaits('/v1/predictions/p1?x=1')).toBe(true);
    vi.advanceTimersByTime(20_000);
    expect(operations().map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET]);
    expect(tracker.awaits('/v1/predictions/p1')).toBe(false);
    expect(tracker.begin({ method: 'GET', url: new URL('predictions/p1', host), context: ROOT_CONTEXT })).toBeUndefined();
  });
});

describe('a response that runs in the background', () => {
  const host = 'https://api.openai.com/v1/';
  const create = new URL('responses', host);
  const asked = bytes(JSON.stringify({ model: 'gpt-5', input: 'hi', background: true }));

  function response(status: string, more: object = {}): object {
    return { id: 'resp_1', object: 'response', model: 'gpt-5', status, background: true, output: [], ...more };
  }

  function answered(attempt: Attempt | undefined, text: string, type = 'application/json'): void {
    attempt?.responseHead(200, [['content-type', type]]);
    attempt?.responseChunk(bytes(text));
    attempt?.end({ by: 'completion' });
  }

  function ask(tracker: CallTracker, path: string): Attempt | undefined {
    const attempt = tracker.begin({ method: 'GET', url: new URL(path, host), context: ROOT_CONTEXT });
    attempt?.requestSent();
    return attempt;
  }

  const event = (type: string, more: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const CREATED = event('response.created', { response: response('in_progress') });
  const USED = { usage: { input_tokens: 3, output_tokens: 5 } };
  const told = (): unknown => operations().map(({ attributes }) => [attributes['outspan.error.class'], attributes['gen_ai.usage.output_tokens'], attributes['gen_ai.response.finish_reasons'], attributes['outspan.retry.count']]);

  /** As an SDK makes the call, whose promise settles with the first answer. */
  function bySdk(tracker: CallTracker, text: string, type?: string): void {
    const operation = tracker.startOperation({ context: ROOT_CONTEXT, dialect: openaiResponses, parameters: { model: 'gpt-5', background: true }, url: create });
    const attempt = operation && tracker.begin({ method: 'POST', url: create, context: operation.context });
    attempt?.requestSent();
    answered(attempt, text, type);
    operation?.settle({ by: 'sdk', result: 'returned' });
  }

  function byWire(tracker: CallTracker, text: string, type?: string): void {
    answered(begin(tracker, { url: create }, asked), text, type);
  }

  it.each([
    ['an SDK', bySdk],
    ['the wire', byWire],
  ])('is what its last answer says, by %s', (_boundary, start) => {
    for (const [last, expected] of [
      [response('completed', USED), [undefined, 5, ['stop'], 0]],
      [response('failed', { error: { code: 'server_error', message: 'sorry' } }), ['server_error', undefined, ['error'], 0]],
    ] as const) {
      const tracker = track();
      const before = operations().length;
      start(tracker, JSON.stringify(response('queued')));
      answered(ask(tracker, 'responses/resp_1'), JSON.stringify(response('in_progress')));
      expect(operations()).toHaveLength(before);
      answered(ask(tracker, 'responses/resp_1?include[]=x'), JSON.stringify(last));
      expect((told() as unknown[]).slice(before)).toEqual([expected]);
      vi.advanceTimersByTime(60_000);
      expect(operations()).toHaveLength(before + 1);
      expect(tracker.awaits('/v1/responses/resp_1')).toBe(false);
    }
  });

  it.each([
    ['an SDK', bySdk],
    ['the wire', byWire],
  ])('is not lost where its stream is cut and resumed, by %s', (_boundary, start) => {
    const tracker = track();
    start(tracker, CREATED, 'text/event-stream');
    expect(operations()).toEqual([]);
    answered(ask(tracker, 'responses/resp_1?stream=true&starting_after=1'), event('response.completed', { response: response('completed', USED) }), 'text/event-stream');
    expect(told()).toEqual([[undefined, 5, ['stop'], 0]]);
  });

  it('is a stream that was cut where nobody resumes it', () => {
    const tracker = track();
    bySdk(tracker, CREATED, 'text/event-stream');
    vi.advanceTimersByTime(20_000);
    expect(told()).toEqual([['truncated_response', undefined, ['error'], 0]]);
  });

  it('is cancelled by a request to cancel it', () => {
    const tracker = track();
    bySdk(tracker, JSON.stringify(response('queued')));
    answered(tracker.begin({ method: 'POST', url: new URL('responses/resp_1/cancel', host), context: ROOT_CONTEXT }), JSON.stringify(response('cancelled')));
    expect(operations().map(({ attributes }) => attributes['outspan.operation.cancelled'])).toEqual([true]);
  });

  it('ends once, also where another tracker sees its polls', () => {
    const [sdk, wire] = [track(), track()];
    const operation = sdk.startOperation({ context: ROOT_CONTEXT, dialect: openaiResponses, parameters: { model: 'gpt-5', background: true }, url: create });
    const attempt = operation && wire.begin({ method: 'POST', url: create, context: operation.context });
    attempt?.requestSent();
    answered(attempt, JSON.stringify(response('queued')));
    operation?.settle({ by: 'sdk', result: 'returned' });
    const slow = ask(wire, 'responses/resp_1');
    vi.advanceTimersByTime(60_000);
    expect(operations()).toEqual([]);
    answered(slow, JSON.stringify(response('completed', USED)));
    expect(told()).toEqual([[undefined, 5, ['stop'], 0]]);
    expect(wire.awaits('/v1/responses/resp_1')).toBe(false);
  });

  it('that does not run in the background is over with its stream', () => {
    const tracker = track();
    bySdk(tracker, event('response.created', { response: { ...response('in_progress'), background: false } }), 'text/event-stream');
    expect(told()).toEqual([['truncated_response', undefined, ['error'], 0]]);
  });
});
