import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace';

type Values = Readonly<Record<string, string | undefined>>;

const BY_PROTOCOL: Readonly<Record<string, () => SpanExporter>> = {
  'http/protobuf': () => new ProtobufExporter(),
  'http/json': () => new JsonExporter(),
  grpc: () => new GrpcExporter(),
};

function otlpExporter(values: Values): SpanExporter {
  const protocol = values['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? values['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? '';
  return (BY_PROTOCOL[protocol] ?? (() => new ProtobufExporter()))();
}

function batched(exporter: SpanExporter, values: Values): SpanProcessor {
  const options = {
    maxQueueSize: values['OTEL_BSP_MAX_QUEUE_SIZE'],
    maxExportBatchSize: values['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'],
    scheduledDelayMillis: values['OTEL_BSP_SCHEDULE_DELAY'],
    exportTimeoutMillis: values['OTEL_BSP_EXPORT_TIMEOUT'],
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return new BatchSpanProcessor({ exporter, ...Object.fromEntries(given.map(([name, value]) => [name, Number(value)])) });
}

/**
 * The processors that the SDK makes of its variables when it is left to it. It takes either its own or given ones, so
 * that the tree beside an exporter needs them made here.
 *
 * @param values checked variables, which `process.env` must hold as well: the exporters read it
 */
export function exportingSpanProcessors(values: Values): SpanProcessor[] {
  const names = (values['OTEL_TRACES_EXPORTER'] ?? 'otlp').split(',');
  if (names.includes('none')) return [];
  return names.map((name) => (name === 'console' ? new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() }) : batched(otlpExporter(values), values)));
}
