import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { announce, context, now } from '@outspan/core';
import type { Attempt, Ending, PendingCall } from '@outspan/core';
import { isObject } from '@outspan/sdk-boundary';
import type { SdkTracing } from '@outspan/sdk-boundary';
import { Exchange, responseIdOf } from './exchange.ts';
import type { Asked, ConnectFailure, Header } from './exchange.ts';
import type { Protocol } from './protocol.ts';
import type { SocketObserver } from './socket.ts';

type Event = Readonly<Record<string, unknown>>;

/** Responses that are under way over one connection; no server answers so many at once. */
const MOST_UNDER_WAY = 64;

/** Refusals of a realtime client event that can only be of a `response.create`. */
const OF_A_RESPONSE: ReadonlySet<unknown> = new Set(['conversation_already_has_active_response', 'rate_limit_exceeded', 'insufficient_quota']);

/** Where a connection leads. */
export interface Place {
  readonly url: URL;
  /** As its address names it. */
  readonly model: string | undefined;
}

/** What is to become of a connection's requests, and of its failure. */
export interface ConnectionOwner {
  /** Whether anything is to be traced. */
  readonly active: boolean;
  /** The request that is handed to the socket now, parsed, where the SDK was given it so. */
  asked(data: unknown): Event | undefined;
  /** The oldest request that waits for a connection, taken from those that wait. */
  dequeue(): Exchange | undefined;
  /** The connection did not come about. */
  connectFailed(failure: ConnectFailure): void;
  /** The connection is over, and whether by the application's will. */
  over(connection: Connection, left: boolean): void;
}

/** One socket, from its making to its end, with the responses that go over it. */
export class Connection implements SocketObserver {
  readonly place: Place;
  readonly pending: PendingCall | undefined;
  readonly #tracing: SdkTracing;
  readonly #protocol: Protocol;
  readonly #owner: ConnectionOwner;
  readonly #context: Context = context.active();
  readonly #startedAt = now();
  /** What the newest event came in. */
  #heardIn: Context | undefined;
  #underWay: Exchange[] = [];
  #headers: readonly Header[] = [];
  /** From the session's limits, which come as events, as headers. */
  #limits: readonly Header[] = [];
  #session: object | undefined;
  #opened = false;
  /** Something came that makes it a good one. */
  #good = false;
  #left = false;
  #failure: ConnectFailure | undefined;
  /** Nothing told why. */
  #vague = false;
  #over = false;
  #brokenBy: string | undefined;

  constructor(tracing: SdkTracing, protocol: Protocol, place: Place, owner: ConnectionOwner) {
    this.#tracing = tracing;
    this.#protocol = protocol;
    this.place = place;
    this.#owner = owner;
    this.pending = tracing.expect();
  }

