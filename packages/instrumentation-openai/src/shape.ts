/**
 * The shapes of the SDK's values, as far as they are used. All of them come from a package whose version the user
 * chooses, so every one is checked where it comes in.
 */

/** Whether a value can be asked for properties. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Any function, to be called with `Reflect.apply`. */
export type AnyFunction = (this: unknown, ...args: readonly unknown[]) => unknown;

export function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function';
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value['then'] === 'function';
}

/** The SDK's `Stream`: every way of reading it (`for await`, `tee()`, `toReadableStream()`) calls `iterator`. */
export interface SdkStream {
  iterator: AnyFunction;
  readonly controller: AbortController;
}

export function isSdkStream(value: unknown): value is SdkStream {
  return isObject(value) && isFunction(value['iterator']) && value['controller'] instanceof AbortController;
}

/** A signal of the caller's, which may be another realm's or a polyfill's. */
export interface SignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

export function isSignal(value: unknown): value is SignalLike {
  return isObject(value) && typeof value['aborted'] === 'boolean';
}

/** A fetch response, of whichever implementation. */
export interface ResponseLike {
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
}

export function isResponse(value: unknown): value is ResponseLike {
  if (!isObject(value) || typeof value['status'] !== 'number') return false;
  const { headers } = value;
  return isObject(headers) && typeof Reflect.get(headers, Symbol.iterator) === 'function';
}
