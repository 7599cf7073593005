import { guard, OutspanInstrumentation } from '@outspan/core';
import type { InstrumentationConfig } from '@outspan/core';
import { observeOnly } from '../interpose.ts';
import { SdkTracing } from '../tracing.ts';
import type { Clients } from './clients.ts';
import { becomeObserver } from './observers.ts';
import type { ClientObserver } from './observers.ts';

/** Observes the methods of a target. */
export type Observe = Pick<Clients, 'name' | 'observe'>;

/** An instrumentation that observes methods of SDKs while it is enabled, also for clients that an application names by hand. */
export abstract class ObservingInstrumentation<Config extends InstrumentationConfig> extends OutspanInstrumentation<Config> implements ClientObserver {
  readonly #tracings = new Map<Observe, SdkTracing>();
  /** By target. `stop` is undefined while nothing is observed. */
  readonly #observed = new Map<object, { readonly by: Observe; readonly stop: (() => void) | undefined }>();
  /** The targets of clients named by hand, to this instrumentation or to an earlier one. */
  #byHand: Set<object> | undefined;
  #on = false;

  /** The clients that `observe()` accepts; undefined for none. Called while the constructor runs: it must need no field of a subclass. */
  protected clients(): Clients | undefined {
    return undefined;
  }

  observeClient(client: object): boolean {
    const clients = this.clients();
    const parts = clients?.partsOf(client) ?? [];
    if (clients === undefined || parts.length === 0) return false;
    for (const part of parts) {
      observeOnly(part.target, part.client, clients.clientOf);
      this.#byHand?.add(part.target);
      if (!this.isObserved(part.target)) this.observe(part.target, clients);
    }
    return true;
  }

  protected override start(): () => void {
    this.#on = true;
    for (const [target, { by, stop }] of this.#observed) if (stop === undefined) this.#begin(target, by);
    const clients = this.clients();
    if (clients !== undefined) {
      this.#byHand = becomeObserver(this.instrumentationName, this);
      for (const target of this.#byHand) if (!this.isObserved(target)) this.#begin(target, clients);
    }
    return () => {
      this.#on = false;
      for (const [target, { by, stop }] of this.#observed) {
        stop?.();
        this.#observed.set(target, { by, stop: undefined });
      }
    };
  }

  /** Whether a target is known, also while the instrumentation is disabled. */
  protected isObserved(target: object): boolean {
    return this.#observed.has(target);
  }

  /** Observes the calls of a target whenever the instrumentation is enabled. */
  protected observe(target: object, by: Observe): void {
    if (this.#on) this.#begin(target, by);
    else this.#observed.set(target, { by, stop: undefined });
  }

  #begin(target: object, by: Observe): void {
    this.#observed.set(target, { by, stop: guard(`observing ${by.name}`, () => by.observe(target, this.#tracingOf(by))) });
  }

  #tracingOf(by: Observe): SdkTracing {
    let tracing = this.#tracings.get(by);
    if (tracing === undefined) {
      // At every call: the application may register its tracer provider at any time.
      tracing = new SdkTracing(this.tracker, by.name, () => this.attachToProvider());
      this.#tracings.set(by, tracing);
    }
    return tracing;
  }
}
