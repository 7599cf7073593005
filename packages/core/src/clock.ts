// As it was loaded: an application's tests put a clock of their own in its place, whose readings are theirs to count.
const { performance } = globalThis;

/** Milliseconds of the monotonic clock; only differences mean anything. */
export function now(): number {
  return performance.now();
}

/**
 * Places monotonic times on the wall clock. All spans of one operation share one timeline, so that a
 * step of the wall clock between them can neither reorder them nor make a duration negative.
 */
export class Timeline {
  readonly #offset: number;

  constructor() {
    this.#offset = Date.now() - performance.now();
  }

  /** Milliseconds since the epoch of a monotonic time. */
  epoch(monotonic: number): number {
    return this.#offset + monotonic;
  }
}
