// Starts Outspan in code, with a second destination for spans and metrics, a resource, and HTTP spans of OpenTelemetry's.
const { OTLPMetricExporter } = require('@opentelemetry/exporter-metrics-otlp-http');
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const { PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics');
const { start } = require('@outspan/node');

const { GENERATION, RESOURCE, SECOND = '' } = process.env;
const attributes = { 'deployment.environment.name': 'of the application' };
const exporter = new OTLPTraceExporter({ url: `${SECOND}/v1/traces` });
// A processor takes its exporter otherwise since SDK 3.
const { BatchSpanProcessor } = require(GENERATION === '2' ? '@opentelemetry/sdk-trace-base' : '@opentelemetry/sdk-trace');

start({
  spanProcessors: [new BatchSpanProcessor(GENERATION === '2' ? exporter : { exporter })],
  metricReaders: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url: `${SECOND}/v1/metrics` }) })],
  resource: RESOURCE === 'a Resource' ? resourceFromAttributes(attributes) : attributes,
  instrumentations: [new HttpInstrumentation()],
});
