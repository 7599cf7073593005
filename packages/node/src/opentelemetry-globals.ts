/** The names under which `@opentelemetry/api` keeps what was registered, whichever copy of it did so. */
type Registered = 'trace' | 'metrics' | 'logs' | 'diag' | 'propagation';

const API = Symbol.for('opentelemetry.js.api.1');

function isObject(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null;
}

/**
 * What is registered globally under `name`, or `undefined`. The API itself cannot say: it answers with a no-op
 * where nothing is registered.
 */
export function registeredGlobally(name: Registered): unknown {
  const globals: unknown = Reflect.get(globalThis, API);
  return isObject(globals) ? globals[name] : undefined;
}

/** The provider of a signal that is registered globally, itself and not the proxy that it is behind. */
export function providerOf(name: 'trace' | 'metrics' | 'logs'): unknown {
  const provider = registeredGlobally(name);
  return isObject(provider) && typeof provider['getDelegate'] === 'function' ? provider['getDelegate']() : provider;
}

/** Asks the registered provider of a signal to export what it holds. Resolves when there is none; never rejects. */
export async function forceFlush(name: 'trace' | 'metrics' | 'logs'): Promise<void> {
  try {
    const provider = providerOf(name);
    if (isObject(provider) && typeof provider['forceFlush'] === 'function') await provider['forceFlush']();
  } catch {
    // The exporter has said so through diag.
  }
}
