import { lastParts } from '../dialects/url-segment.ts';
import type { Operation } from './operation.ts';

/** So many places are remembered of one operation; more are hostile. */
const MOST_PLACES = 16;

/** Open operations whose answer goes on in exchanges of its own, by where those will be made: see `AnswerFacts.rest`. */
export class UnfinishedAnswers {
  readonly #byPlace = new Map<string, Operation>();
  readonly #places = new Map<Operation, Set<string>>();

  /** How many places are remembered. */
  get size(): number {
    return this.#byPlace.size;
  }

  /** Its provider has said where the rest of the answer will be asked for. */
  expect(operation: Operation, rest: readonly string[]): void {
    this.#forgetEnded();
    const places = this.#places.get(operation) ?? new Set();
    this.#places.set(operation, places);
    for (const place of rest) {
      if (places.size >= MOST_PLACES) return;
      places.add(place);
      this.#byPlace.set(place, operation);
    }
  }

  /** The operation whose answer is asked for at `path`, which may have a query. Cheap where there is none at all: it is asked of every request. */
  at(path: string): Operation | undefined {
    if (this.#byPlace.size === 0) return undefined;
    const operation = this.#byPlace.get(lastParts(path));
    if (operation?.ended !== true) return operation;
    this.forget(operation);
    return undefined;
  }

  /** Another tracker may own the operation, and end it unheard. */
  #forgetEnded(): void {
    for (const operation of this.#places.keys()) {
      if (!operation.ended) return;
      this.forget(operation);
    }
  }

  /** It has ended. */
  forget(operation: Operation): void {
    for (const place of this.#places.get(operation) ?? []) if (this.#byPlace.get(place) === operation) this.#byPlace.delete(place);
    this.#places.delete(operation);
  }
}
