import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { announce, asyncLocalStorage, context, guard } from '@outspan/core';

const PROBE = ROOT_CONTEXT.setValue(createContextKey('outspan.sdk-boundary.probe'), true);

/**
 * Checks that the active context reaches the requests of an SDK, some of which it makes after an `await`. It does on runtimes that
 * have AsyncLocalStorage; elsewhere a registered context manager may keep it.
 */
export class CarriedContext {
  readonly #name: string;
  #carried = asyncLocalStorage() !== undefined;
  #probed = false;

  /** @param name of the SDK, for what is announced */
  constructor(name: string) {
    this.#name = name;
    // So that the answer is there before the first call.
    if (!this.#carried && isManaged()) this.#probe();
  }

  /** Whether contexts are carried, as far as is known now. Announces once if they are not. */
  check(): boolean {
    if (this.#carried) return true;
    if (isManaged()) this.#probe();
    else this.#announce();
    return this.#carried;
  }

  /** The managers for browsers lose a context at the first `await`. */
  #probe(): void {
    if (this.#probed) return;
    this.#probed = true;
    const afterAwait = async (): Promise<void> => {
      await Promise.resolve();
      this.#carried = guard('looking for a context', () => context.active() === PROBE) ?? false;
      if (!this.#carried) this.#announce();
    };
    void context.with(PROBE, afterAwait);
  }

  #announce(): void {
    announce(
      `${this.#name}:no-async-context`,
      `This runtime has no AsyncLocalStorage, without which nothing links requests to the calls that make them: calls of ${this.#name} are traced from the wire alone.`,
    );
  }
}

function isManaged(): boolean {
  return context.with(PROBE, () => context.active()) === PROBE;
}
