import { isFunction } from './shape.ts';
import type { AnyFunction } from './shape.ts';

/** One call of a method that somebody stands in front of. */
export interface MethodCall {
  /** What the method was called on. */
  readonly self: unknown;
  readonly args: readonly unknown[];
  /** Calls the method itself, with the caller's arguments unless others are given. */
  readonly run: (args?: readonly unknown[]) => unknown;
}

/** Stands in front of a method: what it returns, or throws, is what the caller gets. */
export type Interposer = (call: MethodCall) => unknown;

/** Who stands in front of one method. */
interface Place {
  interposer: Interposer | undefined;
}

// On the object itself, so that the ESM and the CJS copy of this package, and two instrumentations, share it.
const PLACES = Symbol.for('outspan.sdk-boundary.places.v1');

/**
 * Stands in front of a method of a prototype (or of any object). The method is replaced once, in its place, by a function of
 * the same name and length; who stands there may change, and without anyone the call goes straight through.
 *
 * @returns steps aside again, unless another has come meanwhile; undefined where there is no such method
 */
export function interpose(target: object, method: string, interposer: Interposer): (() => void) | undefined {
  const places = placesOf(target);
  let place = places.get(method);
  if (place === undefined) {
    const original: unknown = Reflect.get(target, method);
    if (!isFunction(original)) return undefined;
    place = { interposer: undefined };
    if (!replace(target, method, original, place)) return undefined;
    places.set(method, place);
  }
  place.interposer = interposer;
  const taken = place;
  return () => {
    if (taken.interposer === interposer) taken.interposer = undefined;
  };
}

function replace(target: object, method: string, original: AnyFunction, place: Place): boolean {
  const stand: AnyFunction = function (this: unknown, ...args) {
    const { interposer } = place;
    if (interposer === undefined) return Reflect.apply(original, this, args);
    return interposer({ self: this, args, run: (given = args) => Reflect.apply(original, this, given) });
  };
  Object.defineProperties(stand, { name: { value: original.name, configurable: true }, length: { value: original.length, configurable: true } });
  const descriptor = Object.getOwnPropertyDescriptor(target, method);
  return Reflect.defineProperty(target, method, { configurable: true, enumerable: descriptor?.enumerable ?? false, writable: true, value: stand });
}

function placesOf(target: object): Map<string, Place> {
  const known: unknown = Object.getOwnPropertyDescriptor(target, PLACES)?.value;
  if (isPlaces(known)) return known;
  const places = new Map<string, Place>();
  Object.defineProperty(target, PLACES, { value: places });
  return places;
}

function isPlaces(value: unknown): value is Map<string, Place> {
  return value instanceof Map;
}
