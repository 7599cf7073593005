/** What docs/privacy.md and docs/boundaries.md promise, held to on the wire. */
import { propagation, trace } from '@opentelemetry/api';
import type { TextMapPropagator } from '@opentelemetry/api';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, traceInMemory } from './emitted.ts';

/** Sends the trace id alone, which is enough to be seen. */
const PROPAGATOR: TextMapPropagator = {
  inject: (context, carrier, setter) => setter.set(carrier, 'traceparent', trace.getSpanContext(context)?.traceId ?? ''),
  extract: (context) => context,
  fields: () => ['traceparent'],
};
const PUBLIC = [{ name: 'somebody', hosts: ['127.0.0.1'], public: true }];

let provider: FaultProvider;
beforeAll(async () => {
  provider = await startFaultProvider({ retryAfterSeconds: 0 });
});
afterAll(() => provider.close());

/** Runs `application` under tracing. */
async function traced(config: Parameters<typeof traceInMemory>[0], application: (baseUrl: string) => Promise<unknown>, script = 'ok') {
  const tracing = traceInMemory(config);
  propagation.setGlobalPropagator(PROPAGATOR);
  try {
    const session = provider.session(script);
    await application(session.baseUrl).catch(() => undefined);
    const spans = await tracing.finish();
    return { requests: session.requests, spans, operations: spans.filter(({ attributes }) => 'gen_ai.operation.name' in attributes) };
  } finally {
    tracing.stop();
  }
}

const chat = (baseUrl: string) => call(baseUrl, 'openai.chat', 'unary');

describe('docs/privacy.md', () => {
  it('is right that trace context goes to hosts of one’s own, and to a public provider only by `propagateTo`', async () => {
    const sent = async (config: Parameters<typeof traceInMemory>[0]) => 'traceparent' in ((await traced(config, chat)).requests[0]?.headers ?? {});
    expect(await sent({})).toBe(true);
    expect(await sent({ providers: PUBLIC })).toBe(false);
    expect(await sent({ providers: PUBLIC, propagateTo: ['127.0.0.1'] })).toBe(true);
    expect(await sent({ providers: PUBLIC, propagateTo: true })).toBe(true);
  });

  it('is right that Anthropic’s SDK sends trace context by a rule of its own, and what turns it off', async () => {
    const sent = async (openTelemetry: { propagation: boolean } | undefined) => {
      const application = (baseURL: string) =>
        new Anthropic({ apiKey: 'sk-ant-test', baseURL, ...(openTelemetry && { openTelemetry }) }).messages.create({ model: 'claude-sonnet-5', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] });
      return 'traceparent' in ((await traced({ providers: PUBLIC }, application)).requests[0]?.headers ?? {});
    };
    expect(await sent(undefined)).toBe(true);
    expect(await sent({ propagation: false })).toBe(false);
  });

  it('is right that no content and no key leaves by default, also where the provider echoes the key', async () => {
    for (const script of ['ok', 'unauthenticated', 'stream_cut_between_events']) {
      const { spans } = await traced({}, (baseUrl) => call(baseUrl, 'openai.chat', 'stream', { authorization: 'Bearer sk-live-0123456789abcdef', 'x-goog-api-key': 'AIza-secret' }), script);
      expect(spans.length).toBeGreaterThan(1);
      const text = JSON.stringify(spans.map(({ attributes, status, events, name }) => ({ attributes, status, events, name })));
      expect(text).not.toMatch(/sk-live|AIza|weather|Be brief|Paris|get_weather/);
    }
  });

  it('is right about the query of a URL', async () => {
    const { spans } = await traced({}, (baseUrl) =>
      fetch(`${baseUrl}/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse&key=AIzaSecret#part`, { method: 'POST', body: '{"contents":[]}', headers: { 'content-type': 'application/json' } }).then((response) => response.text()),
    );
    expect(spans.map(({ attributes }) => attributes['url.full']).find((url) => url !== undefined)).toMatch(/\?alt=sse&key=REDACTED$/);
  });

  it('is right that keys in captured content are masked before the hook sees them, and that a hook that throws drops the attribute', async () => {
    const seen: string[] = [];
    const ask = (baseURL: string) => new OpenAI({ apiKey: 'sk-test', baseURL: `${baseURL}/v1` }).chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content: 'my key is sk-proj-0123456789abcdefghij' }] });
    const { operations } = await traced({ captureContent: 'span', redact: ({ attribute, value }) => (seen.push(JSON.stringify(value)), attribute === 'gen_ai.output.messages' ? JSON.parse('{') : value) }, ask);
    expect(seen.join()).toContain('my key is REDACTED');
    expect(Object.keys(operations[0]?.attributes ?? {})).toContain('gen_ai.input.messages');
    expect(Object.keys(operations[0]?.attributes ?? {})).not.toContain('gen_ai.output.messages');
  });
});

