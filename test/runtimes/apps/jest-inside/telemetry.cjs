// An application under test that starts its telemetry itself, in the module registry of its test file.
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
const { context, trace } = require('@opentelemetry/api');
const { registerInstrumentations } = require('@opentelemetry/instrumentation');
const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = require('@opentelemetry/sdk-trace');
const { outspanInstrumentations } = require('@outspan/node');

exports.spansOf = async (work) => {
  const exporter = new InMemorySpanExporter();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  registerInstrumentations({ instrumentations: outspanInstrumentations() });
  await work();
  return exporter.getFinishedSpans().map((span) => span.name).sort();
};
