import { dialectFor, UrlCache } from '@outspan/core';
import type { Dialect } from '@outspan/core';
import { isObject, isSignal } from '@outspan/sdk-boundary';
import type { DescribedCall } from '@outspan/sdk-boundary';

/** A method that sends one request to a model. */
interface Method {
  readonly dialect: Dialect | undefined;
  readonly stream: boolean;
}

const method = (verb: string): Method => ({ dialect: dialectFor('POST', `/models/model:${verb}`), stream: verb.startsWith('stream') });

/**
 * The methods through which every request of a model passes, by their names on the prototype. Those that applications call are
 * fields of each instance, and may send several requests: function calls that the SDK answers by itself, continuations.
 */
export const METHODS: ReadonlyMap<string, Method> = new Map([
  ['generateContentInternal', method('generateContent')],
  ['generateContentStreamInternal', method('streamGenerateContent')],
  // Versions before 2 have this one alone.
  ['embedContent', method('batchEmbedContents')],
  ['embedContentInternal', method('batchEmbedContents')],
]);

const URLS = new UrlCache();

/**
 * Reads the arguments of a method.
 *
 * @param models the SDK's `Models`, which the method is called on
 * @returns undefined where they are not as expected: then the wire alone tells
 */
export function describeCall({ dialect, stream }: Method, models: unknown, given: unknown): DescribedCall | undefined {
  if (dialect === undefined || !isObject(given)) return undefined;
  const config = objectOf(given['config']);
  const http = { ...objectOf(objectOf(objectOf(objectOf(models)['apiClient'])['clientOptions'])['httpOptions']), ...defined(objectOf(config['httpOptions'])) };
  const base = http['baseUrl'];
  const url = typeof base === 'string' ? URLS.of(base, () => (URL.canParse(base) ? new URL(base) : undefined)) : undefined;
  if (url === undefined) return undefined;
  const { abortSignal } = config;
  const { timeout } = http;
  return {
    dialect,
    parameters: { ...given, stream },
    url,
    ...(isSignal(abortSignal) && { signal: abortSignal }),
    // Its timer goes on until the body has been read, stream or not.
    ...(typeof timeout === 'number' && timeout > 0 && { timer: 'streams_too' as const }),
  };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

/** The SDK passes over what is undefined where it merges. */
function defined(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
