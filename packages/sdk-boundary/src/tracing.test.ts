import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { CallTracker, dialectFor, settle } from '@outspan/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SdkTracing } from './tracing.ts';
import type { DescribedCall } from './tracing.ts';

const exporter = new InMemorySpanExporter();
const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('test');
const settings = settle({}, {});
const tracker = new CallTracker({ settings: () => settings, tracer: () => tracer, meterProvider: () => undefined });
const tracing = new SdkTracing(tracker, 'acme', () => undefined);
const url = new URL('http://127.0.0.1:9/v1/chat/completions');

function described(more: Partial<DescribedCall> = {}): DescribedCall {
  const dialect = dialectFor('POST', url.pathname);
  if (dialect === undefined) throw new Error('no dialect');
  return { dialect, parameters: { model: 'gpt-5' }, url, ...more };
}

const operations = (): ReadableSpan[] => exporter.getFinishedSpans().filter(({ name }) => name.startsWith('chat'));
const classes = (): unknown[] => operations().map(({ attributes }) => attributes['outspan.error.class'] ?? (attributes['outspan.operation.cancelled'] === true ? 'cancelled' : 'success'));

/** An exchange of the call under way, seen on the wire; it ends as its caller does. */
function exchange(): { chunk(event: string): void; end(by: 'caller' | 'completion'): void } {
  const attempt = tracker.begin({ method: 'POST', url, context: context.active() });
  attempt?.requestSent();
  attempt?.responseHead(200, [['content-type', 'text/event-stream']]);
  return { chunk: (event) => attempt?.responseChunk(new TextEncoder().encode(`data: ${event}\n\n`)), end: (by) => attempt?.end({ by }) };
}

describe('SdkTracing', () => {
  beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  beforeEach(() => exporter.reset());
  afterAll(() => context.disable());

  it('runs a method in the context of its operation, which ends with it', async () => {
    let within: unknown;
    const run = async (): Promise<string> => {
      await Promise.resolve();
      within = trace.getActiveSpan();
      return 'answer';
    };
    expect(await tracing.run(() => described(), run)).toBe('answer');
    expect(within).toMatchObject({ name: 'chat gpt-5' });
    expect(classes()).toEqual(['success']);
  });

  it('gives the error that the method gave', async () => {
    const error = new TypeError('no key');
    await expect(tracing.run(() => described(), () => Promise.reject(error))).rejects.toBe(error);
    expect(() =>
      tracing.run(
        () => described(),
        () => {
          throw error;
        },
      ),
    ).toThrow(error);
    expect(classes()).toEqual(['unknown', 'unknown']);
  });

  it('knows the abort of its caller from the deadline of the SDK, which throws the same', async () => {
    const aborted = new AbortController();
    aborted.abort();
    const abort = (): Promise<never> => Promise.reject(new DOMException('aborted', 'AbortError'));
    await expect(tracing.run(() => described({ signal: aborted.signal }), abort)).rejects.toThrow('aborted');
    await expect(tracing.run(() => described({ signal: new AbortController().signal }), abort)).rejects.toThrow('aborted');
    await expect(tracing.run(() => described({ signal: AbortSignal.timeout(0) }), () => new Promise((_resolve, reject) => setTimeout(() => reject(new DOMException('aborted', 'AbortError')), 20)))).rejects.toThrow('aborted');
    expect(classes()).toEqual(['cancelled', 'timeout', 'timeout']);
  });

  it('hands out the very promise of what is no LLM call', () => {
    const promise = Promise.resolve();
    expect(tracing.run(() => undefined, () => promise)).toBe(promise);
    expect(operations()).toEqual([]);
  });

  it('hands out the very promise of a class of its own', () => {
    class Lazy extends Promise<void> {}
    const promise = new Lazy((resolve) => resolve());
    expect(tracing.run(() => described(), () => promise)).toBe(promise);
  });

  it('waits for the stream that the method handed out', async () => {
    let open: ReturnType<typeof exchange> | undefined;
    await tracing.run(
      () => described(),
      () => {
        open = exchange();
        return Promise.resolve('stream');
      },
    );
    expect(operations()).toEqual([]);
    open?.end('completion');
    expect(operations()).toHaveLength(1);
  });

  it.each([
    ['its reader', true, 'cancelled'],
    ['the timer of an SDK that covers streams', false, 'timeout'],
  ])('knows who ended a stream: %s', async (_who, leaves, expected) => {
    async function* chunks(open: ReturnType<typeof exchange>): AsyncGenerator<string> {
      try {
        yield 'first';
        yield 'second';
      } finally {
        if (leaves) open.end('caller');
      }
    }
    let open: ReturnType<typeof exchange> | undefined;
    const stream: unknown = await tracing.run(
      () => described({ timer: 'streams_too' }),
      () => {
        open = exchange();
        return Promise.resolve(chunks(open));
      },
    );
    if (!isStream(stream)) throw new Error('no stream');
    await stream.next();
    if (leaves) await stream.return(undefined);
    else open?.end('caller');
    expect(classes()).toEqual([expected]);
  });

  /** A stream that its SDK does not cancel: on the wire it goes on. */
  async function leftStream(read: (stream: AsyncGenerator<string>) => Promise<unknown>): Promise<ReturnType<typeof exchange> | undefined> {
    let open: ReturnType<typeof exchange> | undefined;
    async function* chunks(): AsyncGenerator<string> {
      open?.chunk('{"choices":[{"index":0,"delta":{"content":"first"}}]}');
      yield 'first';
      open?.chunk('{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}');
      yield 'last';
      yield 'never asked for';
    }
    const stream: unknown = await tracing.run(
      () => described(),
      () => {
        open = exchange();
        return Promise.resolve(chunks());
      },
    );
    if (!isStream(stream)) throw new Error('no stream');
    await read(stream);
    return open;
  }

  it.each<[string, string, (stream: AsyncGenerator<string>) => Promise<unknown>]>([
    ['after its first part', 'cancelled', async (stream) => (await stream.next(), stream.return(undefined))],
    ['before it read any', 'cancelled', (stream) => stream.return(undefined)],
    ['by an error thrown into it', 'cancelled', async (stream) => (await stream.next(), stream.throw(new Error('enough')).catch(() => undefined))],
    ['when all of it had come', 'success', async (stream) => (await stream.next(), await stream.next(), stream.return(undefined))],
  ])('takes a stream that its reader leaves %s for %s, whatever still comes', async (_when, expected, read) => {
    const open = await leftStream(read);
    expect(classes()).toEqual([expected]);
    expect(tracker.openOperations).toBe(0);
    open?.chunk('{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}');
    open?.end('completion');
    expect(exporter.getFinishedSpans().map(({ name, status }) => [name, status.code])).toEqual([
      ['POST', 0],
      ['chat gpt-5', 0],
    ]);
  });

  it('starts the operation of a lazy stream when it is first read', async () => {
    async function* lazy(): AsyncGenerator<string> {
      const open = exchange();
      yield 'first';
      open.end('completion');
    }
    const stream: unknown = tracing.iterate(() => described(), lazy);
    expect(tracker.openOperations).toBe(0);
    if (!isStream(stream)) throw new Error('no stream');
    await stream.next();
    expect(tracker.openOperations).toBe(1);
    await stream.next();
    expect(operations()).toHaveLength(1);
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['POST', 'chat gpt-5']);
  });
});

