import { guard } from '@outspan/core';
import { isFunction, isObject } from './shape.ts';
import type { AnyFunction } from './shape.ts';

/** What a patched copy of the SDK tells. `run` is the SDK's own method; its result, or one derived from it, is what the caller gets. */
export interface ClientObserver {
  makeRequest(run: (args: readonly unknown[]) => unknown, client: unknown, args: readonly unknown[]): unknown;
  fetchWithTimeout(run: () => unknown, args: readonly unknown[]): unknown;
  parseResponseWithTimeout(run: () => unknown, props: unknown): unknown;
  parseResponse(run: () => unknown, props: unknown): unknown;
  /** The application asked for the response itself, and gets it next. */
  asResponse(response: unknown): void;
}

/** Who is told. On the prototype itself, so that the ESM and the CJS copy of this package, and two instrumentations, share it. */
interface Seat {
  observer: ClientObserver | undefined;
}

const SEAT = Symbol.for('outspan.instrumentation-openai.v1');

/**
 * Patches one copy of the SDK's client class, once. Its methods stay on the prototype where they were: openai 7 compares
 * `this.fetchWithTimeout` with the prototype's, and works differently where they differ.
 *
 * A patched method whose observer has left calls the original and nothing else.
 */
export function observeClient(prototype: object, observer: ClientObserver): void {
  const known = seatOf(prototype);
  if (known !== undefined) {
    known.observer = observer;
    return;
  }
  const seat: Seat = { observer };
  Object.defineProperty(prototype, SEAT, { value: seat });
  wrap(prototype, 'makeRequest', (original) => {
    return function (...args) {
      const run = (given: readonly unknown[]): unknown => Reflect.apply(original, this, given);
      return seat.observer === undefined ? run(args) : seat.observer.makeRequest(run, this, args);
    };
  });
  wrap(prototype, 'fetchWithTimeout', (original) => {
    return function (...args) {
      const run = (): unknown => Reflect.apply(original, this, args);
      return seat.observer === undefined ? run() : seat.observer.fetchWithTimeout(run, args);
    };
  });
  const readsBodies = wrap(prototype, 'parseResponseWithTimeout', (original) => {
    return function (...args) {
      const run = (): unknown => Reflect.apply(original, this, args);
      return seat.observer === undefined ? run() : seat.observer.parseResponseWithTimeout(run, args[1]);
    };
  });
  wrap(prototype, 'request', (original) => {
    return function (...args) {
      const promise = Reflect.apply(original, this, args);
      if (seat.observer !== undefined && isObject(promise)) {
        guard('observing a promise', () => {
          if (!readsBodies) observeParsing(promise, seat);
          observeRawResponses(promise, seat);
        });
      }
      return promise;
    };
  });
}

/** Leaves a patched copy, unless another observer has come meanwhile. */
export function leaveClient(prototype: object, observer: ClientObserver): void {
  const seat = seatOf(prototype);
  if (seat?.observer === observer) seat.observer = undefined;
}

/** openai 5 and 6 parse by a function that they give to each promise. What the SDK derives from the promise goes through it too. */
function observeParsing(promise: object, seat: Seat): void {
  const original: unknown = Reflect.get(promise, 'parseResponse');
  if (!isFunction(original)) return;
  // A field of the promise, and private: it need not look like the SDK's own, which would cost at every call.
  Reflect.set(promise, 'parseResponse', function (this: unknown, ...args: unknown[]) {
    const run = (): unknown => Reflect.apply(original, this, args);
    return seat.observer === undefined ? run() : seat.observer.parseResponse(run, args[1]);
  });
}

/** The class of the SDK's promises is not always exported: its first instance leads to it. */
function observeRawResponses(promise: object, seat: Seat): void {
  const prototype: unknown = Object.getPrototypeOf(promise);
  if (!isObject(prototype) || !Object.hasOwn(prototype, 'asResponse') || seatOf(prototype) !== undefined) return;
  Object.defineProperty(prototype, SEAT, { value: seat });
  wrap(prototype, 'asResponse', (original) => {
    return function (...args) {
      const response = Reflect.apply(original, this, args);
      if (seat.observer === undefined || !(response instanceof Promise)) return response;
      return response.then((value: unknown) => {
        seat.observer?.asResponse(value);
        return value;
      });
    };
  });
}

function seatOf(prototype: object): Seat | undefined {
  const seat: unknown = Object.getOwnPropertyDescriptor(prototype, SEAT)?.value;
  return isSeat(seat) ? seat : undefined;
}

function isSeat(value: unknown): value is Seat {
  return typeof value === 'object' && value !== null && 'observer' in value;
}

/** Puts a function in a method's place that looks like it. False where there is no such method. */
function wrap(target: object, name: string, around: (original: AnyFunction) => AnyFunction): boolean {
  const original: unknown = Reflect.get(target, name);
  if (!isFunction(original)) return false;
  const descriptor = Object.getOwnPropertyDescriptor(target, name);
  const wrapped = around(original);
  Object.defineProperties(wrapped, { name: { value: original.name, configurable: true }, length: { value: original.length, configurable: true } });
  Object.defineProperty(target, name, { configurable: true, enumerable: descriptor?.enumerable ?? false, writable: true, value: wrapped });
  return true;
}