describe('docs/boundaries.md', () => {
  let question: { model: string; messages: { role: 'user'; content: string }[] };
  beforeEach(() => {
    question = { model: 'gpt-5', messages: [{ role: 'user', content: 'Hi' }] };
  });

  it('is right that Anthropic’s calls are `native`, and `inferred` with its telemetry off, one operation span either way', async () => {
    const boundaries = async (openTelemetry?: false) => {
      const { operations } = await traced({}, (baseURL) =>
        new Anthropic({ apiKey: 'sk-ant-test', baseURL, ...(openTelemetry === false && { openTelemetry }) }).messages.create({ ...question, max_tokens: 9 }),
      );
      return operations.map(({ attributes }) => attributes['outspan.operation.boundary']);
    };
    expect(await boundaries()).toEqual(['native']);
    expect(await boundaries(false)).toEqual(['inferred']);
  });

  it('is right that an inferred call waits for a retry, also of a client that does not count, and joins it', async () => {
    const { operations, requests } = await traced({}, (baseUrl) => trace.getTracer('app').startActiveSpan('turn', (span) => chat(baseUrl).then(() => chat(baseUrl)).finally(() => span.end())), 'unavailable,ok');
    expect(requests).toHaveLength(2);
    expect(operations.map(({ attributes, status }) => [attributes['outspan.retry.count'], status.code])).toEqual([[1, 0]]);
  });

  it('is right that the same requests at the same time are different operations', async () => {
    const { operations } = await traced({}, (baseUrl) => Promise.all([chat(baseUrl), chat(baseUrl)]), 'unavailable*2,ok');
    expect(operations.map(({ attributes }) => attributes['outspan.retry.count'])).toEqual([0, 0]);
  });

  it('is right that an operation which waits is ended as of the end of its last attempt, and by a flush at once', async () => {
    const { operations, spans } = await traced({}, chat, 'unavailable');
    const attempt = spans.find(({ parentSpanContext }) => parentSpanContext?.spanId === operations[0]?.spanContext().spanId);
    expect(operations[0]?.endTime).toEqual(attempt?.endTime);
  });

  it('is right that Gemini’s deadline is told by its header, and a caller’s abort is a cancellation', async () => {
    const gemini = (signal?: AbortSignal, timeout?: number) => (baseUrl: string) =>
      new GoogleGenAI({ apiKey: 'gm-test', httpOptions: { baseUrl, ...(timeout !== undefined && { timeout }) } }).models.generateContent({ model: 'gemini-3-pro', contents: 'Hi', ...(signal && { config: { abortSignal: signal } }) });
    const timedOut = await traced({}, gemini(undefined, 1_000), 'hang_before_head');
    expect(timedOut.operations.map(({ attributes }) => attributes['outspan.error.class'])).toEqual(['timeout']);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const aborted = await traced({}, gemini(controller.signal), 'hang_before_head');
    expect(aborted.operations.map(({ attributes }) => attributes['outspan.operation.cancelled'])).toEqual([true]);
  });

  it('is right that a timeout is told by the retry that follows it, also on the last attempt', async () => {
    const { operations, requests } = await traced({}, (baseURL) => new OpenAI({ apiKey: 'sk-test', baseURL: `${baseURL}/v1`, timeout: 150, maxRetries: 1 }).chat.completions.create(question), 'hang_before_head');
    expect(requests).toHaveLength(2);
    expect(operations.map(({ attributes }) => [attributes['outspan.error.class'], attributes['outspan.retry.count']])).toEqual([['timeout', 1]]);
  });
});
