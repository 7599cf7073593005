import { ATTR, now } from '@outspan/core';
import type { Attempt, BodyFacts, Ending, EventReader, Operation, RequestFacts } from '@outspan/core';
import { CANCELLED, isObject, RETURNED } from '@outspan/sdk-boundary';
import type { SdkTracing } from '@outspan/sdk-boundary';
import type { Protocol } from './protocol.ts';

/** A header's name, and its value. */
export type Header = readonly [name: string, value: string];

/** What one is started with. */
export interface Asked {
  /** The request's members, by their names on the wire. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The client's own id of its `response.create`. */
  readonly eventId?: string | undefined;
  /** The lane of the connection that it goes by, where there are several. */
  readonly lane?: unknown;
}

/** One response that was asked for, or that the server began: one operation, from then to its last event. */
export class Exchange {
  readonly operation: Operation;
  readonly eventId: string | undefined;
  readonly lane: unknown;
  /** The response's, once it has begun. */
  id: string | undefined;
  begun = false;
  /** What the server complained of meanwhile, without saying whether of this. */
  suspect: object | undefined;
  readonly #tracing: SdkTracing;
  readonly #url: URL;
  readonly #reader: EventReader;
  #attempt: Attempt | undefined;
  #events = 0;
  #defect: BodyFacts['defect'];

  private constructor(tracing: SdkTracing, operation: Operation, protocol: Protocol, url: URL, { eventId, lane }: Asked) {
    this.operation = operation;
    this.eventId = eventId;
    this.lane = lane;
    this.#tracing = tracing;
    this.#url = url;
    const { answerBytes } = tracing.tracker.settings;
    const request: RequestFacts = operation.request ?? protocol.dialect.readRequestParameters({});
    this.#reader = protocol.dialect.readEvents(request, { contentBytes: answerBytes, promised: request.promised });
  }

  /** In the active context. @returns undefined where nothing is to be traced */
  static start(tracing: SdkTracing, protocol: Protocol, url: URL, asked: Asked): Exchange | undefined {
    const operation = tracing.start({ dialect: protocol.dialect, parameters: asked.parameters, url, interpretAbort: () => 'caller' });
    return operation && new Exchange(tracing, operation, protocol, url, asked);
  }

  get over(): boolean {
    return this.operation.ended;
  }

  /** It goes out over a connection that is good. */
  sent(): void {
    this.#attempt ??= this.#begin({ overConnection: true });
  }

  /** Takes one of its events. */
  push(event: object): void {
    this.sent();
    if (this.#attempt !== undefined && this.#events === 0) this.#attempt.firstChunkAt = now();
    this.#events++;
    this.#reader.pushParsed(event);
  }

  /** Takes what is not the response's, but is to be known with it: its session's model. */
  tell(event: object): void {
    this.#reader.pushParsed(event);
  }

  /** Something came in its time that could not be read. */
  garbled(): void {
    this.#defect ??= 'invalid';
  }

  /** It is over, as far as its connection goes. */
  end(ending: Ending, headers: readonly Header[] = [], closeCode?: number): void {
    this.sent();
    const attempt = this.#attempt;
    if (attempt !== undefined) {
      const facts = this.#reader.facts();
      const answer = closeCode === undefined ? facts : { ...facts, attributes: { ...facts.attributes, [ATTR.websocketCloseCode]: closeCode } };
      attempt.responseHead(101, headers);
      attempt.answered({ form: this.#events > 0 || this.#defect !== undefined ? 'events' : 'empty', bytes: 0, answer, ...(this.#defect !== undefined && { defect: this.#defect }) });
      attempt.end(ending);
    }
    this.operation.settle(ending.by === 'caller' ? CANCELLED : RETURNED);
  }

  /** It was never sent: no connection came about. */
  unsent(failure: ConnectFailure | undefined): void {
    if (failure !== undefined) {
      const attempt = this.#begin({ startedAt: failure.startedAt });
      if (attempt !== undefined) failure.play(attempt);
    }
    this.operation.settle(failure === undefined ? CANCELLED : RETURNED);
  }

  #begin(more: { readonly overConnection?: true; readonly startedAt?: number }): Attempt | undefined {
    return this.#tracing.tracker.begin({ method: 'GET', url: this.#url, context: this.operation.context, ...more });
  }
}

/** Why a connection did not come about. */
export interface ConnectFailure {
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  /** Tells an attempt what happened, to its end. */
  play(attempt: Attempt): void;
}

/** The id of the response that an event is of. */
export function responseIdOf(event: Readonly<Record<string, unknown>>): string | undefined {
  const { response_id: id, response } = event;
  if (typeof id === 'string') return id;
  const inner = isObject(response) ? response['id'] : undefined;
  return typeof inner === 'string' ? inner : undefined;
}