function isStream(value: unknown): value is AsyncGenerator<string> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

describe('SdkTracing.runStep and iterateStep', () => {
  const tool = () => ({ subject: { kind: 'tool', name: 'weather' } }) as const;
  const ended = (): unknown[] => exporter.getFinishedSpans().map(({ name, attributes, status }) => [name, status.code, attributes['error.type'] ?? attributes['outspan.operation.cancelled']]);

  beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  beforeEach(() => exporter.reset());
  afterAll(() => context.disable());

  it('runs a method in the context of its step, and hands on what it gives', async () => {
    let within: unknown;
    const value = {};
    const given = tracing.runStep(tool, () => {
      within = trace.getActiveSpan();
      return Promise.resolve(value);
    });
    expect(await given).toBe(value);
    expect(within).toBe(exporter.getFinishedSpans()[0]);
    expect(trace.getActiveSpan()).toBeUndefined();
    expect(ended()).toEqual([['execute_tool weather', 0, undefined]]);
  });

  it('tells a failure by what was thrown, at once or later, and by what the outcome says', async () => {
    const error = new RangeError('too far');
    const fails = (): never => {
      throw error;
    };
    expect(() => tracing.runStep(tool, fails)).toThrow(error);
    await expect(tracing.runStep(tool, () => Promise.reject(error))).rejects.toBe(error);
    await tracing.runStep(tool, () => Promise.resolve('no'), { came: (value) => [value === 'no' ? { failed: 'tool_error' } : 'returned'] });
    await expect(tracing.runStep(tool, () => Promise.reject(error), { failed: () => ['returned'] })).rejects.toBe(error);
    expect(ended()).toEqual([
      ['execute_tool weather', 2, 'RangeError'],
      ['execute_tool weather', 2, 'RangeError'],
      ['execute_tool weather', 2, 'tool_error'],
      ['execute_tool weather', 0, undefined],
    ]);
  });

  it('ends a step whose outcome cannot be read', async () => {
    const broken = { came: (): never => { throw new Error('of ours'); } };
    await tracing.runStep(tool, () => Promise.resolve(1), broken);
    expect(ended()).toEqual([['execute_tool weather', 0, undefined]]);
  });

  it('works on a stream in the context of its step, beneath what it was asked for in, whoever reads it', async () => {
    const seen: unknown[] = [];
    async function* work(): AsyncGenerator<number> {
      seen.push(trace.getActiveSpan());
      yield 1;
      seen.push(trace.getActiveSpan());
    }
    const asking = tracer.startSpan('asking');
    const stream = context.with(trace.setSpan(context.active(), asking), () => tracing.iterateStep(tool, work));
    expect(exporter.getFinishedSpans()).toEqual([]);
    for await (const _ of stream as AsyncGenerator<number>) expect(trace.getActiveSpan()).toBeUndefined();
    const [span] = exporter.getFinishedSpans();
    expect(seen).toEqual([span, span]);
    expect(span?.parentSpanContext?.spanId).toBe(asking.spanContext().spanId);
  });

  it('tells of a stream that breaks from one that its reader leaves', async () => {
    async function* work(): AsyncGenerator<number> {
      yield 1;
      throw new RangeError('broken');
    }
    for await (const _ of tracing.iterateStep(tool, work) as AsyncGenerator<number>) break;
    const broken = tracing.iterateStep(tool, work) as AsyncGenerator<number>;
    await broken.next();
    await expect(broken.next()).rejects.toThrow('broken');
    expect(ended()).toEqual([
      ['execute_tool weather', 0, true],
      ['execute_tool weather', 2, 'RangeError'],
    ]);
  });

  it('starts nothing where there is nothing to be recorded', async () => {
    const promise = Promise.resolve(1);
    expect(tracing.runStep(() => undefined, () => promise)).toBe(promise);
    await promise;
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});
