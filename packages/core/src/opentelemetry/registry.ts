/**
 * OpenTelemetry's global registry: one object per process, in which every copy of `@opentelemetry/api` (its ES module, its
 * CommonJS build, each version) registers and looks up. The API's own look-up refuses what an older version has registered,
 * and each copy answers with proxies of its own before that. So the object itself is read, at each use.
 */

/** What can be registered. */
export type Registered = 'trace' | 'metrics' | 'logs' | 'context' | 'propagation' | 'diag';

const KEY = Symbol.for('opentelemetry.js.api.1');
const WATCHERS = Symbol.for('outspan.registry-watchers.v1');

type Watcher = (registered: unknown) => void;
type Watchers = Map<Registered, Set<Watcher>>;

function isObject(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What is registered under `name`, or undefined. */
export function registered(name: Registered): unknown {
  const registry: unknown = Reflect.get(globalThis, KEY);
  return isObject(registry) ? registry[name] : undefined;
}

/** The version of the API that registered first. The API refuses what any other version registers. */
export function registryVersion(): string | undefined {
  const registry: unknown = Reflect.get(globalThis, KEY);
  const version = isObject(registry) ? registry['version'] : undefined;
  return typeof version === 'string' ? version : undefined;
}

/**
 * Calls `watcher` with what is registered under `name`: at once if something is, else when it is registered first.
 *
 * @returns a function that stops the watching
 */
export function whenRegistered(name: Registered, watcher: Watcher): () => void {
  const present = registered(name);
  if (present !== undefined) {
    watcher(present);
    return () => undefined;
  }
  const watchers = watchersOf();
  const ofName = watchers.get(name) ?? new Set();
  watchers.set(name, ofName);
  ofName.add(watcher);
  const registry: unknown = Reflect.get(globalThis, KEY);
  if (isObject(registry)) catchAssignment(registry, name, (value) => tell(name, value));
  else catchAssignment(globalThis, KEY, (created) => isObject(created) && [...watchers.keys()].forEach((each) => catchAssignment(created, each, (value) => tell(each, value))));
  return () => void ofName.delete(watcher);
}

/** Shared by the copies of this package. */
function watchersOf(): Watchers {
  const known: unknown = Reflect.get(globalThis, WATCHERS);
  if (isWatchers(known)) return known;
  const watchers: Watchers = new Map();
  Reflect.defineProperty(globalThis, WATCHERS, { value: watchers, configurable: true });
  return watchers;
}

function isWatchers(value: unknown): value is Watchers {
  return value instanceof Map;
}

function tell(name: Registered, value: unknown): void {
  const watchers = watchersOf().get(name);
  const told = [...(watchers ?? [])];
  watchers?.clear();
  for (const watcher of told) {
    try {
      watcher(value);
    } catch {
      // Whoever registers is the application.
    }
  }
}

/** Calls `assigned` at the first assignment to a property that does not exist, which from then on is an ordinary one. */
function catchAssignment(target: object, key: PropertyKey, assigned: (value: unknown) => void): void {
  if (Object.hasOwn(target, key)) return;
  Reflect.defineProperty(target, key, {
    configurable: true,
    enumerable: true,
    get: () => undefined,
    set(value: unknown) {
      Reflect.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
      assigned(value);
    },
  });
}
