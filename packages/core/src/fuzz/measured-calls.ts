import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Attributes, Counter, Histogram, Meter, MeterProvider } from '@opentelemetry/api';
import { createNoopMeter } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { settle } from '../config.ts';
import type { Attempt } from '../operation/attempt.ts';
import { CallTracker } from '../operation/tracker.ts';
import { encodeUtf8 } from '../platform/bytes.ts';

/** One number that went to a metric. */
export interface Measurement {
  readonly metric: string;
  readonly kind: 'histogram' | 'counter' | 'gauge' | 'upDownCounter';
  readonly value: number;
  readonly attributes: Attributes;
}

/** Calls on a tracker of their own, and everything that it recorded of them. */
export class MeasuredCalls {
  readonly tracker: CallTracker;
  readonly measurements: Measurement[] = [];
  readonly #exporter = new InMemorySpanExporter();

  constructor() {
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: this.#exporter })] });
    const settings = settle({}, {});
    const meters = this.#meters();
    this.tracker = new CallTracker({ settings: () => settings, tracer: () => provider.getTracer('test'), meterProvider: () => meters });
  }

  get spans(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  /** A request that is on its way. */
  begin(path: string, request: object): Attempt {
    const attempt = this.tracker.begin({ method: 'POST', url: new URL(path, 'http://127.0.0.1:9'), context: ROOT_CONTEXT });
    if (attempt === undefined) throw new Error(`${path} is no LLM call`);
    attempt.requestChunk(encodeUtf8(JSON.stringify(request)));
    attempt.requestSent();
    return attempt;
  }

  /** A meter provider that hands on what the instruments are given, at once and unjudged. */
  #meters(): MeterProvider {
    const take = (metric: string, kind: Measurement['kind']): Counter & Histogram => {
      const note = (value: number, attributes: Attributes = {}): void => {
        this.measurements.push({ metric, kind, value, attributes });
      };
      return { add: note, record: note };
    };
    const noop = createNoopMeter();
    const meter: Meter = {
      createHistogram: (name) => take(name, 'histogram'),
      createCounter: (name) => take(name, 'counter'),
      createUpDownCounter: (name) => take(name, 'upDownCounter'),
      createGauge: (name) => take(name, 'gauge'),
      createObservableGauge: noop.createObservableGauge.bind(noop),
      createObservableCounter: noop.createObservableCounter.bind(noop),
      createObservableUpDownCounter: noop.createObservableUpDownCounter.bind(noop),
      addBatchObservableCallback: noop.addBatchObservableCallback.bind(noop),
      removeBatchObservableCallback: noop.removeBatchObservableCallback.bind(noop),
    };
    return { getMeter: () => meter };
  }
}
