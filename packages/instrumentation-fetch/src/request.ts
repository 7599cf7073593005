import { UrlCache } from '@outspan/core';
import { pageAddress } from './page.ts';
import { bytesOf, isFunction, isObject, isSignal } from './shape.ts';

/** A request, as the arguments of `fetch` describe it. Reading it consumes nothing. */
export interface FetchRequest {
  /** In upper case. */
  readonly method: string;
  readonly url: URL;
  /** A header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  readonly signal: AbortSignal | undefined;
}

const urls = new UrlCache();

/** The method of a request, in upper case. Default: GET. */
export function methodOf(input: unknown, init: unknown): string {
  const method = member(init, 'method') ?? (isRequest(input) ? input['method'] : undefined);
  return typeof method === 'string' ? method.toUpperCase() : 'GET';
}

/** The URL of a request. Undefined where `fetch` will refuse it, and for an object that would have to be converted to a string. */
export function urlOf(input: unknown): URL | undefined {
  if (input instanceof URL) return input;
  const text = isRequest(input) ? input['url'] : input;
  if (typeof text !== 'string') return undefined;
  const base = pageAddress();
  return urls.of(text, () => (URL.canParse(text, base) ? new URL(text, base) : undefined));
}

/** Reads headers of a request. */
export function headerReader(input: unknown, init: unknown): FetchRequest['header'] {
  const headers = headersGiven(input, init);
  if (headers instanceof Headers) return (name) => headers.get(name) ?? undefined;
  const pairs = Array.isArray(headers) ? headers : isObject(headers) && !(Symbol.iterator in headers) ? Object.entries(headers) : [];
  return (name) => {
    const found: unknown = pairs.find((pair: unknown) => Array.isArray(pair) && typeof pair[0] === 'string' && pair[0].toLowerCase() === name);
    return Array.isArray(found) && typeof found[1] === 'string' ? found[1] : undefined;
  };
}

/** The signal that ends a request. */
export function signalOf(input: unknown, init: unknown): AbortSignal | undefined {
  const signal = member(init, 'signal') ?? (isRequest(input) ? input['signal'] : undefined);
  return isSignal(signal) ? signal : undefined;
}

/** A request's body, or the part of it that can be read without consuming it. */
export interface RequestBody {
  readonly bytes: Uint8Array;
  /** Whether these are the bytes that will be sent. */
  readonly whole: boolean;
}

/**
 * Reads a request's body where that uses nothing up: text, bytes, parameters, and the fields of a form. A stream, a blob and the
 * body of a `Request` are left alone.
 *
 * @param most bytes up to which a body is read whole: up to there, bytes are copied
 */
export function bodyOf(init: unknown, most: number = Infinity): RequestBody | undefined {
  const body = member(init, 'body');
  if (typeof body === 'string') return { bytes: new TextEncoder().encode(body), whole: true };
  const bytes = bytesOf(body);
  // The caller may use its memory again as soon as fetch has returned.
  if (bytes !== undefined) return { bytes: bytes.byteLength > most ? bytes : new Uint8Array(bytes), whole: true };
  if (body instanceof URLSearchParams) return { bytes: new TextEncoder().encode(body.toString()), whole: true };
  return typeof FormData === 'function' && body instanceof FormData ? { bytes: new TextEncoder().encode(fieldsOf(body)), whole: false } : undefined;
}

const BOUNDARY = '--outspan';

/** The fields of a form as they are sent, each file by its name and size alone. */
function fieldsOf(form: FormData): string {
  const parts = Array.from(form, ([name, value]) => {
    const head = `Content-Disposition: form-data; name="${name.replaceAll('"', '%22')}"`;
    return typeof value === 'string' ? `${head}\r\n\r\n${value}` : `${head}; filename="${value.name.replaceAll('"', '%22')}"\r\n\r\n${value.size}`;
  });
  return [...parts.map((part) => `${BOUNDARY}\r\n${part}\r\n`), `${BOUNDARY}--\r\n`].join('');
}

/**
 * The arguments of `fetch` with headers added. What the caller gave stays as it is.
 *
 * @returns undefined where the headers cannot be added without changing what the caller gave
 */
export function withHeaders(args: readonly unknown[], added: Readonly<Record<string, string>>): readonly unknown[] | undefined {
  const [input, init, ...rest] = args;
  if (init !== undefined && !isPlain(init)) return undefined;
  const headers = extended(headersGiven(input, init), added);
  return headers === undefined ? undefined : [input, { ...init, headers }, ...rest];
}

function extended(headers: unknown, added: Readonly<Record<string, string>>): unknown {
  if (headers === undefined || headers === null) return { ...added };
  if (headers instanceof Headers) {
    const copy = new Headers(headers);
    for (const [name, value] of Object.entries(added)) copy.set(name, value);
    return copy;
  }
  if (Array.isArray(headers)) return [...headers, ...Object.entries(added)];
  return isPlain(headers) ? { ...headers, ...added } : undefined;
}

/** The headers that are sent: those of the options, or else those of the request. */
function headersGiven(input: unknown, init: unknown): unknown {
  return member(init, 'headers') ?? (isRequest(input) ? input['headers'] : undefined);
}

function isRequest(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return isObject(value) && typeof value['url'] === 'string' && isFunction(value['clone']);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && !(Symbol.iterator in value);
}

function member(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
