import { isFunction, isObject } from '@outspan/sdk-boundary';

/** What a module of the SDK may export the class, or a class derived from it, as. */
const EXPORTS = ['OpenAI', 'AzureOpenAI', 'BedrockOpenAI', 'default'] as const;

/** openai 4 passes two arguments: nothing tells its retries from its calls. */
const MAKE_REQUEST_ARGUMENTS = 3;

/** The prototype that carries the SDK's request methods, found through whichever class a module exports. */
export function clientPrototypeOf(exports: unknown): object | undefined {
  if (!isObject(exports) && !isFunction(exports)) return undefined;
  for (const name of EXPORTS) {
    const found = declaringPrototype(Reflect.get(exports, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function declaringPrototype(candidate: unknown): object | undefined {
  if (!isFunction(candidate)) return undefined;
  let prototype: unknown = candidate.prototype;
  while (isObject(prototype)) {
    if (Object.hasOwn(prototype, 'makeRequest')) return prototype;
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
}

/** Whether a prototype has the methods that calls are told by. */
export function isPatchable(prototype: object): boolean {
  const makeRequest: unknown = Reflect.get(prototype, 'makeRequest');
  return isFunction(makeRequest) && makeRequest.length >= MAKE_REQUEST_ARGUMENTS && isFunction(Reflect.get(prototype, 'fetchWithTimeout'));
}
