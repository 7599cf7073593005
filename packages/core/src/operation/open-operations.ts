import { announce } from '../guard.ts';
import { now } from '../clock.ts';
import { later } from '../platform/timers.ts';
import type { Attempt } from './attempt.ts';
import type { Operation } from './operation.ts';

interface Sign {
  bytes: number;
  at: number;
}

/** The operations that have started and not ended, so that each one does end. */
export class OpenOperations {
  readonly #open = new Set<Operation>();
  readonly #signs = new WeakMap<Attempt, Sign>();
  #cancelSweep: (() => void) | undefined;
  /** When the next sweep is overdue. A worker loses its timers when the request that set them ends. */
  #sweptBy = Infinity;

  /** @param limits the cap of how many may be open, and the milliseconds without a sign of life after which one is given up */
  add(operation: Operation, limits: { readonly openOperations: number; readonly idleTimeout: number }): void {
    this.#open.add(operation);
    if (this.#open.size > limits.openOperations) {
      const [oldest] = this.#open;
      announce('limit:openOperations:reached', `More than ${limits.openOperations} LLM calls are open at once; the oldest are recorded as abandoned (limit openOperations).`);
      oldest?.abandon();
    }
    if (now() > this.#sweptBy) {
      this.#cancelSweep?.();
      this.#cancelSweep = undefined;
      this.#sweep(limits.idleTimeout);
    }
    this.#cancelSweep ??= this.#sweepLater(limits.idleTimeout);
  }

  remove(operation: Operation): void {
    this.#open.delete(operation);
    if (this.#open.size === 0) {
      this.#cancelSweep?.();
      this.#cancelSweep = undefined;
      this.#sweptBy = Infinity;
    }
  }

  /** Ends all that is open, as abandoned where an exchange is under way. */
  abandonAll(): void {
    for (const operation of this.#open) operation.abandon();
  }

  /** Ends all that is open, as cut off by the end of the process. */
  interruptAll(): void {
    for (const operation of this.#open) operation.interrupt();
  }

  get size(): number {
    return this.#open.size;
  }

  /** Whether any exchange is under way: an operation that only waits for a retry has none. */
  get underWay(): boolean {
    for (const { inFlight } of this.#open) if (inFlight.size > 0) return true;
    return false;
  }

  #sweepLater(idleTimeout: number): () => void {
    const wait = Math.max(1_000, idleTimeout / 4);
    this.#sweptBy = now() + 2 * wait;
    return later(wait, () => {
      this.#sweptBy = Infinity;
      this.#sweep(idleTimeout);
      this.#cancelSweep = this.#open.size > 0 ? this.#sweepLater(idleTimeout) : undefined;
    });
  }

  #sweep(idleTimeout: number): void {
    const before = now() - idleTimeout;
    for (const operation of this.#open) {
      const last = operation.last;
      const since = last === undefined ? operation.subject.startedAt : this.#lastSign(last);
      if (since <= before) operation.abandon();
    }
  }

  // Chunks carry no timestamp (it would cost more than all else per chunk): progress is seen from sweep to sweep.
  #lastSign(attempt: Attempt): number {
    if (attempt.endedAt !== undefined) return attempt.endedAt;
    const sign = this.#signs.get(attempt) ?? { bytes: 0, at: -Infinity };
    if (sign.bytes !== attempt.bytesReceived) {
      sign.bytes = attempt.bytesReceived;
      sign.at = now();
      this.#signs.set(attempt, sign);
    }
    return Math.max(sign.at, attempt.lastSeenAt);
  }
}
