import { now, readsHeader } from '@outspan/core';
import type { Attempt } from '@outspan/core';
import { CLOSED, isHangUp } from './ending.ts';
import { Exchange, phaseBefore } from './exchange.ts';
import { isObject } from './shape.ts';

/** A `ClientRequest`, as far as it is used. Other libraries publish requests of their own on the channels: every field is checked. */
export interface Http1Request {
  readonly method: string;
  readonly protocol: string;
  readonly path: string;
  readonly host?: unknown;
  readonly headersSent?: unknown;
  readonly socket?: unknown;
  readonly timeout?: unknown;
  getHeader(name: string): unknown;
  setHeader(name: string, value: string): unknown;
}

/** Whether a channel's message holds a request. */
export function isHttp1Request(value: unknown): value is Http1Request {
  return (
    isObject(value) &&
    typeof value['method'] === 'string' &&
    typeof value['path'] === 'string' &&
    typeof value['protocol'] === 'string' &&
    typeof value['getHeader'] === 'function' &&
    typeof value['setHeader'] === 'function'
  );
}

/** Scheme, host and port that the request is for: those of its `host` header, which a proxy leaves alone. */
export function originOf(request: Http1Request): string {
  const host = headerOf(request, 'host');
  return `${request.protocol}//${host ?? String(request.host)}`;
}

/** The URL that the application asked for. `path` is a whole URL where it is sent to a proxy. */
export function urlOf(request: Http1Request): URL | undefined {
  const { path } = request;
  const href = path.startsWith('/') ? originOf(request) + path : path;
  return URL.canParse(href) ? new URL(href) : undefined;
}

/** A request header by its lower-case name; the first, where there are several. */
export function headerOf(request: Http1Request, name: string): string | undefined {
  const value = request.getHeader(name);
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' || typeof first === 'number' ? String(first) : undefined;
}

/** Follows a request from its creation to its end. */
export function followHttp1(request: Http1Request, attempt: Attempt): Exchange {
  const exchange = new Exchange(attempt);
  exchange.watchBody(request);
  exchange.watch(request, 'destroy', ([reason]) => {
    if (reason === undefined && deadlinePassed(request, attempt)) exchange.timeout();
    exchange.stopped(reason, phaseBefore(request.socket, reason));
  });
  exchange.watch(request, 'emit', ([event, response]) => {
    if (event === 'timeout') exchange.timeout();
    // What comes now is another protocol's.
    else if (event === 'upgrade' || event === 'connect') switched(exchange, response);
    // No channel tells what an agent met that got no connection, as where a proxy refuses the tunnel.
    else if (event === 'error') failedHttp1(exchange, request, response);
    // The last that a request emits. Whatever ended it has been seen by now, but for what no channel tells.
    else if (event === 'close') hungUp(exchange, request);
  });
  return exchange;
}

/** The request failed, as Node's own channel says. */
export function failedHttp1(exchange: Exchange, request: Http1Request, error: unknown): void {
  const before = phaseBefore(request.socket, error);
  if (isHangUp(error) && before === undefined) hungUp(exchange, request);
  else exchange.failed(error, before);
}

/** The connection was closed: by its peer, or on this side by somebody who holds the socket (an agent, a timer of follow-redirects'). */
function hungUp(exchange: Exchange, { socket }: Http1Request): void {
  const closedHere = isObject(socket) && socket['readableEnded'] === false && (socket['errored'] ?? null) === null;
  if (closedHere) exchange.stopped(undefined);
  else exchange.lost(CLOSED);
}

/** Milliseconds by which a timer may be early or, in a process that is busy, late; and late by this share of its time. */
const [EARLY, LATE, LATE_SHARE] = [20, 300, 0.25];

/** Whether a request is given up without an answer, and without a reason, just when the time that its client set the socket has passed: some have a timer beside it. */
function deadlinePassed({ socket, timeout }: Http1Request, { head, startedAt }: Attempt): boolean {
  const limit = isObject(socket) && typeof socket['timeout'] === 'number' && socket['timeout'] > 0 ? socket['timeout'] : timeout;
  if (head !== undefined || typeof limit !== 'number' || limit <= 0) return false;
  const elapsed = now() - startedAt;
  return elapsed >= limit - EARLY && elapsed <= limit * (1 + LATE_SHARE) + LATE;
}

function switched(exchange: Exchange, response: unknown): void {
  if (isObject(response)) exchange.head(statusOf(response), headersOf(response));
  exchange.whole();
}

/** The head of the final answer came: follows its body. `push` is what Node's parser calls with every piece, whoever reads them and when. */
export function followResponse(exchange: Exchange, request: Http1Request, response: Readonly<Record<string, unknown>>): void {
  exchange.head(statusOf(response), headersOf(response));
  if (exchange.ended) return;
  exchange.watch(response, 'emit', ([event]) => {
    if (event === 'timeout') exchange.timeout();
  });
  exchange.watch(response, 'push', ([chunk]) => {
    if (chunk !== null) exchange.received(chunk);
    else if (response['complete'] !== true) hungUp(exchange, request);
    // Nobody listened for the answer: Node throws its body away unseen.
    else if (response['_dumped'] === true) exchange.end({ by: 'abandonment' });
    else exchange.whole();
  });
  const { socket } = request;
  // Some leave an answer by ending its connection, and it is the peer that closes it then. Node ends what its peer has ended.
  if (isObject(socket)) {
    exchange.watch(socket, 'end', () => {
      if (socket['readableEnded'] === false && response['complete'] !== true) exchange.stopped(undefined);
    });
  }
  exchange.watch(response, '_destroy', ([error]) => {
    // Node destroys the answer with an error of its own when its connection closes.
    if (isHangUp(error)) hungUp(exchange, request);
    else exchange.stopped(error);
  });
}

function statusOf(response: Readonly<Record<string, unknown>>): number {
  const status = response['statusCode'];
  return typeof status === 'number' ? status : 0;
}

/** The headers that say anything. */
function headersOf(response: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  const raw = response['rawHeaders'];
  const read: (readonly [string, string])[] = [];
  if (!Array.isArray(raw)) return read;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name: unknown = raw[i];
    if (typeof name === 'string' && readsHeader(name)) read.push([name, String(raw[i + 1])]);
  }
  return read;
}
