import { context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** Registers an OpenTelemetry SDK as an application would, on a runtime that has async contexts or none. */
export function startTracing(url, ContextManager) {
  if (ContextManager !== undefined) context.setGlobalContextManager(new ContextManager().enable());
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
  trace.setGlobalTracerProvider(provider);
  return provider;
}
