import { dialectFor, UrlCache } from '@outspan/core';
import { isObject, isSignal } from '@outspan/sdk-boundary';
import type { DescribedCall } from '@outspan/sdk-boundary';

/** Where the SDK sends requests that are told no other address. */
const PRODUCTION = 'https://api.cohere.com';

/** A method of the SDK that is an LLM call. */
interface Method {
  readonly name: string;
  /** The last part of its path. */
  readonly path: string;
  readonly stream: boolean;
}

/** The methods, by the names that they have in both versions of the API. */
export const METHODS: readonly Method[] = [
  { name: 'chat', path: 'chat', stream: false },
  { name: 'chatStream', path: 'chat', stream: true },
  { name: 'embed', path: 'embed', stream: false },
  { name: 'rerank', path: 'rerank', stream: false },
];

const URLS = new UrlCache();

/**
 * Reads the arguments of a method.
 *
 * @param client of the SDK's classes the one that the method is called on
 * @param options of this one request
 * @returns undefined where they are not as expected: then the wire alone tells
 */
export function describeCall({ path, stream }: Method, version: 'v1' | 'v2', client: unknown, request: unknown, options: unknown): DescribedCall | undefined {
  const dialect = dialectFor('POST', `/${version}/${path}`, () => 'cohere');
  const settings = isObject(client) ? client['_options'] : undefined;
  // With a fetcher of its own it speaks another provider's dialect, to another address: Bedrock, SageMaker.
  if (dialect === undefined || !isObject(settings) || settings['fetcher'] !== undefined) return undefined;
  const base = settings['baseUrl'] ?? settings['environment'] ?? PRODUCTION;
  // It can also be a promise, or a function that gives one.
  if (typeof base !== 'string') return undefined;
  const address = `${base.replace(/\/+$/, '')}/${version}/${path}`;
  const url = URLS.of(address, () => (URL.canParse(address) ? new URL(address) : undefined));
  const signal = isObject(options) ? options['abortSignal'] : undefined;
  return url && { dialect, parameters: { ...(isObject(request) && request), stream }, url, ...(isSignal(signal) && { signal }) };
}
