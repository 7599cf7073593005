import type { Attributes, MeterProvider, TracerProvider } from '@opentelemetry/api';
import { diag, guard, meterProvider, trace } from '@outspan/core';
import type { OutspanInstrumentation } from '@outspan/core';
import { begins, guarded, instrument, instrumentations } from './begin.ts';
import { flushAtEnd, flushTimeout } from './ending/flush-at-end.ts';
import { checkEnvironment } from './environment/check.ts';
import type { CheckedEnvironment } from './environment/check.ts';
import { keepExports, retryLimits } from './export-retry/keep-exports.ts';
import { exportDestination } from './export-destination.ts';
import { telemetryOf } from './ending/telemetry.ts';
import { prepareLastExport } from './last-export/last-export.ts';
import { processState } from './process-state.ts';
import type { GivenResource } from './sdk/resource.ts';
import { isSelfObserved, keepSelfObservationAside } from './sdk/self-observation.ts';
import { startSdk } from './sdk/start-sdk.ts';
import { sayStart } from './start-line.ts';

/** A span processor of the OpenTelemetry SDK 2 or 3. */
export interface SpanProcessor {
  onStart(span: object, parentContext: object): void;
  onEnd(span: object): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** A metric reader of the OpenTelemetry SDK 2 or 3. */
export interface MetricReader {
  collect(): Promise<object>;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** An instrumentation as `registerInstrumentations` takes it, of any vendor. */
export interface ForeignInstrumentation {
  readonly instrumentationName: string;
  enable(): void;
  getConfig(): { enabled?: boolean };
  setMeterProvider(provider: MeterProvider): void;
  setTracerProvider(provider: TracerProvider): void;
}

/** What {@link start} adds to what the `OTEL_*` variables ask for. */
export interface StartOptions {
  /** Further processors of the same spans: a second destination. With `OTEL_TRACES_EXPORTER=none` they are the only ones. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** Further readers of the same metrics. */
  readonly metricReaders?: readonly MetricReader[];
  /** A resource, or its attributes. They win over those that are detected and those of the variables. */
  readonly resource?: Attributes | GivenResource;
  /** Instrumentations of others, which record to the same SDK: those of an HTTP server, say. */
  readonly instrumentations?: readonly ForeignInstrumentation[];
}

/** `@outspan/node/register`: starts the OpenTelemetry SDK from the standard variables with every instrumentation on. */
export function register(): void {
  begin({});
}

/**
 * Does what `@outspan/node/register` does, by code and with additions. Call it before SDKs of providers are imported, best in a
 * file of its own that `--import` names. Never throws. A second call, or one beside `register`, does nothing and says so.
 *
 * @param options what is added to what the variables ask for
 */
export function start(options: StartOptions = {}): void {
  if (processState().started === 'register') diag.warn('start() has no effect: the SDK was started before, by @outspan/node/register or another start()');
  else begin(options);
}

function begin(options: StartOptions): void {
  if (!begins('register')) return;
  guarded(() => {
    const environment = checkEnvironment(process.env);
    if (trace.getTracerProvider() !== undefined) {
      diag.warn('a tracer provider is already registered, so no SDK is started: calls are recorded to the one that is there, as by @outspan/node/instrument');
      instrument();
      return;
    }
    for (const complaint of environment.complaints) diag.warn(complaint);
    // First, since its modules load faster as long as none is hooked.
    const sdk = startSdk(environment, { spanProcessors: options.spanProcessors ?? [], metricReaders: options.metricReaders ?? [], resource: options.resource ?? {} });
    const live = instrumentations();
    for (const one of options.instrumentations ?? []) guard(`enabling ${one.instrumentationName}`, () => adopt(one));
    deliver(environment, live, () => sdk.shutdown());
    processState().told = true;
    sayStart(live, exportDestination);
  });
}

/** As `registerInstrumentations` does. */
function adopt(instrumentation: ForeignInstrumentation): void {
  const [tracerProvider, metrics] = [trace.getTracerProvider(), meterProvider()];
  if (tracerProvider !== undefined) instrumentation.setTracerProvider(tracerProvider);
  if (metrics !== undefined) instrumentation.setMeterProvider(metrics);
  if (instrumentation.getConfig().enabled !== true) instrumentation.enable();
}

/** Sees that what is recorded arrives: also where the backend is away, and when the process ends. */
function deliver(environment: CheckedEnvironment, live: readonly OutspanInstrumentation[], shutdown: () => Promise<void>): void {
  guard('setting the SDK’s own metrics aside', keepSelfObservationAside);
  const kept = guard('keeping what could not be exported', () => keepExports(retryLimits(environment.values), isSelfObserved(process.env))) ?? [];
  const lastExport = guard('following the exporters', () => prepareLastExport(kept));
  const telemetry = telemetryOf(live, kept, shutdown, lastExport);
  processState().telemetry = telemetry;
  flushAtEnd(telemetry, flushTimeout(environment.values));
}
