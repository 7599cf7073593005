import { ROOT_CONTEXT, SpanStatusCode } from '@opentelemetry/api';
import type { Span, Tracer } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../config.ts';
import { watchSpanStarts } from '../telemetry/span-starts.ts';
import { NativeTools } from './native-tools.ts';
import { StepTracker } from './step-tracker.ts';

let exporter: InMemorySpanExporter;
let tracer: Tracer;
let leave: () => void;

beforeEach(() => {
  exporter = new InMemorySpanExporter();
  tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('application');
  const settings = settle({}, {});
  leave = watchSpanStarts(tracer, 'tools', new NativeTools(new StepTracker({ settings: () => settings, tracer: () => tracer, meterProvider: () => undefined })));
  return () => leave();
});

function start(name = 'ai.toolCall'): Span {
  return tracer.startSpan(name, { attributes: { 'ai.toolCall.name': 'get_weather', 'ai.toolCall.id': 'call_1' } }, ROOT_CONTEXT);
}

/** Ends it as the AI SDK does with a tool that threw. */
function fail(span: Span, error: Error): ReadableSpan | undefined {
  span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  span.end();
  return exporter.getFinishedSpans()[0];
}

describe('the span that the AI SDK 5 and 6 make of a tool', () => {
  it('says by the conventions which tool it is, beside what it says itself, and ends when its SDK ends it', () => {
    const span = start();
    expect(exporter.getFinishedSpans()).toEqual([]);
    span.end();
    expect(exporter.getFinishedSpans().map(({ name, attributes }) => ({ name, ...attributes }))).toEqual([
      { name: 'ai.toolCall', 'ai.toolCall.name': 'get_weather', 'ai.toolCall.id': 'call_1', 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'get_weather', 'gen_ai.tool.type': 'function', 'gen_ai.tool.call.id': 'call_1' },
    ]);
  });

  it('has failed of what the tool threw, in the words of its SDK', () => {
    const span = fail(start(), new RangeError('no such city'));
    expect([span?.attributes['error.type'], span?.attributes['outspan.error.class'], span?.status.message]).toEqual(['RangeError', 'unknown', 'no such city']);
  });

  it('is cancelled where the tool was aborted', () => {
    const span = fail(start(), Object.assign(new Error('stopped'), { name: 'AbortError' }));
    expect([span?.attributes['outspan.operation.cancelled'], span?.attributes['error.type'], span?.status.code]).toEqual([true, undefined, SpanStatusCode.UNSET]);
  });

  it('is left alone by who watches no longer, and so are others', () => {
    start('ai.generateText').end();
    leave();
    start().end();
    expect(exporter.getFinishedSpans().map(({ attributes }) => 'gen_ai.operation.name' in attributes)).toEqual([false, false]);
  });
});
