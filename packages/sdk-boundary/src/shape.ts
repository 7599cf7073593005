/**
 * The shapes of what SDKs hand over, as far as they are used. All of it comes from packages whose version the user chooses,
 * so every value is checked where it comes in.
 */

/** Whether a value can be asked for properties. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Any function, to be called with `Reflect.apply`. */
export type AnyFunction = (this: unknown, ...args: readonly unknown[]) => unknown;

/** Whether a value is a function, a class included. */
export function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function';
}

/** Whether a value can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value['then'] === 'function';
}

/** A signal of the caller's, which may be another realm's or a polyfill's. */
export interface SignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

/** Whether a value is a signal, of whichever implementation. */
export function isSignal(value: unknown): value is SignalLike {
  return isObject(value) && typeof value['aborted'] === 'boolean';
}
