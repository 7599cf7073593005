import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

export const exporter: InMemorySpanExporter = new InMemorySpanExporter();
export const provider: TracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });

/** Registers an SDK as an application would. */
export function startTracing(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
}

/** What was recorded of one piece of work: its operations, each with its attempts. */
export interface Recorded {
  readonly operation: ReadableSpan;
  readonly attempts: readonly ReadableSpan[];
}

/** Runs `work` under a span of its own, and collects the operations beneath it. */
export async function record(work: () => Promise<unknown>): Promise<Recorded[]> {
  exporter.reset();
  const tracer = trace.getTracer('test');
  await tracer.startActiveSpan('work', async (span) => {
    try {
      await work();
    } finally {
      span.end();
    }
  });
  return collect();
}

/** The operations recorded since the last reset. */
export async function collect(): Promise<Recorded[]> {
  // The end of a body can be published a turn after the application has read it.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await provider.forceFlush();
  const spans = exporter.getFinishedSpans();
  return spans
    .filter((span) => 'gen_ai.operation.name' in span.attributes)
    .map((operation) => ({
      operation,
      attempts: spans.filter((span) => span.parentSpanContext?.spanId === operation.spanContext().spanId && span.spanContext().traceId === operation.spanContext().traceId),
    }));
}
