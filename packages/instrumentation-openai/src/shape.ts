import { isFunction, isObject } from '@outspan/sdk-boundary';
import type { AnyFunction } from '@outspan/sdk-boundary';

/**
 * The shapes of the SDK's values, as far as they are used. All of them come from a package whose version the user
 * chooses, so every one is checked where it comes in.
 */

/** The SDK's `Stream`: every way of reading it (`for await`, `tee()`, `toReadableStream()`) calls `iterator`. */
export interface SdkStream {
  iterator: AnyFunction;
  readonly controller: AbortController;
}

export function isSdkStream(value: unknown): value is SdkStream {
  return isObject(value) && isFunction(value['iterator']) && value['controller'] instanceof AbortController;
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
