/** Observes clients that an application names by hand. */
export interface ClientObserver {
  /**
   * Records the calls of a client while the observer is enabled.
   *
   * @returns false if the object is no client that it knows
   */
  observeClient(client: object): boolean;
}

/** The state of one instrumentation package in this thread. */
interface Entry {
  observer: ClientObserver;
  /** The objects whose methods are observed for such clients. The next observer goes on with them. */
  readonly targets: Set<object>;
}

/** Shared by the copies of this package. */
const OBSERVERS = Symbol.for('outspan.client-observers.v1');

function entries(): Map<unknown, unknown> {
  const known: unknown = Reflect.get(globalThis, OBSERVERS);
  if (known instanceof Map) return known;
  const created = new Map<unknown, unknown>();
  Reflect.set(globalThis, OBSERVERS, created);
  return created;
}

function entryOf(name: string): Entry | undefined {
  const entry = entries().get(name);
  return isEntry(entry) ? entry : undefined;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && 'observer' in value && 'targets' in value && value.targets instanceof Set;
}

/** The observer for an instrumentation package: of all its copies, the one that was enabled last. */
export function observerOf(name: string): ClientObserver | undefined {
  return entryOf(name)?.observer;
}

/**
 * Makes `observer` the observer for an instrumentation package. It replaces any other.
 *
 * @returns the objects whose methods it has to observe, a set that all observers share
 */
export function becomeObserver(name: string, observer: ClientObserver): Set<object> {
  const entry = entryOf(name);
  if (entry !== undefined) {
    entry.observer = observer;
    return entry.targets;
  }
  const targets = new Set<object>();
  entries().set(name, { observer, targets } satisfies Entry);
  return targets;
}
