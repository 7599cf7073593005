import { context, trace } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

const exporter = new InMemorySpanExporter();

/** Traces into memory from here on. */
export function startTracing(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
}

/** What one call left. */
export interface Traced {
  readonly operations: readonly ReadableSpan[];
  readonly attempts: readonly ReadableSpan[];
  /** Of the only operation. */
  readonly operation: Attributes;
}

/** Runs a call, whatever comes of it, and gives its spans. */
export async function traced(call: () => Promise<unknown>): Promise<Traced & { readonly error: unknown }> {
  exporter.reset();
  const error = await call().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  // What an abort ends, ends a turn later.
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  const spans = exporter.getFinishedSpans();
  const operations = spans.filter((span) => 'gen_ai.operation.name' in span.attributes);
  const attempts = spans.filter((span) => 'outspan.attempt.number' in span.attributes);
  return { error, operations, attempts, operation: operations[0]?.attributes ?? {} };
}
