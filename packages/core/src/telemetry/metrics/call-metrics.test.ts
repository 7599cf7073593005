import { metrics, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { DataPoint, Histogram } from '@opentelemetry/sdk-metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settle } from '../../config.ts';
import type { OutspanConfig } from '../../config.ts';
import type { Attempt } from '../../operation/attempt.ts';
import { CallTracker } from '../../operation/tracker.ts';
import { COUNTERS, HISTOGRAMS } from './instruments.ts';

// The timers of the test, which are put in place only now.
vi.mock(import('../../platform/timers.ts'), () => ({
  later(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
}));

const url = new URL('http://127.0.0.1:9/v1/chat/completions');
const embeddingsUrl = new URL('http://127.0.0.1:9/v1/embeddings');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const usage = { prompt_tokens: 30, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 3 }, prompt_tokens_details: { cached_tokens: 20, audio_tokens: 4 } };
const answer = JSON.stringify({ id: 'c1', object: 'chat.completion', model: 'gpt-5-2026', choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }], usage });
const overloaded = '{"error":{"message":"overloaded","type":"server_error"}}';
const PROVIDER = { 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-5', 'server.address': '127.0.0.1' };
const CALL = { ...PROVIDER, 'gen_ai.operation.name': 'chat', 'gen_ai.response.model': 'gpt-5-2026', 'server.port': 9 };

let exporter: InMemoryMetricExporter;
let provider: MeterProvider;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })] });
});
afterEach(() => {
  vi.useRealTimers();
  metrics.disable();
});

function track(config: OutspanConfig = {}, given: MeterProvider | undefined = provider): CallTracker {
  const settings = settle(config, {});
  return new CallTracker({ settings: () => settings, tracer: () => trace.getTracer('none'), meterProvider: () => given });
}

interface Exchange {
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: readonly string[];
  readonly request?: Readonly<Record<string, unknown>>;
  readonly to?: URL;
}

function begin(tracker: CallTracker, { request = {}, to = url }: Exchange = {}): Attempt {
  const attempt = tracker.begin({ method: 'POST', url: to, context: ROOT_CONTEXT });
  if (attempt === undefined) throw new Error('not an LLM call');
  attempt.requestChunk(bytes(JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content: 'hi' }], ...request })));
  attempt.requestSent();
  return attempt;
}

function exchange(tracker: CallTracker, how: Exchange = {}): void {
  const attempt = begin(tracker, how);
  attempt.responseHead(how.status ?? 200, [['content-type', how.request?.['stream'] === true ? 'text/event-stream' : 'application/json'], ...(how.headers ?? [])]);
  for (const part of how.body ?? [answer]) attempt.responseChunk(bytes(part));
  attempt.end({ by: 'completion' });
}

async function points(name: string): Promise<DataPoint<unknown>[]> {
  vi.useRealTimers();
  exporter.reset();
  await provider.forceFlush();
  const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  return all.filter(({ descriptor }) => descriptor.name === name).flatMap(({ dataPoints }): DataPoint<unknown>[] => dataPoints);
}

/** What a metric says: the attributes of each of its points, and its value or how many were recorded. */
async function told(name: string): Promise<(readonly [Attributes, number])[]> {
  return (await points(name)).map(({ attributes, value }) => [attributes, typeof value === 'number' ? value : isHistogram(value) ? value.count : NaN] as const);
}

function isHistogram(value: unknown): value is Histogram {
  return typeof value === 'object' && value !== null && 'buckets' in value;
}

