import { SpanStatusCode } from '@opentelemetry/api';
import { UndiciInstrumentation as OpenTelemetryUndici } from '@opentelemetry/instrumentation-undici';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { exporter, provider as tracerProvider, record, startTracing } from './tracing.ts';

let provider: FaultProvider;
const enabled: { disable: () => void }[] = [];

beforeAll(async () => {
  startTracing();
  provider = await startFaultProvider();
});
afterEach(() => {
  for (const instrumentation of enabled.splice(0)) instrumentation.disable();
});
afterAll(() => provider.close());

const ours = (): void => {
  enabled.push(new UndiciInstrumentation());
};
const theirs = (): void => {
  const instrumentation = new OpenTelemetryUndici();
  instrumentation.setTracerProvider(tracerProvider);
  enabled.push(instrumentation);
};

async function call(script: string, stream = false): Promise<{ headers: readonly unknown[] }> {
  const session = provider.session(script);
  for (let attempt = 0; attempt < script.split(',').length; attempt++) {
    const answer = await fetch(`${session.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-5', messages: [], stream }),
    });
    await answer.text().catch(() => undefined);
  }
  return { headers: session.requests.map(({ headers }) => Reflect.get(headers, 'traceparent')) };
}

describe.each([
  ['ours first', [ours, theirs]],
  ['theirs first', [theirs, ours]],
])("beside OpenTelemetry's undici instrumentation, %s", (_, order) => {
  it('an attempt has one span, a child of the operation, that both wrote to', async () => {
    for (const enable of order) enable();
    let sent: readonly unknown[] = [];
    const recorded = await record(async () => {
      ({ headers: sent } = await call('unavailable,ok'));
    });
    expect(recorded).toHaveLength(1);
    const attempts = recorded[0]?.attempts ?? [];
    expect(exporter.getFinishedSpans().filter((span) => span.name === 'POST')).toHaveLength(2);
    expect(attempts.map((span) => [span.attributes['outspan.attempt.number'], span.attributes['http.response.status_code'], span.status.code])).toEqual([
      [1, 503, SpanStatusCode.ERROR],
      [2, 200, SpanStatusCode.UNSET],
    ]);
    expect(sent).toEqual(attempts.map((span) => expect.stringContaining(span.spanContext().spanId)));
  });

  it('a stream that is cut is an error on their span too', async () => {
    for (const enable of order) enable();
    const recorded = await record(() => call('stream_cut_between_events', true));
    expect(recorded[0]?.attempts.map((span) => [span.status.code, span.attributes['outspan.response.truncation.kind']])).toEqual([[SpanStatusCode.ERROR, 'stream_unterminated']]);
  });

  it('other requests are theirs alone', async () => {
    for (const enable of order) enable();
    await record(async () => (await fetch(`${provider.url}/health`)).text());
    expect(exporter.getFinishedSpans().map((span) => span.name)).toEqual(['GET', 'work']);
  });
});
