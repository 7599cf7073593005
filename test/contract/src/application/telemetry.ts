import { createRequire } from 'node:module';
import { context, diag, DiagLogLevel, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { type ReadableSpan, type Span, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Json } from '../json.ts';
import type { Job, RecordedSpan } from '../runner/job.ts';

const KINDS: Readonly<Record<SpanKind, RecordedSpan['kind']>> = {
  [SpanKind.INTERNAL]: 'INTERNAL',
  [SpanKind.SERVER]: 'SERVER',
  [SpanKind.CLIENT]: 'CLIENT',
  [SpanKind.PRODUCER]: 'PRODUCER',
  [SpanKind.CONSUMER]: 'CONSUMER',
};
const STATUSES: Readonly<Record<SpanStatusCode, RecordedSpan['status']>> = { [SpanStatusCode.UNSET]: 'UNSET', [SpanStatusCode.OK]: 'OK', [SpanStatusCode.ERROR]: 'ERROR' };

function recorded(span: ReadableSpan): RecordedSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    ...(span.parentSpanContext && { parentSpanId: span.parentSpanContext.spanId }),
    scope: span.instrumentationScope.name,
    name: span.name,
    kind: KINDS[span.kind],
    status: STATUSES[span.status.code],
    ...(span.status.message !== undefined && { statusMessage: span.status.message }),
    attributes: attributes(span.attributes),
    events: span.events.map((event) => ({ name: event.name, attributes: attributes(event.attributes ?? {}) })),
    start: span.startTime[0] * 1000 + span.startTime[1] / 1e6,
    end: span.endTime[0] * 1000 + span.endTime[1] / 1e6,
  };
}

/** Attribute values are JSON already, except that array elements may be null or undefined. */
function attributes(from: ReadableSpan['attributes']): Record<string, Json> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, Array.isArray(value) ? value.map((item) => item ?? null) : plain(value)]));
}

function plain(value: unknown): Json {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}

/** Keeps every span, and counts what started against what ended. */
export class Recorder implements SpanProcessor {
  readonly spans: RecordedSpan[] = [];
  readonly diagnostics: string[] = [];
  started = 0;
  ended = 0;

  onStart(_span: Span): void {
    this.started++;
  }

  onEnd(span: ReadableSpan): void {
    this.ended++;
    this.spans.push(recorded(span));
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** Running telemetry. */
export interface Telemetry {
  readonly recorder: Recorder;
  /** Flushes and stops, as an application does at its end. */
  stop(): Promise<void>;
}

/** Starts an OpenTelemetry SDK as an application does, and Outspan's instrumentations in it. Call it before the SDKs are loaded. */
export async function startTelemetry({ tracing, form }: Pick<Job, 'tracing' | 'form'>): Promise<Telemetry> {
  const recorder = new Recorder();
  const note = (message: string, ...more: readonly unknown[]): void => {
    recorder.diagnostics.push([message, ...more.map(String)].join(' '));
  };
  diag.setLogger({ error: note, warn: note, info: () => undefined, debug: () => undefined, verbose: () => undefined }, { logLevel: DiagLogLevel.WARN });
  const provider = new TracerProvider({ spanProcessors: [recorder] });
  // One form of set-up has the SDK first, the other the instrumentations: both are allowed.
  if (form === 'esm') await instrument(tracing, form);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  propagation.disable();
  if (form === 'cjs') await instrument(tracing, form);
  return {
    recorder,
    async stop() {
      await provider.forceFlush();
      await provider.shutdown();
    },
  };
}

async function instrument(tracing: Job['tracing'], form: Job['form']): Promise<void> {
  if (tracing === 'hooked') {
    if (form === 'cjs') createRequire(import.meta.url)('@outspan/node/instrument');
    else await import('@outspan/node/instrument');
    return;
  }
  const [{ UndiciInstrumentation }, { HttpInstrumentation }] = await Promise.all([import('@outspan/instrumentation-undici'), import('@outspan/instrumentation-http')]);
  registerInstrumentations({ instrumentations: [new UndiciInstrumentation(), new HttpInstrumentation()] });
}
