import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import { reach } from './reach.ts';

const REQUEST_CREATED = 'http.client.request.created';
let watching = 0;

/** An export that has begun and has no result yet. */
export class Flight {
  /** The one that what runs now belongs to. */
  static readonly #current: AsyncLocalStorage<Flight> = new AsyncLocalStorage<Flight>();
  /** What is exported. Let go of on landing: a connection that is kept alive keeps the context that it was made in. */
  #cargo: unknown;
  readonly #holdsProcess: boolean;
  /** The flight that this one is a part of. */
  #whole: Flight | undefined;
  /** The HTTP request that carries it; the last one, where it is retried. */
  #request: ClientRequest | undefined;
  #status: number | undefined;
  #flying = false;

  /** @param holdsProcess whether the process stays alive for its HTTP request */
  constructor(cargo: unknown, holdsProcess: boolean = true) {
    this.#cargo = cargo;
    this.#holdsProcess = holdsProcess;
  }

  /** Begins it. Every {@link land} must be. */
  start(work: () => void): void {
    this.#flying = true;
    this.#whole = Flight.#current.getStore();
    if (watching++ === 0) subscribe(REQUEST_CREATED, Flight.#onRequest);
    Flight.#current.run(this, work);
  }

  /** Ends it; `false` where that has happened before. */
  land(): boolean {
    if (!this.#flying) return false;
    this.#flying = false;
    this.#cargo = undefined;
    this.#request = undefined;
    this.#whole = undefined;
    if (--watching === 0) unsubscribe(REQUEST_CREATED, Flight.#onRequest);
    return true;
  }

  get cargo(): unknown {
    return this.#cargo;
  }

  /** Of the last HTTP answer. */
  get status(): number | undefined {
    return this.#status;
  }

  /**
   * Whether the backend has it, or will: the operating system holds the whole request and goes on sending it when the
   * process is gone, unless an answer says that it has to be sent again. Nothing tells this of gRPC.
   */
  get delivered(): boolean {
    if (this.#status !== undefined) return this.#status < 300;
    return this.#request !== undefined && this.#request.writableFinished && !this.#request.destroyed;
  }

  static readonly #onRequest = (message: unknown): void => {
    const request = reach(message, 'request');
    if (!(request instanceof ClientRequest)) return;
    for (let flight = Flight.#current.getStore(); flight !== undefined; flight = flight.#whole) flight.#carriedBy(request);
  };

  #carriedBy(request: ClientRequest): void {
    this.#request = request;
    this.#status = undefined;
    request.once('response', ({ statusCode }) => {
      if (this.#request === request) this.#status = statusCode;
    });
    if (!this.#holdsProcess) request.once('socket', (socket) => socket.unref());
  }
}

type Export = (cargo: unknown, done: (result: unknown) => void) => void;

function isExport(value: unknown): value is Export {
  return typeof value === 'function';
}

/** The exports of one exporter that are under way. */
export class Flights {
  readonly #flights = new Set<Flight>();

  /**
   * @param exporter its `export` is followed from now on
   * @param landed called with what was exported, and whether the backend took it
   */
  constructor(exporter: object, landed: (cargo: unknown, taken: boolean) => void) {
    const send = reach(exporter, 'export');
    if (!isExport(send)) return;
    Reflect.set(exporter, 'export', (cargo: unknown, done: (result: unknown) => void): void => {
      const flight = new Flight(cargo);
      this.#flights.add(flight);
      const land = (result: unknown): void => {
        this.#flights.delete(flight);
        if (flight.land()) landed(cargo, reach(result, 'code') === 0);
        done(result);
      };
      try {
        flight.start(() => Reflect.apply(send, exporter, [cargo, land]));
      } catch (error) {
        this.#flights.delete(flight);
        flight.land();
        throw error;
      }
    });
  }

  /** What is under way. */
  get underWay(): readonly Flight[] {
    return [...this.#flights];
  }
}
