import { report } from '@outspan/core';

type Seen = (args: readonly unknown[]) => void;

/**
 * Sees the calls of a method of one object, on which nothing is changed that enumerates, and on its class nothing at all. A
 * listener in its place would count in `listenerCount`, and one for 'data' or 'error' would change what the stream does.
 *
 * @param before is told the arguments of each call
 * @param after is told them when the call has returned
 * @returns undoes it, unless somebody else has put a method of his own in front
 */
export function watch(target: object, method: string, before: Seen, after?: Seen): () => void {
  const original: unknown = Reflect.get(target, method);
  if (typeof original !== 'function') return () => undefined;
  const tell = (seen: Seen, args: readonly unknown[]): void => {
    try {
      seen(args);
    } catch (error) {
      report(`watching ${method}`, error);
    }
  };
  const { [method]: watched } = {
    [method](this: unknown, ...args: unknown[]): unknown {
      tell(before, args);
      const result: unknown = Reflect.apply(original, this, args);
      if (after !== undefined) tell(after, args);
      return result;
    },
  };
  const own = Object.getOwnPropertyDescriptor(target, method);
  if (!Reflect.defineProperty(target, method, { value: watched, writable: true, configurable: true, enumerable: own?.enumerable ?? false })) return () => undefined;
  return () => {
    if (Object.getOwnPropertyDescriptor(target, method)?.value !== watched) return;
    if (own === undefined) Reflect.deleteProperty(target, method);
    else Reflect.defineProperty(target, method, own);
  };
}
