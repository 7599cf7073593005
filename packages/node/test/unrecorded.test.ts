import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { AlwaysOffSampler, AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { HttpInstrumentation } from '@outspan/instrumentation-http';
import { afterAll, beforeAll, expect, it } from 'vitest';

const received: (string | undefined)[] = [];
const server = createServer((message, response) => {
  message.resume().once('end', () => {
    received.push(message.headers['traceparent']?.toString());
    response.setHeader('content-type', 'application/json').end('{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}');
  });
});
let instrumentation: HttpInstrumentation;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  instrumentation = new HttpInstrumentation();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  instrumentation.disable();
  server.close();
});

/** Makes a call, and says what is tapped of its answer when that has begun. */
async function call(): Promise<{ readonly tapped: boolean; readonly text: string }> {
  const address = server.address() as AddressInfo;
  const sent = request(`http://127.0.0.1:${address.port}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' } });
  sent.end('{"model":"m","messages":[]}');
  let tapped = false;
  // At once: a tap is gone when the answer has ended.
  sent.once('response', (response: IncomingMessage) => (tapped = ['push', 'emit', '_destroy'].some((method) => Object.hasOwn(response, method))));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { tapped, text };
}

it('taps the body of an answer only where the call is recorded', async () => {
  for (const [sampler, tapped, flag] of [
    [new AlwaysOffSampler(), false, '00'],
    [new AlwaysOnSampler(), true, '01'],
  ] as const) {
    trace.disable();
    trace.setGlobalTracerProvider(new TracerProvider({ sampler }));
    const answer = await call();
    expect([answer.tapped, answer.text.includes('hi')]).toEqual([tapped, true]);
    // One's own host hears of the trace, and of the decision.
    expect(received.at(-1)).toMatch(new RegExp(`^00-[0-9a-f]{32}-[0-9a-f]{16}-${flag}$`));
  }
  expect(instrumentation.underWay).toBe(false);
});
