import { context, diag, DiagLogLevel, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExportResultCode } from '@opentelemetry/core';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type ReadableSpan, type Span, type SpanExporter, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { SpanCounts } from './messages.ts';

type Counted = { -readonly [K in keyof SpanCounts]: number };

/** Counts spans at each of their stations, and keeps none. */
class Counter implements SpanProcessor, SpanExporter {
  readonly byScope = new Map<string, Counted>();

  #of(span: ReadableSpan): Counted {
    const scope = span.instrumentationScope.name;
    const counts = this.byScope.get(scope) ?? { started: 0, ended: 0, exported: 0 };
    this.byScope.set(scope, counts);
    return counts;
  }

  onStart(span: Span): void {
    this.#of(span).started++;
  }

  onEnd(span: ReadableSpan): void {
    this.#of(span).ended++;
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    for (const span of spans) this.#of(span).exported++;
    done({ code: ExportResultCode.SUCCESS });
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Aggregates only when it is asked. */
class OnDemand extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

const ACTIVE = 'outspan.client.active_operations';

/** Telemetry as an application has it: a tracer provider with a batch processor, a meter provider, and Outspan's instrumentations. */
export interface Telemetry {
  readonly diagnostics: readonly string[];
  spans(): Readonly<Record<string, SpanCounts>>;
  /** The operations that Outspan says are open. */
  openOperations(): Promise<number>;
  /** Ends what waits for a retry, and exports everything. */
  flush(): Promise<void>;
}

/** Starts it. Call it before an SDK is loaded. */
export async function startTelemetry(): Promise<Telemetry> {
  const diagnostics: string[] = [];
  const note = (message: string, ...more: readonly unknown[]): void => {
    diagnostics.push([message, ...more.map(String)].join(' '));
  };
  diag.setLogger({ error: note, warn: note, info: () => undefined, debug: () => undefined, verbose: () => undefined }, { logLevel: DiagLogLevel.WARN });
  const counter = new Counter();
  const provider = new TracerProvider({ spanProcessors: [counter, new BatchSpanProcessor({ exporter: counter, maxQueueSize: 100_000 })] });
  const reader = new OnDemand();
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  propagation.disable();
  await import('@outspan/node/instrument');
  return {
    diagnostics,
    spans: () => Object.fromEntries(counter.byScope),
    async openOperations() {
      const { resourceMetrics } = await reader.collect();
      let open = 0;
      for (const metric of resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)) {
        if (metric.descriptor.name !== ACTIVE) continue;
        for (const { value } of metric.dataPoints) if (typeof value === 'number') open += value;
      }
      return open;
    },
    flush: () => provider.forceFlush(),
  };
}
