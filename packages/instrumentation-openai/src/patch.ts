import { guard } from '@outspan/core';
import { interpose, isFunction, isObject, observeOnly } from '@outspan/sdk-boundary';
import type { Interposer } from '@outspan/sdk-boundary';

/** What a patched copy of the SDK tells. `run` is the SDK's own method; its result, or one derived from it, is what the caller gets. */
export interface ClientObserver {
  makeRequest(run: (args: readonly unknown[]) => unknown, client: unknown, args: readonly unknown[]): unknown;
  fetchWithTimeout(run: () => unknown, args: readonly unknown[]): unknown;
  parseResponseWithTimeout(run: () => unknown, props: unknown): unknown;
  parseResponse(run: () => unknown, props: unknown): unknown;
  /** The application asked for the response itself, and gets it next. */
  asResponse(response: unknown): void;
}

/**
 * Stands in front of the methods of one copy of the SDK's client class. They stay on the prototype where they were: openai 7
 * compares `this.fetchWithTimeout` with the prototype's, and works differently where they differ.
 *
 * @returns steps aside again
 */
export function observeClient(prototype: object, observer: ClientObserver): () => void {
  const leaves: (() => void)[] = [];
  const stand = (target: object, method: string, interposer: Interposer): boolean => {
    const leave = interpose(target, method, interposer);
    if (leave !== undefined) leaves.push(leave);
    return leave !== undefined;
  };
  stand(prototype, 'makeRequest', ({ args, run, self }) => observer.makeRequest(run, self, args));
  stand(prototype, 'fetchWithTimeout', ({ args, run }) => observer.fetchWithTimeout(run, args));
  const readsBodies = stand(prototype, 'parseResponseWithTimeout', ({ args, run }) => observer.parseResponseWithTimeout(run, args[1]));
  // Of a client that is observed alone, what it makes is its own, too.
  stand(prototype, 'withOptions', ({ run }) => {
    const copy = run();
    guard('observing a copy of a client', () => {
      if (isObject(copy)) observeOnly(prototype, copy);
    });
    return copy;
  });
  const promises = new WeakSet();
  stand(prototype, 'request', ({ run }) => {
    const promise = run();
    if (isObject(promise)) {
      guard('observing a promise', () => {
        if (!readsBodies) observeParsing(promise, observer);
        // The class of the SDK's promises is not always exported: its first instance leads to it.
        const made: unknown = Object.getPrototypeOf(promise);
        if (!isObject(made) || promises.has(made) || !Object.hasOwn(made, 'asResponse')) return;
        promises.add(made);
        stand(made, 'asResponse', (call) => observeRawResponse(call.run(), observer));
      });
    }
    return promise;
  });
  return () => {
    for (const leave of leaves) leave();
  };
}

/** All but openai 7 parse by a function that they give to each promise; the oldest give it no client first. What the SDK derives from the promise goes through it too. */
function observeParsing(promise: object, observer: ClientObserver): void {
  const original: unknown = Reflect.get(promise, 'parseResponse');
  if (!isFunction(original)) return;
  // A field of the promise, and private: it need not look like the SDK's own, which would cost at every call.
  Reflect.set(promise, 'parseResponse', function (this: unknown, ...args: unknown[]) {
    return observer.parseResponse(() => Reflect.apply(original, this, args), args.at(-1));
  });
}

function observeRawResponse(response: unknown, observer: ClientObserver): unknown {
  if (!(response instanceof Promise)) return response;
  return response.then((value: unknown) => {
    observer.asResponse(value);
    return value;
  });
}