  refused(status: number, headers: readonly Header[]): void {
    this.#failed((attempt) => {
      attempt.responseHead(status, headers);
      // Nobody reads its body.
      const html = headers.some(([name, value]) => name === 'content-type' && /^text\/html\b/i.test(value));
      attempt.answered({ form: html ? 'html' : 'text', bytes: 0 });
      attempt.end({ by: 'completion' });
      if (status < 400) attempt.leaveUnfollowed();
    });
  }

  opened(headers: readonly Header[]): void {
    if (this.#opened) return;
    this.#opened = true;
    this.#good = !this.#protocol.session;
    // Of all that it says, this is still so at the next response.
    this.#headers = headers.filter(([name]) => name === 'x-request-id' || name === 'apim-request-id');
  }

  failed(code: string | undefined, message: string | undefined): void {
    if (this.#opened) {
      this.#brokenBy ??= code;
      return;
    }
    if (this.#left) return;
    const late = message?.includes('handshake has timed out') === true;
    this.#failed((attempt) => attempt.end(late ? { by: 'deadline', phase: 'connect' } : { by: 'network', code: code ?? 'unknown', phase: 'connect' }), code === undefined && !late);
  }

  /** @param vague nothing tells why: what is known already goes before */
  #failed(play: (attempt: Attempt) => void, vague = false): void {
    const known = this.#failure;
    if (known !== undefined && (vague || !this.#vague)) return;
    this.#vague = vague;
    this.#failure = { startedAt: this.#startedAt, play };
  }

  closing(): void {
    this.#left = true;
  }

  sent(data: unknown): void {
    const event = this.#owner.asked(data);
    if (event === undefined || this.#over || !this.#owner.active) return;
    const waiting = this.#owner.dequeue();
    this.#dropSuspect();
    if (waiting !== undefined) this.#add(waiting);
    else this.#start(askedBy(this.#protocol, event, this.place));
  }

  /** An event that the SDK has parsed. */
  received(event: Event): void {
    const { type } = event;
    if (typeof type !== 'string') return;
    this.#heardIn = context.active();
    if (type.startsWith('response.')) this.#responseEvent(type, event);
    else if (type === 'error') this.#errorEvent(event);
    else if (type === 'rate_limits.updated') this.#limits = limitsOf(event['rate_limits']);
    else if (type === 'session.created' || type === 'session.updated') this.#session = { type, session: { model: isObject(event['session']) ? event['session']['model'] : undefined } };
    if (type !== 'error') {
      this.#good = true;
      this.#failure = undefined;
    }
  }

  /** Something came that the SDK could not read. */
  garbled(): void {
    for (const exchange of this.#underWay) exchange.garbled();
  }

  closed(code: number): void {
    if (this.#over) return;
    this.#over = true;
    const left = this.#left && this.#brokenBy === undefined;
    const answering = this.#underWay.length > 0;
    const ending: Ending = left ? { by: 'caller' } : code === 1006 ? { by: 'network', code: this.#brokenBy ?? 'unknown', phase: 'body' } : { by: 'completion' };
    for (const exchange of this.#underWay) {
      const blamed = left && exchange.begun && isOfTheRequest(exchange.suspect) ? undefined : exchange.suspect;
      if (blamed !== undefined) exchange.push(blamed);
      exchange.end(blamed === undefined ? ending : { by: 'completion' }, this.#headers, left || code === 1006 ? undefined : code);
    }
    this.#underWay = [];
    if (!this.#good && !left && !answering) {
      this.#failed((attempt) => {
        if (this.#opened) {
          attempt.responseHead(101, this.#headers);
          attempt.answered({ form: 'empty', bytes: 0 });
        }
        attempt.end(this.#opened ? ending : { by: 'network', code: 'unknown', phase: 'connect' });
      }, true);
    }
    if (this.#failure !== undefined && !answering) this.#owner.connectFailed(this.#failure);
    this.#owner.over(this, left);
  }

  #responseEvent(type: string, event: Event): void {
    const exchange = type === 'response.created' ? this.#begun(event) : this.#of(event);
    if (exchange === undefined) return;
    if (type === 'response.created' && this.#session !== undefined) exchange.tell(this.#session);
    exchange.push(event);
    if (!LAST.has(type)) return;
    this.#remove(exchange);
    const response = event['response'];
    const cancelled = type === 'response.cancelled' || (isObject(response) && response['status'] === 'cancelled');
    exchange.end({ by: cancelled ? 'caller' : 'completion' }, [...this.#headers, ...this.#limits]);
  }

  #begun(event: Event): Exchange | undefined {
    const lane = event['stream_id'];
    let exchange = this.#underWay.find((one) => !one.begun && one.lane === lane);
    // What nobody asked for, the server's voice detection did.
    if (exchange === undefined && this.#protocol.session && this.#owner.active) {
      exchange = context.with(this.#context, () => this.#start(askedBy(this.#protocol, {}, this.place)));
    }
    if (exchange === undefined) return undefined;
    exchange.begun = true;
    exchange.id = responseIdOf(event);
    exchange.suspect = undefined;
    return exchange;
  }

  #of(event: Event): Exchange | undefined {
    const id = responseIdOf(event);
    const lane = event['stream_id'];
    return (id === undefined ? undefined : this.#underWay.find((one) => one.id === id)) ?? this.#underWay.find((one) => one.begun && one.lane === lane && (id === undefined || one.id === undefined));
  }

  #errorEvent(event: Event): void {
    const error = isObject(event['error']) ? event['error'] : event;
    const waiting = this.#underWay.find((one) => !one.begun);
    const named = typeof error['event_id'] === 'string' ? this.#underWay.find(({ eventId }) => eventId === error['event_id']) : undefined;
    const sure = named ?? (this.#protocol.session ? (isOfAResponse(error) ? waiting : undefined) : this.#underWay.find(({ lane }) => lane === event['stream_id']));
    if (sure !== undefined) {
      sure.push(event);
      this.#remove(sure);
      sure.end({ by: 'completion' }, this.#headers);
    } else if (this.#underWay.length > 0) {
      for (const exchange of this.#underWay) exchange.suspect ??= event;
    } else if (!this.#good) {
      this.#failed((attempt) => {
        const reader = this.#protocol.dialect.readEvents(this.#protocol.dialect.readRequestParameters({}), { contentBytes: 0 });
        reader.pushParsed(event);
        attempt.responseHead(101, this.#headers);
        attempt.answered({ form: 'events', bytes: 0, answer: reader.facts() });
        attempt.end({ by: 'completion' });
      });
    }
  }

  /** A client that asks again does not wait for what was complained of. */
  #dropSuspect(): void {
    const refused = this.#underWay.find((one) => !one.begun && one.suspect !== undefined);
    if (refused?.suspect === undefined) return;
    refused.push(refused.suspect);
    this.#remove(refused);
    refused.end({ by: 'completion' }, this.#headers);
  }

  #start(asked: Asked): Exchange | undefined {
    // The platform's sockets call listeners in no context, or in a stranger's: what these ask for belongs where the connection was made.
    const active = context.active();
    const here = active === ROOT_CONTEXT || active === this.#heardIn ? this.#context : active;
    const exchange = context.with(here, () => Exchange.start(this.#tracing, this.#protocol, this.place.url, asked));
    if (exchange !== undefined) this.#add(exchange);
    return exchange;
  }

  #add(exchange: Exchange): void {
    this.#underWay = this.#underWay.filter((one) => !one.over);
    if (this.#underWay.length >= MOST_UNDER_WAY) {
      announce('openai:sockets:under-way', `More than ${MOST_UNDER_WAY} responses are under way over one WebSocket: the oldest is given up.`);
      this.#underWay.shift()?.end({ by: 'abandonment' });
    }
    exchange.sent();
    this.#underWay.push(exchange);
  }

  #remove(exchange: Exchange): void {
    this.#underWay = this.#underWay.filter((one) => one !== exchange);
  }
}

const LAST: ReadonlySet<string> = new Set(['response.done', 'response.completed', 'response.incomplete', 'response.failed', 'response.cancelled']);

/** What a `response.create` asks for. */
export function askedBy(protocol: Protocol, event: Event, { model }: Place): Asked {
  const { event_id: eventId, stream_id: lane } = event;
  return { parameters: { ...(model !== undefined && { model }), ...protocol.requestOf(event) }, eventId: typeof eventId === 'string' ? eventId : undefined, lane };
}

/** A complaint about something that the client sent, which need not have to do with the answer under way. */
function isOfTheRequest(suspect: object | undefined): boolean {
  const error: unknown = suspect && Reflect.get(suspect, 'error');
  return isObject(error) && error['type'] === 'invalid_request_error';
}

function isOfAResponse({ code, param }: Event): boolean {
  return OF_A_RESPONSE.has(code) || (typeof param === 'string' && param.startsWith('response'));
}

/** The limits of a session as the headers that other answers have them in. */
function limitsOf(limits: unknown): readonly Header[] {
  if (!Array.isArray(limits)) return [];
  return limits.flatMap((limit: unknown): Header[] => {
    if (!isObject(limit)) return [];
    const { limit: most, name, remaining, reset_seconds: reset } = limit;
    if (name !== 'requests' && name !== 'tokens') return [];
    return [
      [`x-ratelimit-limit-${name}`, String(most)],
      [`x-ratelimit-remaining-${name}`, String(remaining)],
      [`x-ratelimit-reset-${name}`, `${String(reset)}s`],
    ];
  });
}
