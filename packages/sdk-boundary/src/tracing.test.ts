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
function exchange(): { end(by: 'caller' | 'completion'): void } {
  const attempt = tracker.begin({ method: 'POST', url, context: context.active() });
  attempt?.requestSent();
  attempt?.responseHead(200, [['content-type', 'text/event-stream']]);
  return { end: (by) => attempt?.end({ by }) };
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
