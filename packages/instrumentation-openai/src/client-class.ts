import { declaringPrototype, isFunction, isObject } from '@outspan/sdk-boundary';
import type { ClientPart } from '@outspan/sdk-boundary';

/**
 * The prototype that carries an SDK's request methods, found through whichever class a module exports. It may be a parent's:
 * Anthropic's clients for several platforms share one.
 *
 * @param names what the class, or a class derived from it, is exported as besides `default`
 */
export function clientPrototypeOf(exports: unknown, names: readonly string[]): object | undefined {
  if (!isObject(exports) && !isFunction(exports)) return undefined;
  for (const name of [...names, 'default']) {
    const exported: unknown = Reflect.get(exports, name);
    const found = isFunction(exported) ? declaringPrototype(exported.prototype, 'makeRequest') : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The parts of a client of an SDK of the family, whatever its class is called: bundlers rename it.
 *
 * @returns nothing for any other object
 */
export function clientParts(client: object): readonly ClientPart[] {
  const target = declaringPrototype(Object.getPrototypeOf(client), 'makeRequest');
  if (target === undefined || !isPatchable(target)) return [];
  // Around a client may be a Proxy. Requests are made on the object that its resources hold.
  const held = Object.values(client).flatMap((resource: unknown): object[] => {
    const holder = isObject(resource) ? resource['_client'] : undefined;
    return isObject(holder) && isFunction(holder['makeRequest']) ? [holder] : [];
  });
  return [...new Set([client, ...held])].map((one) => ({ target, client: one }));
}

/** Options, retries left, and since the generator uses the platform's fetch which request it retries. */
const MAKE_REQUEST_ARGUMENTS = 2;

/** Whether a prototype has the methods that calls are told by. */
export function isPatchable(prototype: object): boolean {
  const makeRequest: unknown = Reflect.get(prototype, 'makeRequest');
  return isFunction(makeRequest) && makeRequest.length >= MAKE_REQUEST_ARGUMENTS && isFunction(Reflect.get(prototype, 'fetchWithTimeout'));
}

/**
 * Whether `makeRequest` is called for another try of the same call: an SDK then says of which request, or, in older ones that
 * pass two arguments, how many tries are left. A call of the application leaves that open.
 */
export function isRetry(args: readonly unknown[]): boolean {
  const [, remaining, retryOf] = args;
  return args.length > MAKE_REQUEST_ARGUMENTS ? retryOf !== undefined : typeof remaining === 'number';
}

/** Whether the SDK traces the call itself: it hands its span along. */
export function isTraced([, , , span]: readonly unknown[]): boolean {
  return isObject(span) && isFunction(span['spanContext']);
}
