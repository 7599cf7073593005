import { batches, destinationOf, serialised, type Destination } from './destination.ts';
import { Flights } from './flights.ts';
import type { Parcel, Pending } from './parcel.ts';
import { listAt, method, reach } from './reach.ts';

/** Where the SDK's batching processors keep what has ended and is not exported yet. */
const QUEUES = { TRACES: '_finishedSpans', LOGS: '_finishedLogRecords' } as const;

/** The spans or log records that a batching processor of the SDK holds. */
class PendingBatches implements Pending {
  readonly #processor: object;
  readonly #queue: string;
  readonly #flights: Flights;
  readonly #destination: () => Destination | undefined;
  /** Queues that a flush has taken over: that of log records exports them one batch after the other. */
  readonly #taken = new Set<readonly unknown[]>();

  constructor(processor: object, queue: string, exporter: object, destination: () => Destination | undefined) {
    this.#processor = processor;
    this.#queue = queue;
    this.#destination = destination;
    this.#flights = new Flights(exporter);
    for (const name of ['forceFlush', 'shutdown']) this.#followFlush(name);
  }

  parcels(): Parcel[] {
    const flights = this.#flights.cargo;
    const waiting = new Set([...Array.from(this.#taken).flat(), ...listAt(this.#processor, this.#queue)]);
    for (const { cargo, delivered } of flights) {
      for (const item of Array.isArray(cargo) ? cargo : []) {
        if (delivered) waiting.delete(item);
        else waiting.add(item);
      }
    }
    if (waiting.size === 0) return [];
    const destination = this.#destination();
    if (destination === undefined) return [];
    return batches([...waiting], this.#processor).flatMap((batch) => {
      const body = serialised(reach(this.#processor, '_exporter'), batch);
      return body === undefined ? [] : [{ destination, body }];
    });
  }

  #followFlush(name: string): void {
    const original = method(this.#processor, name);
    if (original === undefined) return;
    Reflect.set(this.#processor, name, async (...args: readonly unknown[]): Promise<void> => {
      const queue = listAt(this.#processor, this.#queue);
      this.#taken.add(queue);
      try {
        await original(...args);
      } finally {
        this.#taken.delete(queue);
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
