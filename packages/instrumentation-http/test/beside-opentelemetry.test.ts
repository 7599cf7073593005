import http from 'node:http';
import { createRequire } from 'node:module';
import { SpanStatusCode } from '@opentelemetry/api';
import { HttpInstrumentation as OpenTelemetryHttp } from '@opentelemetry/instrumentation-http';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { HttpInstrumentation } from '@outspan/instrumentation-http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { post } from './calls.ts';
import { exporter, provider as tracerProvider, record, startTracing } from '../../instrumentation-undici/test/tracing.ts';

let provider: FaultProvider;
const peer = new OpenTelemetryHttp({ enabled: false, disableIncomingRequestInstrumentation: true });
const enabled: { disable: () => void }[] = [];

beforeAll(async () => {
  startTracing();
  peer.setTracerProvider(tracerProvider);
  provider = await startFaultProvider();
});
afterEach(() => {
  for (const instrumentation of enabled.splice(0)) instrumentation.disable();
});
afterAll(() => provider.close());

const ours = (): void => {
  enabled.push(new HttpInstrumentation());
};
const theirs = (): void => {
  peer.enable();
  enabled.push(peer);
  // It patches the module when that is required for the first time, and later by itself.
  createRequire(import.meta.url)('http');
};

const named = (name: string): number => exporter.getFinishedSpans().filter((span) => span.name === name).length;

describe.each([
  ['ours first', [ours, theirs]],
  ['theirs first', [theirs, ours]],
])("beside OpenTelemetry's http instrumentation, %s", (_, order) => {
  it('an attempt has one span, a child of the operation, that both wrote to', async () => {
    for (const enable of order) enable();
    const session = provider.session('unavailable,ok');
    const recorded = await record(async () => {
      for (let n = 0; n < 2; n++) await post(`${session.baseUrl}/v1/chat/completions`);
    });
    expect(recorded).toHaveLength(1);
    const attempts = recorded[0]?.attempts ?? [];
    expect(named('POST')).toBe(2);
    expect(attempts.map((span) => [span.attributes['outspan.attempt.number'], span.attributes['http.response.status_code'], span.attributes['network.protocol.version'], span.status.code])).toEqual([
      [1, 503, '1.1', SpanStatusCode.ERROR],
      [2, 200, '1.1', SpanStatusCode.UNSET],
    ]);
    expect(session.requests.map(({ headers }) => headers['traceparent'])).toEqual(attempts.map((span) => expect.stringContaining(span.spanContext().spanId)));
  });

  it('a stream that is cut is an error on their span too', async () => {
    for (const enable of order) enable();
    const recorded = await record(() => post(`${provider.session('stream_cut_between_events').baseUrl}/v1/chat/completions`, { body: { stream: true } }));
    expect(recorded[0]?.attempts.map((span) => [span.status.code, span.attributes['outspan.response.truncation.kind']])).toEqual([[SpanStatusCode.ERROR, 'stream_unterminated']]);
    expect(named('POST')).toBe(1);
  });

  it('a request whose making throws leaves nothing open', async () => {
    for (const enable of order) enable();
    const recorded = await record(async () => {
      expect(() => http.request(`${provider.url}/v1/chat/completions`, { method: 'POST', headers: { 'x-bad': 'a\nb' } })).toThrow(/Invalid character/);
      await Promise.resolve();
    });
    expect(recorded.map(({ attempts }) => attempts.length)).toEqual([1]);
  });

  it('other requests are theirs alone', async () => {
    for (const enable of order) enable();
    const recorded = await record(() => post(`${provider.url}/orders`));
    expect(recorded).toEqual([]);
    expect(exporter.getFinishedSpans().map((span) => span.name)).toEqual(['POST', 'work']);
  });
});
