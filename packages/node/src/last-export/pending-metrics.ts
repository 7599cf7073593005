import { isOfTheSdk } from '../sdk/self-observation.ts';
import { destinationOf, type Destination } from './destination.ts';
import { Flights } from './flights.ts';
import { pack, type Parcel, type Pending } from './parcel.ts';
import { listAt, method, reach } from './reach.ts';

/** What a collection gives, as the SDK's exporters take it. */
interface Collected {
  readonly resource: unknown;
  readonly scopeMetrics: readonly { readonly scope: unknown; readonly metrics: readonly unknown[] }[];
}

function values(map: unknown): readonly unknown[] {
  return map instanceof Map ? [...map.values()] : [];
}

/**
 * Collects as the SDK does, but at once: its own collection waits for the callbacks of observable instruments, which
 * count here with what they said last.
 */
function collectNow(collector: unknown): Collected {
  const now = Date.now();
  const time = [Math.trunc(now / 1_000), (now % 1_000) * 1_000_000];
  const scopeMetrics = values(reach(collector, '_sharedState', 'meterSharedStates')).flatMap((meter) => {
    const storages = method(reach(meter, 'metricStorageRegistry'), 'getStorages')?.(collector);
    const metrics = (Array.isArray(storages) ? storages : []).map((storage: unknown) => method(storage, 'collect')?.(collector, time)).filter((metric) => listAt(metric, 'dataPoints').length > 0);
    return metrics.length === 0 ? [] : [{ scope: reach(meter, '_instrumentationScope'), metrics }];
  });
  return { resource: reach(collector, '_sharedState', 'resource'), scopeMetrics };
}

/** `AggregationTemporality.DELTA` of the SDK. */
const DELTA = 0;

/**
 * What changes when something was recorded: of increments each one, of running totals a new value. The SDK's metrics of
 * itself are changed by every export, so they would always be pending: they go along with others.
 */
function stateOf(collected: unknown): string {
  const metrics = listAt(collected, 'scopeMetrics').flatMap((scope) => listAt(scope, 'metrics').filter((metric) => !isOfTheSdk(metric)));
  return JSON.stringify(
    metrics.map((metric) =>
      listAt(metric, 'dataPoints').map((point) => {
        const value = reach(point, 'value');
        const changing = typeof value === 'object' ? [reach(value, 'count'), reach(value, 'sum')] : value;
        return reach(metric, 'aggregationTemporality') === DELTA ? ['since', reach(point, 'startTime'), changing] : changing;
      }),
    ),
  );
}

const NOTHING = JSON.stringify([]);

/** The measurements since the last export of a periodic reader. */
class PendingMetrics implements Pending {
  readonly #collector: object;
  readonly #exporter: object;
  readonly #destination: () => Destination | undefined;
  readonly #flights: Flights;
  #exported = NOTHING;

  constructor(collector: object, exporter: object, destination: () => Destination | undefined) {
    this.#collector = collector;
    this.#exporter = exporter;
    this.#destination = destination;
    this.#flights = new Flights(exporter, (cargo, taken) => {
      if (taken) this.#exported = stateOf(cargo);
    });
  }

  *parcels(): Iterable<Parcel> {
    // One that has shut down has exported everything.
    if (reach(this.#collector, '_metricReader', '_shutdown') === true) return;
    const { underWay } = this.#flights;
    const exported = underWay.length === 0 ? this.#exported : stateOf(underWay.at(-1)?.cargo);
    const collected = collectNow(this.#collector);
    const state = stateOf(collected);
    const news = state === NOTHING || state === exported ? [] : [collected];
    const undelivered = underWay.filter(({ delivered }) => !delivered).map(({ cargo }) => cargo);
    const destination = news.length + undelivered.length === 0 ? undefined : this.#destination();
    if (destination === undefined) return;
    for (const cargo of [...undelivered, ...news]) yield* pack(this.#exporter, cargo, destination);
  }
}

/** What the periodic readers of a meter provider have not exported yet. */
export function pendingMetrics(provider: unknown): Pending[] {
  return listAt(provider, '_sharedState', 'metricCollectors').flatMap((collector) => {
    const exporter = reach(collector, '_metricReader', '_exporter');
    const destination = destinationOf(exporter, 'METRICS');
    if (typeof collector !== 'object' || collector === null || typeof exporter !== 'object' || exporter === null || destination === undefined) return [];
    return [new PendingMetrics(collector, exporter, destination)];
  });
}
