import { context, diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { HttpInstrumentation } from '@outspan/instrumentation-http';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';

const exporter = new InMemorySpanExporter();
const warnings = [];
const ignore = () => undefined;

// Of an application of its own, which has all of it in its bundle.
diag.setLogger({ error: (...args) => warnings.push(args.join(' ')), warn: (...args) => warnings.push(args.join(' ')), info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
const transports = [new UndiciInstrumentation(), new HttpInstrumentation()];

/** The operations that were recorded since this was asked last: `sdk 1 cancelled`. */
export function operations() {
  for (const transport of transports) transport.flush();
  const found = exporter.getFinishedSpans().filter(({ attributes }) => 'gen_ai.operation.name' in attributes);
  exporter.reset();
  return found.map(({ attributes }) =>
    [attributes['outspan.operation.boundary'], attributes['outspan.retry.count'], attributes['outspan.operation.cancelled'] ? 'cancelled' : attributes['outspan.error.class']].filter((word) => word !== undefined).map(String).join(' '),
  );
}

export function said() {
  return warnings;
}