describe('the metrics of calls', () => {
  it('count a call that succeeded, with its tokens and its duration', async () => {
    exchange(track());
    expect(await told('outspan.client.operations')).toEqual([[{ ...PROVIDER, 'gen_ai.operation.name': 'chat', 'outspan.operation.outcome': 'success', 'outspan.retried': false }, 1]]);
    expect(await told('outspan.client.attempts')).toEqual([[{ ...PROVIDER, 'http.response.status_code': 200 }, 1]]);
    expect(await told('gen_ai.client.inference.duration')).toEqual([[CALL, 1]]);
    expect(await told('gen_ai.client.inference.operation.input_tokens')).toEqual([[CALL, 1]]);
    expect(await told('outspan.client.tokens.wasted')).toEqual([]);
    expect(await told('outspan.client.retry.delay')).toEqual([]);
  });

  it('count tokens by the modalities that the provider tells apart, and the rest as unknown', async () => {
    exchange(track());
    expect(await told('gen_ai.client.inference.usage.input_tokens')).toEqual([
      [{ ...CALL, 'gen_ai.token.modality': 'audio' }, 4],
      [{ ...CALL, 'gen_ai.token.modality': 'unknown' }, 26],
    ]);
    expect(await told('gen_ai.client.inference.usage.output_tokens')).toEqual([[{ ...CALL, 'gen_ai.token.modality': 'unknown' }, 5]]);
    expect(await told('gen_ai.client.inference.usage.cache_read.input_tokens')).toEqual([[{ ...CALL, 'gen_ai.token.modality': 'unknown' }, 20]]);
    expect(await told('gen_ai.client.inference.usage.reasoning.output_tokens')).toEqual([[{ ...CALL, 'gen_ai.token.modality': 'unknown' }, 3]]);
  });

  it('tell the service tiers of OpenAI apart where duration and tokens depend on them, and never its fingerprints', async () => {
    const tracker = track();
    const chunk = (rest: object): string => `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', model: 'gpt-5-2026', ...rest })}\n\n`;
    const choice = (delta: object, finish: string | null): object => ({ choices: [{ index: 0, delta, finish_reason: finish }] });
    const said = { service_tier: 'priority', system_fingerprint: 'fp_1' };
    exchange(tracker, { request: { stream: true }, body: [chunk({ ...choice({ content: 'a' }, null), ...said }), chunk({ ...choice({}, 'stop'), usage }), 'data: [DONE]\n\n'] });
    const tiers: Record<string, unknown> = {};
    const fingerprints: unknown[] = [];
    for (const { name } of [...Object.values(HISTOGRAMS), ...Object.values(COUNTERS)]) {
      for (const { attributes } of await points(name)) {
        if (name.startsWith('gen_ai.')) tiers[name] = attributes['openai.response.service_tier'];
        fingerprints.push(...Object.values(attributes).filter((value) => value === 'fp_1'));
      }
    }
    expect(fingerprints).toEqual([]);
    expect(tiers).toEqual({
      'gen_ai.client.inference.duration': 'priority',
      'gen_ai.client.inference.operation.input_tokens': 'priority',
      'gen_ai.client.inference.operation.output_tokens': 'priority',
      'gen_ai.client.inference.usage.input_tokens': 'priority',
      'gen_ai.client.inference.usage.output_tokens': 'priority',
      'gen_ai.client.inference.usage.cache_read.input_tokens': 'priority',
      'gen_ai.client.inference.usage.reasoning.output_tokens': 'priority',
      'gen_ai.client.operation.duration': 'priority',
      'gen_ai.client.token.usage': 'priority',
      'gen_ai.client.inference.time_to_first_chunk': undefined,
      'gen_ai.client.inference.time_per_output_chunk': undefined,
      'gen_ai.client.operation.time_to_first_chunk': undefined,
      'gen_ai.client.operation.time_per_output_chunk': undefined,
    });
  });

  it.each([1, 13])('count the time between the events of a stream, however many reads they come in: %i', async (reads) => {
    const chunk = (delta: object, finish_reason: string | null): string => `data: ${JSON.stringify({ id: 'c', model: 'm', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    const events = [...Array.from({ length: 11 }, () => chunk({ content: 'a' }, null)), chunk({}, 'stop'), 'data: [DONE]\n\n'];
    exchange(track(), { request: { stream: true }, body: reads === 1 ? [events.join('')] : events });
    expect((await told('gen_ai.client.inference.time_per_output_chunk')).map(([, value]) => value)).toEqual([11]);
  });

  it('have the names of the generation before as well, unless only the newest are asked for', async () => {
    const earlier = async (): Promise<unknown> => ({ duration: await told('gen_ai.client.operation.duration'), tokens: await told('gen_ai.client.token.usage') });
    exchange(track({ latestNames: true }));
    expect(await earlier()).toEqual({ duration: [], tokens: [] });
    exchange(track());
    exchange(track(), { to: embeddingsUrl, request: { input: 'hi' }, body: [JSON.stringify({ object: 'list', model: 'e', data: [], usage: { prompt_tokens: 7, total_tokens: 7 } })] });
    const EMBEDDING = { ...CALL, 'gen_ai.operation.name': 'embeddings', 'gen_ai.response.model': 'e' };
    expect(await earlier()).toEqual({
      duration: [
        [CALL, 1],
        [EMBEDDING, 1],
      ],
      tokens: [
        [{ ...CALL, 'gen_ai.token.type': 'input' }, 1],
        [{ ...CALL, 'gen_ai.token.type': 'output' }, 1],
        [{ ...EMBEDDING, 'gen_ai.token.type': 'input' }, 1],
      ],
    });
  });

  it('count a failure that a retry repaired on the attempt and not on the operation', async () => {
    const tracker = track();
    exchange(tracker, { status: 503, body: [overloaded] });
    exchange(tracker);
    expect(await told('outspan.client.operations')).toEqual([[{ ...PROVIDER, 'gen_ai.operation.name': 'chat', 'outspan.operation.outcome': 'success', 'outspan.retried': true }, 1]]);
    expect(await told('outspan.client.attempts')).toEqual([
      [{ ...PROVIDER, 'http.response.status_code': 503, 'outspan.error.class': 'overloaded', 'outspan.error.origin': 'provider' }, 1],
      [{ ...PROVIDER, 'http.response.status_code': 200 }, 1],
    ]);
    expect((await told('gen_ai.client.inference.duration')).map(([attributes]) => attributes['error.type'])).toEqual([undefined]);
    expect(await told('outspan.client.retry.delay')).toEqual([[PROVIDER, 1]]);
  });

  it('count a failed call by class and origin, and under the same error.type as its span', async () => {
    const tracker = track();
    exchange(tracker, { status: 400, body: ['{"error":{"message":"no","type":"invalid_request_error","code":"context_length_exceeded"}}'] });
    expect(await told('outspan.client.operations')).toEqual([
      [{ ...PROVIDER, 'gen_ai.operation.name': 'chat', 'outspan.operation.outcome': 'failure', 'outspan.retried': false, 'outspan.error.class': 'context_length_exceeded', 'outspan.error.origin': 'request' }, 1],
    ]);
    expect((await told('gen_ai.client.inference.duration')).map(([attributes]) => attributes['error.type'])).toEqual(['context_length_exceeded']);
  });

  it('count a stream that ended cleanly without its end as a failure, and its tokens as used and wasted', async () => {
    const chunk = (choices: unknown, rest: object = {}): string => `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', model: 'gpt-5-2026', choices, ...rest })}\n\n`;
    exchange(track(), { request: { stream: true }, body: [chunk([{ index: 0, delta: { content: 'a' }, finish_reason: null }]), chunk([{ index: 0, delta: { content: 'b' }, finish_reason: null }], { usage })] });
    const [[attributes] = [{}]] = await told('outspan.client.operations');
    expect(attributes).toMatchObject({ 'outspan.operation.outcome': 'failure', 'outspan.error.class': 'truncated_response', 'outspan.response.truncation.kind': 'stream_unterminated' });
    expect((await told('gen_ai.client.inference.usage.output_tokens')).map(([, value]) => value)).toEqual([5]);
    expect(await told('outspan.client.tokens.wasted')).toEqual([
      [{ ...PROVIDER, 'outspan.token.type': 'input', 'outspan.waste.reason': 'operation_failed' }, 30],
      [{ ...PROVIDER, 'outspan.token.type': 'output', 'outspan.waste.reason': 'operation_failed' }, 5],
    ]);
    expect(await told('gen_ai.client.inference.time_to_first_chunk')).toEqual([[CALL, 1]]);
    expect(await told('gen_ai.client.inference.time_per_output_chunk')).toEqual([[CALL, 1]]);
  });

  it('count the tokens of an answer that was thrown away for a later one', async () => {
    const tracker = track();
    exchange(tracker, { body: [answer.replace('"finish_reason":"stop"', '"finish_reason":"stop","broken').slice(0, -1)] });
    exchange(tracker, { status: 500, body: [answer] });
    exchange(tracker);
    const wasted = (await told('outspan.client.tokens.wasted')).filter(([attributes]) => attributes['outspan.waste.reason'] === 'attempt_discarded');
    expect(wasted.map(([attributes, value]) => [attributes['outspan.token.type'], value])).toEqual([
      ['input', 30],
      ['output', 5],
    ]);
    expect((await told('gen_ai.client.inference.usage.output_tokens')).reduce((sum, [, value]) => sum + value, 0)).toBe(5);
  });

  it('count a cancelled call as neither', async () => {
    const attempt = begin(track());
    attempt.end({ by: 'caller' });
    expect((await told('outspan.client.operations')).map(([attributes]) => attributes['outspan.operation.outcome'])).toEqual(['cancelled']);
    expect((await told('gen_ai.client.inference.duration')).map(([attributes]) => [attributes['error.type'], attributes['outspan.operation.cancelled']])).toEqual([[undefined, true]]);
  });

  it('measure embeddings by their own metrics', async () => {
    exchange(track(), { to: embeddingsUrl, request: { input: 'hi' }, body: ['{"object":"list","model":"gpt-5-2026","data":[{"embedding":[1]}],"usage":{"prompt_tokens":7,"total_tokens":7}}'] });
    expect((await told('gen_ai.client.embeddings.duration')).map(([, count]) => count)).toEqual([1]);
    expect((await points('gen_ai.client.embeddings.operation.input_tokens')).map(({ value }) => isHistogram(value) && value.sum)).toEqual([7]);
    expect(await told('gen_ai.client.inference.duration')).toEqual([]);
    expect(await told('gen_ai.client.inference.usage.input_tokens')).toEqual([]);
  });

  it('tell how many calls are under way', async () => {
    const tracker = track();
    const attempt = begin(tracker);
    expect((await told('outspan.client.active_operations')).map(([, value]) => value)).toEqual([1]);
    attempt.end({ by: 'caller' });
    expect((await told('outspan.client.active_operations')).map(([, value]) => value)).toEqual([0]);
  });

  it('tell what the provider last said of its rate limits', async () => {
    const tracker = track();
    for (const remaining of ['40', '39']) exchange(tracker, { headers: [['x-ratelimit-limit-requests', '60'], ['x-ratelimit-remaining-requests', remaining], ['x-ratelimit-remaining-tokens', '1000']] });
    expect(await told('outspan.rate_limit.limit')).toEqual([[{ ...PROVIDER, 'outspan.rate_limit.subject': 'requests' }, 60]]);
    expect(await told('outspan.rate_limit.remaining')).toEqual([
      [{ ...PROVIDER, 'outspan.rate_limit.subject': 'requests' }, 39],
      [{ ...PROVIDER, 'outspan.rate_limit.subject': 'tokens' }, 1_000],
    ]);
  });

  it('tell only so many models apart', async () => {
    const tracker = track({ limits: { labelValues: 2 } });
    for (const model of ['a', 'b', 'c', 'd', 'a']) exchange(tracker, { request: { model } });
    expect((await told('outspan.client.operations')).map(([attributes, value]) => [attributes['gen_ai.request.model'], value])).toEqual([
      ['a', 2],
      ['b', 1],
      ['_OTHER', 2],
    ]);
  });

  it('hold no id, and nothing else that differs from call to call', async () => {
    const tracker = track();
    for (const id of ['1', '2', '3']) exchange(tracker, { headers: [['x-request-id', `req_${id}`]], body: [answer.replace('"c1"', `"c${id}"`)] });
    for (const { name } of [...Object.values(HISTOGRAMS), ...Object.values(COUNTERS)]) {
      const series = await points(name);
      const kinds = new Set(series.map(({ attributes }) => attributes['gen_ai.token.modality'] ?? attributes['gen_ai.token.type'] ?? ''));
      expect(series.length).toBe(kinds.size);
    }
  });

  it('go to the global meter provider, also to one that is registered after the first call', async () => {
    const tracker = track({}, undefined);
    const early = begin(tracker);
    metrics.setGlobalMeterProvider(provider);
    early.end({ by: 'caller' });
    exchange(tracker);
    expect((await told('outspan.client.operations')).map(([attributes]) => attributes['outspan.operation.outcome'])).toEqual(['cancelled', 'success']);
    expect((await told('outspan.client.active_operations')).map(([, value]) => value)).toEqual([0]);
  });

  it('of two trackers add up, as those of two packages do', async () => {
    exchange(track());
    exchange(track());
    expect((await told('outspan.client.operations')).map(([, value]) => value)).toEqual([2]);
  });
});
