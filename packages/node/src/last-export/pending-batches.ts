import { destinationOf, type Destination } from './destination.ts';
import { Flights } from './flights.ts';
import { pack, type Parcel, type Pending } from './parcel.ts';
import { listAt, method, reach } from './reach.ts';

/** Where the SDK's batching processors keep what has ended and is not exported yet. */
const QUEUES = { TRACES: '_finishedSpans', LOGS: '_finishedLogRecords' } as const;

/** The ways by which they take from it: all at once, or a batch when it is time for one. */
const FLUSHES = ['forceFlush', 'shutdown', '_flushOneBatch', '_exportOneBatch'] as const;

function listOf(cargo: unknown): readonly unknown[] {
  return Array.isArray(cargo) ? cargo : [];
}

/** `items` in batches as its processor would make them: backends bound the size of a request. */
function batches(items: readonly unknown[], processor: unknown): unknown[][] {
  const most = reach(processor, '_maxExportBatchSize');
  const size = typeof most === 'number' && most >= 1 ? most : 512;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** The spans or log records that a batching processor of the SDK holds. */
class PendingBatches implements Pending {
  readonly #processor: object;
  readonly #queue: string;
  readonly #flights: Flights;
  readonly #destination: () => Destination | undefined;
  /** What was in the queue when a flush took over: it may wait for the resource, or for the batch before. */
  readonly #taken = new Set<Set<unknown>>();

  constructor(processor: object, queue: string, exporter: object, destination: () => Destination | undefined) {
    this.#processor = processor;
    this.#queue = queue;
    this.#destination = destination;
    this.#flights = new Flights(exporter, (cargo) => {
      for (const taken of this.#taken) for (const item of listOf(cargo)) taken.delete(item);
    });
    for (const name of FLUSHES) this.#followFlush(name);
  }

  *parcels(): Iterable<Parcel> {
    const flights = this.#flights.underWay;
    const waiting = new Set([...this.#taken].flatMap((taken) => [...taken]).concat(listAt(this.#processor, this.#queue)));
    for (const { cargo, delivered } of flights) {
      for (const item of listOf(cargo)) {
        if (delivered) waiting.delete(item);
        else waiting.add(item);
      }
    }
    const destination = waiting.size === 0 ? undefined : this.#destination();
    if (destination === undefined) return;
    for (const batch of batches([...waiting], this.#processor)) yield* pack(reach(this.#processor, '_exporter'), batch, destination);
  }

  #followFlush(name: string): void {
    const original = method(this.#processor, name);
    if (original === undefined) return;
    Reflect.set(this.#processor, name, async (...args: readonly unknown[]): Promise<void> => {
      const taken = new Set(listAt(this.#processor, this.#queue));
      this.#taken.add(taken);
      try {
        await (original(...args) ?? reach(this.#processor, '_currentExport', 'exportCompleted'));
      } finally {
        this.#taken.delete(taken);
      }
    });
  }
}

/** What a processor holds; `undefined` for one that exports at once, or not by OTLP. */
export function pendingBatches(processor: unknown, signal: keyof typeof QUEUES): Pending | undefined {
  const queue = QUEUES[signal];
  const exporter = reach(processor, '_exporter');
  const destination = destinationOf(exporter, signal);
  if (typeof processor !== 'object' || processor === null || typeof exporter !== 'object' || exporter === null) return undefined;
  if (destination === undefined || !Array.isArray(reach(processor, queue))) return undefined;
  return new PendingBatches(processor, queue, exporter, destination);
}
