import { dialectFor, UrlCache } from '@outspan/core';
import { isObject } from '@outspan/sdk-boundary';
import type { DescribedCall } from '@outspan/sdk-boundary';

const URLS = new UrlCache();

/**
 * Reads the arguments of a method.
 *
 * @param endpoint the last part of the path: `chat`, `generate`, `embed`, `embeddings`; others are no LLM calls
 * @param request as the application gave it, its images already encoded
 * @returns undefined where it is no LLM call, or not as expected: then the wire alone tells
 */
export function describeCall(client: unknown, endpoint: unknown, request: unknown): DescribedCall | undefined {
  const dialect = typeof endpoint === 'string' ? dialectFor('POST', `/api/${endpoint}`, () => 'ollama') : undefined;
  const config = isObject(client) ? client['config'] : undefined;
  const host = isObject(config) ? config['host'] : undefined;
  if (dialect === undefined || !isObject(request) || typeof host !== 'string') return undefined;
  const address = `${host}/api/${String(endpoint)}`;
  const url = URLS.of(address, () => (URL.canParse(address) ? new URL(address) : undefined));
  // The SDK has no timer of its own: whatever aborts a call is its caller.
  return url && { dialect, parameters: request, url, timer: 'none' };
}
