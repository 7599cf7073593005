import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Span, Tracer } from '@opentelemetry/api';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan, Sampler } from '@opentelemetry/sdk-trace';
import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../config.ts';
import { watchSpanStarts } from '../telemetry/span-starts.ts';
import { stepOf } from './context.ts';
import { AI_SDK_TOOLS, ANTHROPIC_STEPS, NativeSteps } from './native-steps.ts';
import { StepTracker } from './step-tracker.ts';

let exporter: InMemorySpanExporter;
let tracer: Tracer;
let leave: () => void;

beforeEach(() => {
  exporter = new InMemorySpanExporter();
  tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('application');
  const settings = settle({}, {});
  leave = watchSpanStarts(tracer, 'tools', new NativeSteps(new StepTracker({ settings: () => settings, tracer: () => tracer, meterProvider: () => undefined }), AI_SDK_TOOLS));
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

describe('the spans that the Anthropic SDK makes of its tool runner', () => {
  let native: Tracer;
  let points: InMemoryMetricExporter;
  let meters: MeterProvider;
  const [AGENT, TOOL] = [{ 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.provider.name': 'anthropic' }, { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.provider.name': 'anthropic', 'gen_ai.tool.name': 'get_weather', 'gen_ai.tool.type': 'function' }];

  function observe(sampler = new AlwaysOnSampler() as Sampler): void {
    leave();
    points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 })] });
    native = new TracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('com.anthropic.sdk.typescript');
    leave = watchSpanStarts(native, 'steps', new NativeSteps(new StepTracker({ settings: () => settle({}, {}), tracer: () => native, meterProvider: () => meters }), ANTHROPIC_STEPS));
  }

  function runAgent(): void {
    const agent = native.startSpan('anthropic.messages.tool_runner', { attributes: AGENT }, ROOT_CONTEXT);
    const tool = native.startSpan('anthropic.custom_tool_use get_weather', { attributes: TOOL }, trace.setSpan(ROOT_CONTEXT, agent));
    tool.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', 'tool_error').end();
    agent.setStatus({ code: SpanStatusCode.OK }).end();
  }

  async function told(): Promise<Readonly<Record<string, unknown>>> {
    await meters.forceFlush();
    const metrics = points.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((each) => each.metrics));
    return Object.fromEntries(metrics.map(({ dataPoints, descriptor }) => [descriptor.name, dataPoints.map(({ attributes }) => attributes)]));
  }

  it.each([
    ['recorded', new AlwaysOnSampler()],
    ['sampled out', new AlwaysOffSampler()],
  ])('are counted by the metrics of the conventions: %s', async (_what, sampler) => {
    observe(sampler);
    runAgent();
    expect(await told()).toEqual({
      'gen_ai.execute_tool.duration': [{ 'gen_ai.tool.name': 'get_weather', 'gen_ai.tool.type': 'function', 'error.type': 'tool_error' }],
      'gen_ai.invoke_agent.duration': [{}],
      'gen_ai.invoke_agent.inference_calls': [{}],
      'gen_ai.invoke_agent.tool_calls': [{}],
    });
  });

  it('have the names of the conventions, and are never OK', () => {
    observe();
    runAgent();
    expect(exporter.getFinishedSpans().map(({ attributes, name, status }) => [name, status.code, attributes['gen_ai.provider.name']])).toEqual([
      ['execute_tool get_weather', SpanStatusCode.ERROR, undefined],
      ['invoke_agent', SpanStatusCode.UNSET, undefined],
    ]);
  });

  it('show the step that the work in them belongs to', () => {
    observe();
    const agent = native.startSpan('anthropic.messages.tool_runner', { attributes: AGENT }, ROOT_CONTEXT);
    const call = native.startSpan('anthropic.messages.create', { attributes: { 'gen_ai.operation.name': 'chat' } }, trace.setSpan(ROOT_CONTEXT, agent));
    const step = (): unknown => stepOf(trace.setSpan(ROOT_CONTEXT, call));
    expect(step()).toMatchObject({ subject: { kind: 'agent' }, span: agent });
    agent.end();
    expect(step()).toBeUndefined();
  });

  it('are what the SDK stopped where they end without a status', () => {
    observe();
    native.startSpan('anthropic.messages.tool_runner', { attributes: AGENT }, ROOT_CONTEXT).end();
    expect(exporter.getFinishedSpans().map(({ attributes }) => attributes['outspan.operation.cancelled'])).toEqual([true]);
  });

  it('are made of no other call of the SDK', () => {
    observe();
    native.startSpan('anthropic.models.list', {}, ROOT_CONTEXT).setStatus({ code: SpanStatusCode.OK }).end();
    expect(exporter.getFinishedSpans().map(({ name, status }) => [name, status.code])).toEqual([['anthropic.models.list', SpanStatusCode.OK]]);
  });
});

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
