import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { CallTracker, settle } from '@outspan/core';
import { isFunction, SdkTracing } from '@outspan/sdk-boundary';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperationBoundary } from './boundary.ts';

const settings = settle({}, {});
const exporter = new InMemorySpanExporter();
const tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('test');
const boundary = new OperationBoundary(new SdkTracing(new CallTracker({ settings: () => settings, tracer: () => tracer, meterProvider: () => undefined }), 'openai', () => undefined));
const client = { baseURL: 'https://api.openai.com/v1' };
const options = { method: 'post', path: '/chat/completions', body: { model: 'gpt-5', messages: [], stream: true }, stream: true };

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (!isFunction(collect)) throw new Error('no garbage collector to call');
  return () => void collect();
}

/** A call as the SDK makes it with a `fetch` of the application's own: its stream is dropped by whoever reads it, or would have. */
async function abandon(controller: AbortController, begun: boolean): Promise<WeakRef<object>> {
  const url = 'https://api.openai.com/v1/chat/completions';
  const response = new Response('', { headers: { 'content-type': 'text/event-stream' } });
  const props = { response, options, controller };
  const fetch = async (): Promise<unknown> => boundary.fetchWithTimeout(async () => response, [url, { method: 'POST' }, 1000, controller]);
  await boundary.makeRequest(async () => (await fetch()) && props, client, [options, null, undefined]);
  const stream = {
    controller,
    response,
    async *iterator(): AsyncGenerator<object> {
      yield { choices: [{ delta: { content: 'a' } }], of: this.response.status };
      yield { choices: [{ delta: { content: 'b' } }], of: this.response.status };
    },
  };
  await boundary.parseResponse(async () => stream, props);
  if (begun) await stream.iterator().next();
  return new WeakRef(stream);
}

describe('observeStream', () => {
  beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  afterAll(() => context.disable());

  it.for([
    ['begins to read', true],
    ['never reads', false],
  ] as const)('lets a stream that its reader %s and drops be collected, though the SDK holds its controller until then, and ends its call', async ([, begun]) => {
    exporter.reset();
    const collect = collector();
    const controller = new AbortController();
    const stream = await abandon(controller, begun);
    for (let n = 0; n < 100 && exporter.getFinishedSpans().length < 2; n++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      collect();
    }
    expect(stream.deref()).toBeUndefined();
    expect(controller.signal.aborted).toBe(false);
    expect(exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes['outspan.operation.cancelled']])).toEqual([['POST', undefined], ['chat gpt-5', true]]);
  });
});
