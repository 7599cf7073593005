import { readsHeader } from '@outspan/core';

/** What undici puts on its request channels, as far as it is used. Every field is checked before use: it is not a documented type. */
export interface UndiciRequest {
  readonly method: string;
  readonly origin: unknown;
  readonly path: string;
  readonly host?: unknown;
  readonly headers?: unknown;
  readonly contentLength?: unknown;
  readonly body?: unknown;
  addHeader?(name: string, value: string): unknown;
}

/** Whether a channel's message holds a request. */
export function requestOf(message: unknown): UndiciRequest | undefined {
  if (!isObject(message)) return undefined;
  const { request } = message;
  return isRequest(request) ? request : undefined;
}

function isRequest(value: unknown): value is UndiciRequest {
  return isObject(value) && typeof value['method'] === 'string' && typeof value['path'] === 'string';
}

/** Whether a value can be asked for properties. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What a request's URL is made from. */
export function urlKey({ origin, host, path }: UndiciRequest): string {
  return typeof host === 'string' && host !== '' ? `${String(origin)} ${host} ${path}` : `${String(origin)} ${path}`;
}

/**
 * The URL that the application asked for. `path` is a whole URL where a proxy agent forwards plain HTTP, and with
 * the dns interceptor `origin` is an IP address and `host` the name.
 */
export function urlOf({ origin, host, path }: UndiciRequest): URL | undefined {
  if (!path.startsWith('/') && URL.canParse(path)) return new URL(path);
  if (!URL.canParse(path, String(origin))) return undefined;
  const url = new URL(path, String(origin));
  if (typeof host === 'string' && host !== '' && URL.canParse(`${url.protocol}//${host}`)) url.host = host;
  return url;
}

/** A request header by its lower-case name; the first, where it was given twice. */
export function headerOf(request: UndiciRequest, name: string): string | undefined {
  const { headers } = request;
  if (!Array.isArray(headers)) return undefined;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const key: unknown = headers[i];
    if (typeof key !== 'string' || key.length !== name.length || key.toLowerCase() !== name) continue;
    const value: unknown = headers[i + 1];
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return typeof first === 'string' ? first : undefined;
  }
  return undefined;
}

/** Adds a header to a request that is being created. */
export function addHeader(request: UndiciRequest, name: string, value: string): void {
  if (typeof request.addHeader === 'function') request.addHeader(name, value);
  else if (Array.isArray(request.headers)) request.headers.push(name, value);
}

/**
 * The response's headers that say anything: flat buffers on HTTP/1, and for undici 6 and 7 on HTTP/2 as well; an object for
 * undici 8 on HTTP/2. The others are not even decoded.
 */
export function headersOf(headers: unknown): readonly (readonly [string, string])[] {
  const read: (readonly [string, string])[] = [];
  if (Array.isArray(headers)) {
    for (let i = 0; i + 1 < headers.length; i += 2) {
      const name = text(headers[i]);
      if (readsHeader(name)) read.push([name, text(headers[i + 1])]);
    }
  } else if (isObject(headers)) {
    for (const [name, value] of Object.entries(headers)) {
      if (readsHeader(name)) for (const one of Array.isArray(value) ? value : [value]) read.push([name, text(one)]);
    }
  }
  return read;
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return value.toString('latin1');
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
  return typeof value === 'number' ? String(value) : '';
}
