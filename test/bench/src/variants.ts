/**
 * Who is compared. Every variant that records spans has the same SDK around it (see `tracing.ts`), and records no
 * content of messages, where that can be switched off.
 */
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { Workload } from './workloads.ts';

/** What all of them are, whichever version of `@opentelemetry/instrumentation` they were built on. */
export interface AnyInstrumentation {
  setTracerProvider(provider: TracerProvider): void;
  setMeterProvider(provider: MeterProvider): void;
}

export interface Variant {
  readonly title: string;
  /** Spans that one successful call leaves: a variant that recorded fewer would be compared for doing nothing. */
  readonly spansPerOperation: number;
  /** What it watches, so which workloads it is measured under; absent: the SDK's. */
  readonly watches?: 'node:http';
  /** False: no meter provider is installed, so that nothing is counted. */
  readonly metrics?: false;
  /** False: no span is sampled. */
  readonly sampled?: false;
  /** Absent: nothing is installed, not even an SDK. */
  readonly instrumentations?: () => Promise<readonly AnyInstrumentation[]>;
}

export type VariantId = 'bare' | 'outspan' | 'outspan-spans' | 'outspan-unsampled' | 'outspan-undici' | 'otel' | 'traceloop' | 'openinference' | 'outspan-http' | 'otel-http';

export const VARIANTS: Readonly<Record<VariantId, Variant>> = {
  bare: { title: 'bare SDK', spansPerOperation: 0 },
  outspan: {
    title: 'Outspan (openai + undici)',
    spansPerOperation: 2,
    instrumentations: async () => {
      const { UndiciInstrumentation } = await import('@outspan/instrumentation-undici');
      const { OpenAIInstrumentation } = await import('@outspan/instrumentation-openai');
      return [new UndiciInstrumentation(), new OpenAIInstrumentation()];
    },
  },
  'outspan-spans': {
    title: 'Outspan (openai + undici), spans only',
    spansPerOperation: 2,
    metrics: false,
    instrumentations: async () => {
      const { UndiciInstrumentation } = await import('@outspan/instrumentation-undici');
      const { OpenAIInstrumentation } = await import('@outspan/instrumentation-openai');
      return [new UndiciInstrumentation(), new OpenAIInstrumentation()];
    },
  },
  'outspan-unsampled': {
    title: 'Outspan (openai + undici), no span sampled, no metrics',
    spansPerOperation: 0,
    metrics: false,
    sampled: false,
    instrumentations: async () => {
      const { UndiciInstrumentation } = await import('@outspan/instrumentation-undici');
      const { OpenAIInstrumentation } = await import('@outspan/instrumentation-openai');
      return [new UndiciInstrumentation(), new OpenAIInstrumentation()];
    },
  },
  'outspan-undici': {
    title: 'Outspan (undici only)',
    spansPerOperation: 2,
    instrumentations: async () => {
      const { UndiciInstrumentation } = await import('@outspan/instrumentation-undici');
      return [new UndiciInstrumentation()];
    },
  },
  otel: {
    title: 'OpenTelemetry openai + undici',
    spansPerOperation: 2,
    instrumentations: async () => {
      const { UndiciInstrumentation } = await import('@opentelemetry/instrumentation-undici');
      const { OpenAIInstrumentation } = await import('@opentelemetry/instrumentation-openai');
      return [new UndiciInstrumentation(), new OpenAIInstrumentation({ captureMessageContent: false })];
    },
  },
  traceloop: {
    title: 'Traceloop openai',
    spansPerOperation: 1,
    instrumentations: async () => {
      const { OpenAIInstrumentation } = await import('@traceloop/instrumentation-openai');
      return [new OpenAIInstrumentation({ traceContent: false })];
    },
  },
  openinference: {
    title: 'OpenInference openai',
    spansPerOperation: 1,
    instrumentations: async () => {
      const { OpenAIInstrumentation } = await import('@arizeai/openinference-instrumentation-openai');
      return [new OpenAIInstrumentation({ traceConfig: { hideInputs: true, hideOutputs: true } })];
    },
  },
  'outspan-http': {
    title: 'Outspan (http)',
    spansPerOperation: 2,
    watches: 'node:http',
    instrumentations: async () => {
      const { HttpInstrumentation } = await import('@outspan/instrumentation-http');
      return [new HttpInstrumentation()];
    },
  },
  'otel-http': {
    title: 'OpenTelemetry http',
    spansPerOperation: 1,
    watches: 'node:http',
    instrumentations: async () => {
      const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http');
      return [new HttpInstrumentation()];
    },
  },
};

/** In the order in which a round runs them. */
export const VARIANT_IDS: readonly VariantId[] = ['bare', 'outspan', 'outspan-spans', 'outspan-unsampled', 'outspan-undici', 'otel', 'traceloop', 'openinference', 'outspan-http', 'otel-http'];

/** Whether a variant sees the calls of a workload at all, or there is nothing to see. */
export function isFor(id: VariantId, workload: Workload): boolean {
  return id === 'bare' || VARIANTS[id].watches === (workload.kind === 'cpu' ? workload.client : undefined);
}
