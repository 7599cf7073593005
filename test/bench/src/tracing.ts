import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Variant } from './variants.ts';

/** Takes spans and only counts them: what an exporter costs is not the instrumentation's. */
class CountingExporter implements SpanExporter {
  exported = 0;

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.exported += spans.length;
    done({ code: ExportResultCode.SUCCESS });
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Drops metrics: they are still aggregated and collected. */
const DROPPING: PushMetricExporter = {
  export(_, done): void {
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- its package was built against another copy of the same enum
    done({ code: ExportResultCode.SUCCESS });
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

export interface Tracing {
  /** Every span that ended so far. */
  exported(): Promise<number>;
}

/** Sets a variant up as an application would: SDK first, then its instrumentations, then the SDK of the provider. */
export async function startTracing(variant: Variant): Promise<Tracing> {
  if (variant.instrumentations === undefined) return { exported: () => Promise.resolve(0) };
  const exporter = new CountingExporter();
  const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })], ...(variant.sampled === false && { sampler: new AlwaysOffSampler() }) });
  trace.setGlobalTracerProvider(provider);
  if (variant.metrics !== false) metrics.setGlobalMeterProvider(new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: DROPPING, exportIntervalMillis: 1_000 })] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  for (const instrumentation of await variant.instrumentations()) {
    instrumentation.setTracerProvider(trace.getTracerProvider());
    instrumentation.setMeterProvider(metrics.getMeterProvider());
  }
  return {
    exported: async () => {
      await provider.forceFlush();
      return exporter.exported;
    },
  };
}
