// Starts Outspan in code, with a second destination for spans and metrics, a resource, and HTTP spans of OpenTelemetry's.
import { createRequire } from 'node:module';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { start } from '@outspan/node';

const { GENERATION, RESOURCE, SECOND = '' } = process.env;
const attributes = { 'deployment.environment.name': 'of the application' };
const exporter = new OTLPTraceExporter({ url: `${SECOND}/v1/traces` });
// A processor takes its exporter otherwise since SDK 3.
const { BatchSpanProcessor } = await import(GENERATION === '2' ? '@opentelemetry/sdk-trace-base' : '@opentelemetry/sdk-trace');

start({
  spanProcessors: [new BatchSpanProcessor(GENERATION === '2' ? exporter : { exporter })],
  metricReaders: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url: `${SECOND}/v1/metrics` }) })],
  resource: RESOURCE === 'a Resource' ? resourceFromAttributes(attributes) : attributes,
  instrumentations: [new HttpInstrumentation()],
});

// OpenTelemetry's instrumentation of HTTP patches what is required: examples/http-server says why.
createRequire(import.meta.url)('node:http');
