/**
 * The application under test, a process of its own for each mode: it makes every call, and sends what was emitted to its
 * parent. Its argument is the mode.
 */
import { context, logs, metrics, trace } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import type { OutspanConfig } from '@outspan/core';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { startFaultProvider } from '@outspan/fault-provider';
import { OpenAIInstrumentation } from '@outspan/instrumentation-openai';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import { CALLS } from '../calls.ts';
import type { Call } from '../calls.ts';
import type { Mode } from '../modes.ts';
import { MODES } from '../modes.ts';
import type { Attributes, Emitted, EmittedEvent, EmittedMetric, EmittedSpan, TracedCall, Value } from '../telemetry.ts';
import { loadSdks, MAKE } from './make-call.ts';
import { STEPS, stepStarter } from './take-steps.ts';

const KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUSES = ['unset', 'ok', 'error'] as const;
/** The span around each call, as an application has one; it is not Outspan's. */
const AROUND = 'application';
/** As many as are made at once. */
const AT_ONCE = 12;
/** Faults whose silence only a deadline ends. */
const SILENT = /hang|stall/;
/** Milliseconds until it does. */
const SHORT_MS = 1_200;
/** Milliseconds that no other call takes, however busy the machine. */
const FAR_MS = 20_000;

async function main(mode: Mode): Promise<Emitted> {
  const spans = new InMemorySpanExporter();
  const records = new InMemoryLogRecordExporter();
  const tracers = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
  trace.setGlobalTracerProvider(tracers);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: records })] }));

  const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 })] });
  metrics.setGlobalMeterProvider(meters);

  const { hooked, capture, latestNames } = MODES[mode];
  const config: OutspanConfig = { captureContent: capture, latestNames, limits: { retryWindow: 2_000 } };
  const instrumentations = [new UndiciInstrumentation(config), ...(hooked ? [new OpenAIInstrumentation(config)] : [])];
  for (const instrumentation of instrumentations) instrumentation.setTracerProvider(tracers);

  const provider = await startFaultProvider();
  const sdks = loadSdks();
  const around = new Map<Call, Span>();
  const queue = [...CALLS];
  const worker = async (): Promise<void> => {
    for (let call = queue.shift(); call !== undefined; call = queue.shift()) {
      const { kind, script, retries, succeeds, name } = call;
      const span = trace.getTracer(AROUND).startSpan(name);
      around.set(call, span);
      const { baseUrl } = provider.session(script, { tokenDelayMs: 2, retryAfterSeconds: 0 });
      await context.with(trace.setSpan(context.active(), span), async () => {
        try {
          await MAKE[kind](sdks, { baseUrl, retries, timeoutMs: SILENT.test(script) ? SHORT_MS : FAR_MS });
        } catch (error) {
          if (succeeds) throw new Error(`${name} failed`, { cause: error });
        }
      });
      span.end();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const aroundSteps = new Map<string, Span>();
  for (const [name, take] of Object.entries(STEPS)) {
    const span = trace.getTracer(AROUND).startSpan(name);
    aroundSteps.set(name, span);
    const { baseUrl } = provider.session('ok');
    await context.with(trace.setSpan(context.active(), span), () => take(stepStarter(config), () => MAKE.chat(sdks, { baseUrl, retries: 0, timeoutMs: FAR_MS })));
    span.end();
  }
  await provider.close();
  await tracers.forceFlush();
  // What was let go of in the middle ends with its socket.
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const instrumentation of instrumentations) instrumentation.disable();

  const emittedSpans = spans.getFinishedSpans().filter((span) => span.instrumentationScope.name !== AROUND).map(toSpan);
  const emittedEvents = records.getFinishedLogRecords().map(toEvent);
  await meters.forceFlush();
  const emittedMetrics = points.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics.map((metric) => toMetric(scope.scope.name, metric))));
  const gather = (name: string, span: Span): TracedCall => {
    const { traceId } = span.spanContext();
    return { name, spans: emittedSpans.filter((one) => one.traceId === traceId), events: emittedEvents.filter((one) => one.traceId === traceId) };
  };
  return { calls: [...around].map(([call, span]) => gather(call.name, span)), steps: [...aroundSteps].map(([name, span]) => gather(name, span)), metrics: emittedMetrics };
}

function toMetric(scope: string, { descriptor, dataPoints, ...data }: MetricData): EmittedMetric {
  const [first] = dataPoints;
  const value: unknown = first?.value;
  const histogram = typeof value === 'object' && value !== null && 'buckets' in value ? value.buckets : undefined;
  const bounds = typeof histogram === 'object' && histogram !== null && 'boundaries' in histogram ? histogram.boundaries : undefined;
  return {
    scope,
    name: descriptor.name,
    unit: descriptor.unit,
    instrument: 'isMonotonic' in data ? (data.isMonotonic ? 'counter' : 'updowncounter') : bounds === undefined ? 'gauge' : 'histogram',
    ...(Array.isArray(bounds) && { bounds }),
    points: dataPoints.map(({ attributes }) => plain(attributes)),
    values: dataPoints.map((point) => (typeof point.value === 'number' ? point.value : point.value.count)),
  };
}

function toSpan(span: ReadableSpan): EmittedSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    scope: span.instrumentationScope.name,
    name: span.name,
    kind: KINDS[span.kind] ?? 'internal',
    traceId,
    spanId,
    ...(span.parentSpanContext && { parentSpanId: span.parentSpanContext.spanId }),
    status: STATUSES[span.status.code] ?? 'unset',
    attributes: plain(span.attributes),
    events: span.events.map(({ name }) => name),
  };
}

function toEvent(record: ReadableLogRecord): EmittedEvent {
  return {
    scope: record.instrumentationScope.name,
    name: record.eventName ?? '',
    severity: record.severityNumber ?? 0,
    ...(record.spanContext && { traceId: record.spanContext.traceId, spanId: record.spanContext.spanId }),
    attributes: plain(record.attributes),
  };
}

/** As it would be sent: what JSON cannot say, telemetry does not hold. */
function plain(value: unknown): Attributes {
  const copy: Value = JSON.parse(JSON.stringify(value));
  return typeof copy === 'object' && copy !== null && !Array.isArray(copy) ? (copy as Attributes) : {};
}

function isMode(mode: string | undefined): mode is Mode {
  return mode !== undefined && Object.hasOwn(MODES, mode);
}

const mode = process.argv[2];
if (!isMode(mode)) throw new RangeError(`no mode is called ${mode}`);
const emitted = await main(mode);
process.send?.(emitted, undefined, undefined, () => process.exit(0));
