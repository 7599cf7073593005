import { context, guard } from '@outspan/core';
import { isObject, RETURNED } from '@outspan/sdk-boundary';
import type { SdkTracing } from '@outspan/sdk-boundary';
import { askedBy, Connection } from './connection.ts';
import type { ConnectionOwner } from './connection.ts';
import { Exchange } from './exchange.ts';
import type { ConnectFailure } from './exchange.ts';
import type { Protocol } from './protocol.ts';
import { addressOf, observeSocket } from './socket.ts';

type Event = Readonly<Record<string, unknown>>;

/** Requests that wait for a connection; the SDK's own queue has a limit in bytes. */
const MOST_WAITING = 64;

/** One client of a socket API: its connection, the next ones where it connects again, and what waits for one. */
export class Session implements ConnectionOwner {
  readonly #tracing: SdkTracing;
  readonly #protocol: Protocol;
  readonly #active: () => boolean;
  #connection: Connection | undefined;
  #waiting: Exchange[] = [];
  /** What the SDK is given to send just now. */
  #given: Event | undefined;
  #handedOver = false;
  #refused = false;
  #reconnecting = false;
  #failure: { readonly why: ConnectFailure; readonly of: Connection } | undefined;

  /** @param active whether anything is to be traced */
  constructor(tracing: SdkTracing, protocol: Protocol, active: () => boolean) {
    this.#active = active;
    this.#tracing = tracing;
    this.#protocol = protocol;
  }

  get active(): boolean {
    return this.#active();
  }

  /** The SDK has a socket, or another one. */
  connected(socket: object): void {
    const place = this.active ? addressOf(socket) : undefined;
    if (place === undefined) return;
    this.#connection = new Connection(this.#tracing, this.#protocol, place, this);
    observeSocket(socket, this.#connection);
  }

  /** Runs the SDK's sending of an event: it may send it at once, keep it until there is a connection, or refuse it. */
  send(run: () => unknown, given: unknown): unknown {
    const event = readRequest(given, this.#tracing.tracker.settings.limits.requestBytes);
    if (event === undefined) return run();
    this.#given = event;
    this.#handedOver = false;
    this.#refused = false;
    try {
      return run();
    } finally {
      this.#given = undefined;
      guard('keeping a request', () => this.#keep(event));
    }
  }

  #keep(event: Event): void {
    const place = this.#connection?.place;
    if (this.#handedOver || this.#refused || !this.active || place === undefined || this.#waiting.length >= MOST_WAITING || event['type'] !== 'response.create') return;
    const exchange = Exchange.start(this.#tracing, this.#protocol, place.url, askedBy(this.#protocol, event, place));
    if (exchange !== undefined) this.#waiting.push(exchange);
  }

  asked(data: unknown): Event | undefined {
    this.#handedOver = true;
    return this.#given ?? readRequest(data, this.#tracing.tracker.settings.limits.requestBytes);
  }

  dequeue(): Exchange | undefined {
    // What is sent while it is given was never kept.
    return this.#given === undefined ? this.#waiting.shift() : undefined;
  }

  /** The SDK tells those who listen to it. */
  emits(name: unknown, value: unknown): void {
    switch (name) {
      case 'event':
        if (isObject(value)) this.#connection?.received(value);
        return;
      case 'raw':
        if (typeof value === 'string') this.#connection?.garbled();
        return;
      case 'reconnecting':
        this.#reconnecting = true;
        return;
      case 'reconnected':
        this.#reconnecting = false;
        this.#failure = undefined;
        return;
      case 'close':
        this.#reconnecting = false;
        this.#giveUp();
    }
  }

  /** The SDK complains, of what it was given or of what came. */
  complains(event: unknown, message: unknown): void {
    this.#refused = true;
    if (isObject(event) || typeof message !== 'string') return;
    if (/^could not parse websocket event|^received (?:invalid|reserved) WebSocket event/.test(message)) this.#connection?.garbled();
  }

  connectFailed(why: ConnectFailure): void {
    if (this.#connection !== undefined) this.#failure = { why, of: this.#connection };
  }

  over(connection: Connection, left: boolean): void {
    if (connection !== this.#connection || this.#reconnecting) return;
    // Whether the SDK connects again, it says while it is told of this.
    if (this.#failure !== undefined || left) queueMicrotask(() => guard('giving up a connection', () => {
      if (!this.#reconnecting) this.#giveUp();
    }));
  }

  #giveUp(): void {
    const failure = this.#failure;
    const waiting = this.#waiting;
    this.#failure = undefined;
    this.#waiting = [];
    for (const exchange of waiting) exchange.unsent(failure?.why);
    if (failure === undefined || waiting.length > 0 || !this.active) return;
    this.#record(failure.of, failure.why);
  }

  /** A connection that failed before anything was asked for is a call that failed: nothing else would show it. */
  #record({ pending, place }: Connection, why: ConnectFailure): void {
    if (pending === undefined) return;
    context.with(pending.context, () => Exchange.start(this.#tracing, this.#protocol, place.url, askedBy(this.#protocol, {}, place)))?.unsent(why);
    pending.settle(RETURNED);
  }
}

const REQUEST = /"type"\s*:\s*"response\.create"/;

/** A client's request for a response, out of what goes to the socket: all else is passed over unread. */
function readRequest(data: unknown, limit: number): Event | undefined {
  if (isObject(data)) return data['type'] === 'response.create' ? data : undefined;
  if (typeof data !== 'string' || !data.includes('"response.create"')) return undefined;
  // Of what is too long to be read, only its beginning tells.
  if (data.length > limit) return REQUEST.test(data.slice(0, 256)) ? { type: 'response.create' } : undefined;
  const event: unknown = guard('reading a request', () => JSON.parse(data));
  return isObject(event) && event['type'] === 'response.create' ? event : undefined;
}
