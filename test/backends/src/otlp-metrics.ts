/** Label names as OpenTelemetry spells them, and their values. */
export type Attributes = Readonly<Record<string, string | boolean>>;

/** How histograms are sent: with bounds, or as exponential ones, which Prometheus stores as native histograms. */
export type HistogramForm = 'classic' | 'native';

/** The bounds that the conventions recommend for durations. */
const SECONDS: readonly number[] = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS: readonly number[] = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
/** A power of two to a bucket. */
const SCALE = 0;

interface Instrument {
  readonly name: string;
  readonly unit: string;
  readonly kind: 'counter' | 'up-down' | 'gauge' | 'histogram' | 'measure';
  readonly series: Map<string, Series>;
}

interface Series {
  readonly attributes: Attributes;
  readonly values: number[];
}

/**
 * The metrics of one process, cumulative from its start, sent as OTLP in JSON. What an SDK would do, with exemplars, which not all of them have,
 * and without waiting for an export interval.
 */
export class MetricsSender {
  readonly #started = nanoseconds();
  readonly #instruments = new Map<string, Instrument>();
  readonly #url: string;
  readonly #resource: Attributes;
  readonly #histograms: HistogramForm;

  /** @param url where OTLP metrics are taken over HTTP */
  constructor(url: string, resource: Attributes, histograms: HistogramForm) {
    this.#url = url;
    this.#resource = resource;
    this.#histograms = histograms;
  }

  /** Counts. */
  add(name: string, attributes: Attributes, by = 1): void {
    const { values } = this.#series('counter', name, '{thing}', attributes);
    values[0] = (values[0] ?? 0) + by;
  }

  /** Says how many there are at this moment, of what goes up and down. */
  level(name: string, attributes: Attributes, value: number): void {
    this.#series('up-down', name, '{thing}', attributes).values[0] = value;
  }

  /** Says what something is at this moment. */
  set(name: string, attributes: Attributes, value: number): void {
    this.#series('gauge', name, '{thing}', attributes).values[0] = value;
  }

  /** Observes seconds, or tokens. */
  record(name: string, unit: 's' | '{token}', attributes: Attributes, value: number): void {
    this.#series('histogram', name, unit, attributes).values.push(value);
  }

  /** Observes what only the sum is wanted of: a histogram without bounds, whatever the form of the others. */
  measure(name: string, attributes: Attributes, seconds: number): void {
    this.#series('measure', name, 's', attributes).values.push(seconds);
  }

  /**
   * Sends everything as it is now.
   * @throws where it is not taken
   */
  async send(): Promise<void> {
    const metrics = [...this.#instruments.values()].map((instrument) => this.#metric(instrument));
    const body = JSON.stringify({ resourceMetrics: [{ resource: { attributes: encoded(this.#resource) }, scopeMetrics: [{ scope: { name: 'test' }, metrics }] }] });
    const response = await fetch(this.#url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: AbortSignal.timeout(10_000) });
    const answer = await response.text();
    if (!response.ok) throw new Error(`metrics were not taken, ${response.status}: ${answer}`);
  }

  #series(kind: Instrument['kind'], name: string, unit: string, attributes: Attributes): Series {
    const instrument = this.#instruments.get(name) ?? { name, unit, kind, series: new Map<string, Series>() };
    this.#instruments.set(name, instrument);
    const key = JSON.stringify(attributes);
    const series = instrument.series.get(key) ?? { attributes, values: [] };
    instrument.series.set(key, series);
    return series;
  }

  #metric({ name, unit, kind, series }: Instrument): object {
    const points = [...series.values()].map(({ attributes, values }) => ({
      attributes: encoded(attributes),
      startTimeUnixNano: this.#started,
      timeUnixNano: nanoseconds(),
      ...(kind === 'histogram' ? this.#distribution(unit, values) : kind === 'measure' ? sumOf(values) : { asDouble: values[0] }),
    }));
    const cumulative = { aggregationTemporality: 2, dataPoints: points };
    const forms: Readonly<Record<Instrument['kind'], object>> = {
      counter: { sum: { ...cumulative, isMonotonic: true } },
      'up-down': { sum: { ...cumulative, isMonotonic: false } },
      gauge: { gauge: { dataPoints: points } },
      measure: { histogram: cumulative },
      histogram: this.#histograms === 'classic' ? { histogram: cumulative } : { exponentialHistogram: cumulative },
    };
    return { name, unit, ...forms[kind] };
  }

  #distribution(unit: string, values: readonly number[]): object {
    const latest = values.at(-1);
    const common = {
      count: String(values.length),
      sum: values.reduce((sum, value) => sum + value, 0),
      exemplars: latest === undefined ? [] : [{ timeUnixNano: nanoseconds(), asDouble: latest, traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }],
    };
    if (this.#histograms === 'classic') {
      const bounds = unit === 's' ? SECONDS : TOKENS;
      const counts = Array.from({ length: bounds.length + 1 }, () => 0);
      for (const value of values) increment(counts, bounds.filter((bound) => bound < value).length);
      return { ...common, explicitBounds: bounds, bucketCounts: counts.map(String) };
    }
    // Bucket i holds what is above 2^i, up to 2^(i+1).
    const indexes = values.filter((value) => value > 0).map((value) => Math.ceil(Math.log2(value)) - 1);
    const offset = Math.min(...indexes);
    const counts = Array.from({ length: Math.max(...indexes) - offset + 1 }, () => 0);
    for (const index of indexes) increment(counts, index - offset);
    return { ...common, scale: SCALE, zeroCount: String(values.length - indexes.length), ...(indexes.length > 0 && { positive: { offset, bucketCounts: counts.map(String) } }) };
  }
}

function sumOf(values: readonly number[]): object {
  const count = String(values.length);
  return { count, sum: values.reduce((sum, value) => sum + value, 0), explicitBounds: [], bucketCounts: [count] };
}

function increment(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}

function encoded(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: typeof value === 'boolean' ? { boolValue: value } : { stringValue: value } }));
}

function nanoseconds(): string {
  return `${Date.now()}000000`;
}
