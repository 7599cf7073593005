import { logs, ROOT_CONTEXT } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { SamplingDecision, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Sampler } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../config.ts';
import type { OutspanConfig } from '../config.ts';
import { CallTracker } from '../operation/tracker.ts';

const DETAILS = 'gen_ai.client.inference.operation.details';
const EXCEPTION = 'gen_ai.client.operation.exception';
const CHAT = { path: '/v1/chat/completions', answer: { id: 'c', object: 'chat.completion', model: 'm-1', choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }], usage: { prompt_tokens: 3, completion_tokens: 5 } } };
const EMBEDDINGS = { path: '/v1/embeddings', answer: { object: 'list', model: 'm-1', data: [], usage: { prompt_tokens: 7, total_tokens: 7 } } };
const REFUSED = { error: { message: 'no', type: 'invalid_request_error', code: 'context_length_exceeded' } };

let exporter: InMemoryLogRecordExporter;

beforeEach(() => {
  exporter = new InMemoryLogRecordExporter();
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] }));
});
afterEach(() => {
  logs.disable();
});

function samplerThat(decision: SamplingDecision): Sampler {
  return { shouldSample: () => ({ decision }), toString: () => 'fixed' };
}

function call(decision: SamplingDecision, config: OutspanConfig, { path, answer }: typeof CHAT | typeof EMBEDDINGS, failure?: object): void {
  const tracer = new TracerProvider({ sampler: samplerThat(decision) }).getTracer('test');
  const settings = settle(config, {});
  const text = new TextEncoder();
  const attempt = new CallTracker({ settings: () => settings, tracer: () => tracer, meterProvider: () => undefined }).begin({ method: 'POST', url: new URL(path, 'http://127.0.0.1:9'), context: ROOT_CONTEXT });
  attempt?.requestChunk(text.encode(JSON.stringify({ model: 'm', input: 'hi', messages: [{ role: 'user', content: 'hi' }] })));
  attempt?.requestSent();
  attempt?.responseHead(failure === undefined ? 200 : 400, [['content-type', 'application/json']]);
  attempt?.responseChunk(text.encode(JSON.stringify(failure ?? answer)));
  attempt?.end({ by: 'completion' });
}

function events(): string[] {
  return exporter.getFinishedLogRecords().map(({ eventName }) => eventName ?? '');
}

describe.each([
  ['sampled', SamplingDecision.RECORD_AND_SAMPLED],
  ['recorded and not sampled', SamplingDecision.RECORD],
  ['not recorded', SamplingDecision.NOT_RECORD],
] as const)('the events of a call whose span is %s', (_what, decision) => {
  it('tell its details with its content, where content goes to events', () => {
    call(decision, { captureContent: 'event' }, CHAT);
    const [details, ...more] = exporter.getFinishedLogRecords();
    expect(more).toEqual([]);
    expect(details?.eventName).toBe(DETAILS);
    expect(details?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm', 'gen_ai.response.model': 'm-1', 'gen_ai.usage.output_tokens': 5,
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'hi' }] }],
      'gen_ai.output.messages': [{ role: 'assistant', parts: [{ type: 'text', content: 'hello' }], finish_reason: 'stop' }],
    });
  });

  it('tell no details where content is captured nowhere, or on spans', () => {
    call(decision, {}, CHAT);
    call(decision, { captureContent: 'span' }, CHAT);
    expect(events()).toEqual([]);
  });

  it('tell the details of inference only', () => {
    call(decision, { captureContent: 'span_and_event' }, EMBEDDINGS);
    expect(events()).toEqual([]);
  });

  it('tell its failure, once, of any operation', () => {
    call(decision, {}, CHAT, REFUSED);
    call(decision, {}, EMBEDDINGS, REFUSED);
    expect(exporter.getFinishedLogRecords().map(({ eventName, attributes }) => [eventName, attributes['exception.type']])).toEqual([
      [EXCEPTION, 'context_length_exceeded'],
      [EXCEPTION, 'context_length_exceeded'],
    ]);
  });

  it('are in its trace', () => {
    call(decision, { captureContent: 'event' }, CHAT);
    expect(exporter.getFinishedLogRecords()[0]?.spanContext?.traceFlags).toBe(decision === SamplingDecision.RECORD_AND_SAMPLED ? 1 : 0);
  });
});
