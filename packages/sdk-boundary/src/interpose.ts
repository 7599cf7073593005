import { guard } from '@outspan/core';
import { isFunction, isObject } from './shape.ts';
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

/** The replaced methods of one object, and which calls of them are observed. */
interface ReplacedMethods {
  readonly places: Map<string, Place>;
  /** Whether every call is observed, or only those on `clients`. */
  everyone: boolean;
  readonly clients: WeakSet<object>;
  /** Finds the object of `clients` if a method is called on another one. */
  clientOf: ClientOf | undefined;
}

/** Finds the object that stands for a client, by an object that a method is called on. */
export type ClientOf = (self: object) => unknown;

// On the object itself, so that the ESM and the CJS copy of this package, and two instrumentations, share it.
const REPLACED = Symbol.for('outspan.sdk-boundary.replaced-methods.v1');

/**
 * Stands in front of a method of a prototype (or of any object). The method is replaced once, in its place, by a function of
 * the same name and length; who stands there may change, and without anyone the call goes straight through. So does a call on a
 * client that is not observed, see {@link observeOnly}.
 *
 * @returns steps aside again, unless another has come meanwhile; undefined where there is no such method
 */
export function interpose(target: object, method: string, interposer: Interposer): (() => void) | undefined {
  const replaced = replacedMethodsOf(target);
  let place = replaced.places.get(method);
  if (place === undefined) {
    const original: unknown = Reflect.get(target, method);
    if (!isFunction(original)) return undefined;
    place = { interposer: undefined };
    if (!replace(target, method, original, place, replaced)) return undefined;
    replaced.places.set(method, place);
  }
  place.interposer = interposer;
  const taken = place;
  return () => {
    if (taken.interposer === interposer) taken.interposer = undefined;
  };
}

/** Observes the calls of a target's methods on every object, which is the default. Ends what {@link observeOnly} began. */
export function observeEveryone(target: object): void {
  replacedMethodsOf(target).everyone = true;
}

/**
 * Observes the calls of a target's methods on `client`, and on clients named before, but on no others. Does nothing if calls on
 * every object are observed already.
 *
 * @param clientOf finds `client` by the object that a method is called on; default: that object itself
 */
export function observeOnly(target: object, client: object, clientOf?: ClientOf): void {
  const replaced = replacedMethodsOf(target, false);
  replaced.clients.add(client);
  replaced.clientOf ??= clientOf;
}

/** Whether the calls of a target's methods on `client` are observed. */
export function isObserved(target: object, client: object): boolean {
  const replaced = replacedMethodsOf(target);
  return replaced.everyone || isClient(client, replaced);
}

function replace(target: object, method: string, original: AnyFunction, place: Place, replaced: ReplacedMethods): boolean {
  const stand: AnyFunction = function (this: unknown, ...args) {
    const { interposer } = place;
    if (interposer === undefined || !(replaced.everyone || isClient(this, replaced))) return Reflect.apply(original, this, args);
    return interposer({ self: this, args, run: (given = args) => Reflect.apply(original, this, given) });
  };
  Object.defineProperties(stand, { name: { value: original.name, configurable: true }, length: { value: original.length, configurable: true } });
  const descriptor = Object.getOwnPropertyDescriptor(target, method);
  return Reflect.defineProperty(target, method, { configurable: true, enumerable: descriptor?.enumerable ?? false, writable: true, value: stand });
}

function isClient(self: unknown, { clientOf, clients }: ReplacedMethods): boolean {
  if (!isObject(self)) return false;
  const client = clientOf === undefined ? self : guard('finding a client', () => clientOf(self));
  return isObject(client) && clients.has(client);
}

function replacedMethodsOf(target: object, everyone = true): ReplacedMethods {
  const known: unknown = Object.getOwnPropertyDescriptor(target, REPLACED)?.value;
  if (isReplacedMethods(known)) return known;
  const replaced: ReplacedMethods = { places: new Map(), everyone, clients: new WeakSet(), clientOf: undefined };
  Object.defineProperty(target, REPLACED, { value: replaced });
  return replaced;
}

/** Not by its classes: it may be of another realm, such as that of a test file. */
function isReplacedMethods(value: unknown): value is ReplacedMethods {
  return isObject(value) && isObject(value['places']) && isObject(value['clients']) && typeof value['everyone'] === 'boolean';
}
