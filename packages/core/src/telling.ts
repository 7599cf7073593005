import { guard } from './guard.ts';

/** Who is told how a promise went, before those who await it are. */
export interface PromiseObserver {
  came(value: unknown): void;
  failed(error: unknown): void;
}

/**
 * A promise in the place of another, which tells how that one went. Its caller gets the derived promise and nobody else holds
 * one: a rejection stays as handled, or as unhandled, as it was.
 *
 * @param step what is done with what is told, for the message should it fail
 */
export function telling(promise: Promise<unknown>, step: string, observer: PromiseObserver): Promise<unknown> {
  return promise.then(
    (value: unknown) => {
      guard(step, () => observer.came(value));
      return value;
    },
    (error: unknown) => {
      guard(step, () => observer.failed(error));
      throw error;
    },
  );
}
