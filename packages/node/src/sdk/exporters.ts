import { diag } from '@outspan/core';
import type { FoundSdk } from './find.ts';
import { make, makeProcessor, packageOf, tracePackage } from './modules.ts';

/** Checked variables, by name. */
export type Values = Readonly<Record<string, string | undefined>>;

/** The end of the package's name for each protocol. Each is loaded when it is chosen: that of gRPC is large. */
const PROTOCOLS: Readonly<Record<string, string>> = { 'http/protobuf': 'proto', 'http/json': 'http', grpc: 'grpc' };

function otlp(sdk: FoundSdk, signal: 'trace' | 'metrics' | 'logs', exported: string, values: Values): object {
  const variable = { trace: 'TRACES', metrics: 'METRICS', logs: 'LOGS' }[signal];
  const protocol = values[`OTEL_EXPORTER_OTLP_${variable}_PROTOCOL`] ?? values['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? '';
  return make(sdk, `@opentelemetry/exporter-${signal}-otlp-${PROTOCOLS[protocol] ?? 'proto'}`, exported);
}

/** The exporters that a variable names; `otlp` where it names none, and nothing where it says `none`. */
function named(values: Values, variable: string): readonly string[] {
  const names = (values[variable] ?? 'otlp').split(',');
  return names.includes('none') ? [] : names;
}

/** Numbers of a batching processor, those that are set. */
function batching(values: Values, prefix: 'OTEL_BSP' | 'OTEL_BLRP'): Readonly<Record<string, number>> {
  const options = { maxQueueSize: 'MAX_QUEUE_SIZE', maxExportBatchSize: 'MAX_EXPORT_BATCH_SIZE', scheduledDelayMillis: 'SCHEDULE_DELAY', exportTimeoutMillis: 'EXPORT_TIMEOUT' };
  const given = Object.entries(options).map(([option, variable]) => [option, values[`${prefix}_${variable}`]] as const);
  return Object.fromEntries(given.flatMap(([option, value]) => (value === undefined ? [] : [[option, Number(value)]])));
}

/**
 * The span processors that the variables ask for. `process.env` must hold the same values: the exporters read it.
 *
 * @param selfObserver counts what the processors do
 */
export function spanProcessors(sdk: FoundSdk, values: Values, selfObserver: object | undefined): object[] {
  const from = tracePackage(sdk);
  return named(values, 'OTEL_TRACES_EXPORTER').map((name) =>
    name === 'console'
      ? makeProcessor(sdk, from, 'SimpleSpanProcessor', make(sdk, from, 'ConsoleSpanExporter'), { selfObsMeterProvider: selfObserver })
      : makeProcessor(sdk, from, 'BatchSpanProcessor', otlp(sdk, 'trace', 'OTLPTraceExporter', values), { ...batching(values, 'OTEL_BSP'), selfObsMeterProvider: selfObserver }),
  );
}

/** The log record processors that the variables ask for, as for spans. */
export function logRecordProcessors(sdk: FoundSdk, values: Values, selfObserver: object | undefined): object[] {
  const from = '@opentelemetry/sdk-logs';
  return named(values, 'OTEL_LOGS_EXPORTER').map((name) =>
    name === 'console'
      ? makeProcessor(sdk, from, 'SimpleLogRecordProcessor', make(sdk, from, 'ConsoleLogRecordExporter'), { selfObsMeterProvider: selfObserver })
      : makeProcessor(sdk, from, 'BatchLogRecordProcessor', otlp(sdk, 'logs', 'OTLPLogExporter', values), { ...batching(values, 'OTEL_BLRP'), selfObsMeterProvider: selfObserver }),
  );
}

/** Milliseconds, the specification's defaults. */
const EXPORT_INTERVAL = 60_000;
const EXPORT_TIMEOUT = 30_000;

function periodic(sdk: FoundSdk, exporter: object, values: Values): object {
  const exportIntervalMillis = Number(values['OTEL_METRIC_EXPORT_INTERVAL'] ?? EXPORT_INTERVAL);
  const asked = Number(values['OTEL_METRIC_EXPORT_TIMEOUT'] ?? EXPORT_TIMEOUT);
  if (asked > exportIntervalMillis && values['OTEL_METRIC_EXPORT_TIMEOUT'] !== undefined && values['OTEL_METRIC_EXPORT_INTERVAL'] !== undefined) {
    diag.warn(`OTEL_METRIC_EXPORT_TIMEOUT (${asked}) is longer than OTEL_METRIC_EXPORT_INTERVAL (${exportIntervalMillis}), which is used for both`);
  }
  return make(sdk, '@opentelemetry/sdk-metrics', 'PeriodicExportingMetricReader', { exporter, exportIntervalMillis, exportTimeoutMillis: Math.min(asked, exportIntervalMillis) });
}

function prometheus(sdk: FoundSdk): object {
  const { getNumberFromEnv, getStringFromEnv } = packageOf(sdk, '@opentelemetry/core');
  return make(sdk, '@opentelemetry/exporter-prometheus', 'PrometheusExporter', { host: getStringFromEnv('OTEL_EXPORTER_PROMETHEUS_HOST'), port: getNumberFromEnv('OTEL_EXPORTER_PROMETHEUS_PORT') });
}

const READERS: Readonly<Record<string, (sdk: FoundSdk, values: Values) => object>> = {
  otlp: (sdk, values) => periodic(sdk, otlp(sdk, 'metrics', 'OTLPMetricExporter', values), values),
  console: (sdk) => make(sdk, '@opentelemetry/sdk-metrics', 'PeriodicExportingMetricReader', { exporter: make(sdk, '@opentelemetry/sdk-metrics', 'ConsoleMetricExporter') }),
  prometheus,
};

/** The metric readers that the variables ask for. */
export function metricReaders(sdk: FoundSdk, values: Values): object[] {
  return named(values, 'OTEL_METRICS_EXPORTER').flatMap((name) => READERS[name]?.(sdk, values) ?? []);
}
