import { announce, environment, guard } from '@outspan/core';
import type { InstrumentationConfig, Manifest } from '@outspan/core';
import type { Clients } from './clients.ts';
import { ObservingInstrumentation } from './observing-instrumentation.ts';
import { observerOf } from './observers.ts';

/**
 * Records the calls of one client with the boundary `sdk`, without a module hook. Does nothing if the client, or its class, is
 * observed already. Never throws.
 *
 * It records with the instrumentation of the same package that was enabled last, and only while that is enabled. Until there is
 * one, it records to the globally registered providers.
 *
 * @param manifest of the instrumentation's package
 * @returns the same object
 */
export function observeClient<T>(client: T, manifest: Manifest, clients: Clients): T {
  guard('observing a client', () => {
    const observer = observerOf(manifest.name) ?? (isTurnedOff(manifest.name) ? undefined : new ByHand(manifest, clients));
    const known = observer === undefined || (isObjectLike(client) && observer.observeClient(client));
    if (!known) announce(`observe:${manifest.name}`, `observe() of ${manifest.name} expects ${clients.expected}. What it was given is returned as it is, and its calls are not observed.`);
  });
  return client;
}

/** Observes clients until an instrumentation of the package is enabled. */
class ByHand extends ObservingInstrumentation<InstrumentationConfig> {
  readonly #clients: Clients;

  constructor(manifest: Manifest, clients: Clients) {
    super(manifest, {});
    this.#clients = clients;
    this.begin();
  }

  protected override clients(): Clients {
    return this.#clients;
  }

  /** Holds no lock: an instrumentation that is enabled later takes over the clients. Calls under way end here. */
  protected override lock(): () => void {
    return () => undefined;
  }
}

function isObjectLike(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether the variable that turns instrumentations off names this one, by its package or by its short name: `openai`. */
function isTurnedOff(name: string): boolean {
  const disabled = (environment()['OTEL_NODE_DISABLED_INSTRUMENTATIONS'] ?? '').split(',').map((word) => word.trim());
  return disabled.some((word) => word === name || `@outspan/instrumentation-${word}` === name);
}
