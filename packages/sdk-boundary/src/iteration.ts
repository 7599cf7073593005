import { guard, telling } from '@outspan/core';
import { isFunction, isObject } from './shape.ts';
import type { AnyFunction } from './shape.ts';

/** Who is told how the reading of a stream goes. Whatever these do, the reader gets what the stream gives. */
export interface IterationObserver {
  /** Runs one step of the stream: to be run in a context of its own, for a stream that makes its request when it is first read. */
  step?(run: () => unknown): unknown;
  /** The stream gave an item. */
  came?(item: unknown): void;
  /** The stream ended by itself. */
  ended?(): void;
  /** The stream threw. */
  failed?(error: unknown): void;
  /** The reader broke off: by `break`, by `return()`, or by an error thrown into the stream. Told before the stream is. */
  left?(): void;
}

/**
 * Reads along as an application reads an async iterable. The object stays what it is, and so do its iterators: their `next`,
 * `return` and `throw` are put in front of the originals. No item is asked for that the application does not ask for.
 *
 * @returns false where `stream` is no async iterable
 */
export function observeIteration(stream: unknown, observer: IterationObserver): boolean {
  if (!isObject(stream)) return false;
  const open: unknown = Reflect.get(stream, Symbol.asyncIterator);
  if (!isFunction(open)) return false;
  // A generator is its own iterator, and may be read by its `next` alone.
  if (isFunction(stream['next'])) return attach(stream, observer);
  let observed = false;
  define(stream, Symbol.asyncIterator, function (this: unknown, ...args) {
    const iterator = Reflect.apply(open, this, args);
    // What is read a second time is for the stream to allow; the first tells how it went.
    if (!observed && isObject(iterator)) {
      observed = true;
      guard('observing a stream', () => attach(iterator, observer));
    }
    return iterator;
  });
  return true;
}

function attach(iterator: object, observer: IterationObserver): boolean {
  const next: unknown = Reflect.get(iterator, 'next');
  if (!isFunction(next)) return false;
  if (observer.step !== undefined || hearsOfItems(observer)) followItems(iterator, next, observer);
  for (const name of ['return', 'throw'] as const) {
    const original: unknown = Reflect.get(iterator, name);
    if (!isFunction(original)) continue;
    define(iterator, name, (...args) => {
      guard('observing a stream', () => observer.left?.());
      return Reflect.apply(original, iterator, args);
    });
  }
  return true;
}

/** Telling of items costs each a promise, and its reader a turn: one who only waits for the reader to leave does without. */
function hearsOfItems(observer: IterationObserver): boolean {
  return (['came', 'ended', 'failed'] as const).some((name) => observer[name] !== undefined);
}

function followItems(iterator: object, next: AnyFunction, observer: IterationObserver): void {
  const hears = hearsOfItems(observer);
  define(iterator, 'next', (...args) => {
    const run = (): unknown => Reflect.apply(next, iterator, args);
    const result = observer.step === undefined ? run() : observer.step(run);
    if (!hears || !(result instanceof Promise)) return result;
    return telling(result, 'observing a stream', {
      came: (given) => {
        if (isObject(given) && given['done'] === true) observer.ended?.();
        else observer.came?.(isObject(given) ? given['value'] : undefined);
      },
      failed: (error) => observer.failed?.(error),
    });
  });
}

function define(target: object, name: string | symbol, value: AnyFunction): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
}
