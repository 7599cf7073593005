import { dialectFor, providerOfAgent, UrlCache } from '@outspan/core';
import type { Dialect } from '@outspan/core';
import { isObject, isSignal } from '@outspan/sdk-boundary';
import type { SignalLike } from '@outspan/sdk-boundary';
import { pathOnPlatform } from './platform-path.ts';

/** An LLM call, as the SDK's request options describe it. */
export interface DescribedCall {
  readonly dialect: Dialect;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly url: URL;
  readonly signal: SignalLike | undefined;
  /** Whose SDK it is, where its dialect is another's as well. */
  readonly provider?: string;
}

/**
 * Reads what the SDK is about to send.
 *
 * @param client the SDK's client
 * @param options its resolved request options: `method`, `path`, `body` …
 * @returns undefined when it is no LLM call, or one whose body only the wire can read
 */
export function describeCall(client: unknown, options: unknown): DescribedCall | undefined {
  if (!isObject(client) || !isObject(options)) return undefined;
  const { method, path, body } = options;
  if (typeof method !== 'string' || method.toUpperCase() !== 'POST' || typeof path !== 'string') return undefined;
  const parameters = parametersOf(body);
  if (parameters === undefined) return undefined;
  const place = pathOnPlatform(client, path, parameters);
  const url = urlOf(client, place);
  const dialect = url && dialectOf(url, path, place !== path);
  if (url === undefined || dialect === undefined) return undefined;
  const signal = options['signal'];
  const provider = providerOf(client);
  return { dialect, parameters: withModel(client, parameters), url, signal: isSignal(signal) ? signal : undefined, ...(provider !== undefined && { provider }) };
}

/** The provider whose SDK the client is from, by the name of its class or of one that it extends: SDKs send it as `user-agent`. */
function providerOf(client: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(client);
  if (!isObject(prototype)) return undefined;
  const known = providers.get(prototype);
  if (known !== undefined) return known.provider;
  const name = isFunction(prototype['constructor']) ? prototype['constructor'].name : '';
  const provider = providerOfAgent(`${name}/JS `) ?? providerOf(prototype);
  providers.set(prototype, { provider });
  return provider;
}

/** By the prototype: an application has few classes, and makes many calls. */
const providers = new WeakMap<object, { readonly provider: string | undefined }>();

function isFunction(value: unknown): value is (...args: never[]) => unknown {
  return typeof value === 'function';
}

/**
 * The dialect of what goes out. The SDK's own path tells where the whole one does not, as at a gateway's base without a version.
 * Where a client rewrites the request for its platform, it is still read as the SDK's method took it.
 */
function dialectOf(url: URL, path: string, isRewritten: boolean): Dialect | undefined {
  const own = path.replace(/\?.*$/, '');
  const sent = dialectFor('POST', url.pathname) ?? dialectFor('POST', `/v1/${own.replace(/^\//, '')}`);
  const canonical = sent && isRewritten ? dialectFor('POST', own) : undefined;
  if (sent === undefined || canonical === undefined || canonical.id === sent.id) return sent;
  let both = rewritten.get(sent);
  if (both === undefined) {
    both = { ...sent, readRequestParameters: (parameters) => canonical.readRequestParameters(parameters), readContent: (body) => canonical.readContent(body) };
    rewritten.set(sent, both);
  }
  return both;
}

const rewritten = new Map<Dialect, Dialect>();

/** The request's members; undefined where it is sent as bytes, as text or as a stream. */
function parametersOf(body: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(body)) return undefined;
  if (body instanceof FormData) return Object.fromEntries([...body].filter(([, value]) => typeof value === 'string'));
  return isPlain(body) ? body : undefined;
}

/** Not `client.buildURL`: it is the application's to override, and to count. */
function urlOf(client: Readonly<Record<string, unknown>>, path: string): URL | undefined {
  const { baseURL } = client;
  return typeof baseURL === 'string' ? urls.of(`${baseURL} ${path}`, () => parse(baseURL, path)) : undefined;
}

const urls = new UrlCache();

function parse(base: string, path: string): URL | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return URL.canParse(path) ? new URL(path) : undefined;
  if (!URL.canParse(base)) return undefined;
  const url = new URL(base);
  url.hash = '';
  const [pathname = '', query] = path.split('?', 2);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${pathname.replace(/^\//, '')}`;
  if (query !== undefined) url.search = query;
  return url;
}

/** An Azure client that is made for one deployment calls that one, whether or not the call names a model. */
function withModel(client: Readonly<Record<string, unknown>>, body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const deployment = client['deploymentName'];
  const named = typeof body['model'] === 'string' && body['model'] !== '';
  return named || typeof deployment !== 'string' || deployment === '' ? body : { ...body, model: deployment };
}

/** Whether the SDK will send it as JSON of its members, and not as bytes, a form or a stream. */
function isPlain(body: object): boolean {
  if (Array.isArray(body) || ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return false;
  return !(Symbol.asyncIterator in body) && !(Symbol.iterator in body) && !(body instanceof Blob);
}
