import { readsHeader } from '@outspan/core';
import type { Attempt } from '@outspan/core';
import { CLOSED } from './ending.ts';
import { Exchange, phaseBefore } from './exchange.ts';
import type { PhaseBefore } from './exchange.ts';
import { isObject } from './shape.ts';

/** A client's stream, as far as it is used. */
export interface Http2Stream {
  readonly closed?: unknown;
  readonly destroyed?: unknown;
  readonly rstCode?: unknown;
  readonly session?: unknown;
}

type Headers = Readonly<Record<string, unknown>>;

/** Where a request goes, cheaply; undefined where its headers do not say. */
export function targetOf(headers: Headers): { readonly origin: string; readonly path: string } | undefined {
  const path = headers[':path'];
  const authority = headers[':authority'] ?? headers['host'];
  const scheme = headers[':scheme'];
  if (typeof path !== 'string' || typeof authority !== 'string') return undefined;
  return { origin: `${scheme === 'http' ? 'http' : 'https'}://${authority}`, path };
}

/** A request header by its lower-case name. */
export function headerIn(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' || typeof first === 'number' ? String(first) : undefined;
}

/** undici marks its sessions by this; its own channels tell of its requests. */
const UNDICI_MARK = 'open streams';

/** Whether a stream is beneath a request of undici's, which is an attempt already. */
export function isUndicis({ session }: Http2Stream): boolean {
  return isObject(session) && Object.getOwnPropertySymbols(session).some(({ description }) => description === UNDICI_MARK);
}

/** Follows a request from its creation to its end. */
export function followHttp2(stream: Http2Stream, attempt: Attempt): Exchange {
  const exchange = new Exchange(attempt);
  exchange.watchBody(stream);
  exchange.watch(stream, 'emit', ([event]) => {
    if (event === 'timeout') exchange.timeout();
  });
  exchange.watch(stream, 'push', ([chunk]) => {
    if (chunk !== null) exchange.received(chunk);
    // Node also ends the readable side of a stream that was closed before its END_STREAM came.
    else if (stream.closed !== true) exchange.whole();
  });
  exchange.watch(stream, 'close', () => {
    if (stream.closed !== true) letGo(exchange, stream, undefined);
  });
  exchange.watch(stream, 'destroy', ([error]) => {
    if (stream.closed !== true && stream.destroyed !== true) letGo(exchange, stream, error);
  });
  return exchange;
}

/** The stream is closed: by its peer, unless its client was seen to do it. */
export function streamClosed(exchange: Exchange, { rstCode }: Http2Stream): void {
  // A reset without an error code is a close, and no end of the body either.
  exchange.lost(rstCode === 0 ? CLOSED : 'ERR_HTTP2_STREAM_ERROR');
}

/** Node closes and destroys a lost connection's streams by the methods that the application uses, too. */
function letGo(exchange: Exchange, stream: Http2Stream, error: unknown): void {
  const { session } = stream;
  const cancelled = isObject(error) && error['code'] === 'ERR_HTTP2_STREAM_CANCEL';
  if (isObject(error) && typeof error['code'] === 'string' && !(cancelled && error['cause'] === undefined)) {
    exchange.failed(error, phaseOf(session, error));
  } else if (isGone(session)) exchange.lost(CLOSED);
  else exchange.stopped(error, phaseOf(session, error));
}

function phaseOf(session: unknown, error: unknown): PhaseBefore {
  if (!isObject(session)) return undefined;
  return phaseBefore(session['socket'], error) ?? (session['connecting'] === true ? 'connect' : undefined);
}

function isGone(session: unknown): boolean {
  if (!isObject(session)) return true;
  try {
    const { socket } = session;
    return isObject(socket) && socket['destroyed'] === true;
  } catch {
    // A session that has let go of its socket says so by throwing.
    return true;
  }
}

/** The headers that say anything. */
export function responseHeadersOf(headers: Headers): readonly (readonly [string, string])[] {
  const read: (readonly [string, string])[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(':') || !readsHeader(name)) continue;
    for (const one of Array.isArray(value) ? value : [value]) read.push([name, String(one)]);
  }
  return read;
}
