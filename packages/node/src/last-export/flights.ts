import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import { reach } from './reach.ts';

/** An export that has begun and has no result yet. */
interface Flight {
  /** What is exported. Let go of on landing: a connection that is kept alive keeps the context that it was made in. */
  cargo: unknown;
  /** The HTTP request that carries it; the last one, where it is retried. */
  request?: ClientRequest | undefined;
  status?: number | undefined;
}

const flying = new AsyncLocalStorage<Flight>();
const REQUEST_CREATED = 'http.client.request.created';
let watching = 0;

function onRequest(message: unknown): void {
  const flight = flying.getStore();
  const request = reach(message, 'request');
  if (flight === undefined || !(request instanceof ClientRequest)) return;
  flight.request = request;
  flight.status = undefined;
  request.once('response', ({ statusCode }) => {
    if (flight.request === request) flight.status = statusCode;
  });
}

/**
 * Whether the backend has it, or will: the operating system holds the whole request and goes on sending it when the
 * process is gone, unless an answer says that it has to be sent again. Nothing tells this of gRPC.
 */
function isDelivered({ request, status }: Flight): boolean {
  if (status !== undefined) return status < 300;
  return request !== undefined && request.writableFinished && !request.destroyed;
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
      const flight: Flight = { cargo };
      this.#start(flight);
      const land = (result: unknown): void => {
        if (this.#end(flight)) landed(cargo, reach(result, 'code') === 0);
        done(result);
      };
      try {
        flying.run(flight, () => Reflect.apply(send, exporter, [cargo, land]));
      } catch (error) {
        this.#end(flight);
        throw error;
      }
    });
  }

  /** What is under way. */
  get cargo(): { readonly cargo: unknown; readonly delivered: boolean }[] {
    return Array.from(this.#flights, (flight) => ({ cargo: flight.cargo, delivered: isDelivered(flight) }));
  }

  #start(flight: Flight): void {
    this.#flights.add(flight);
    if (watching++ === 0) subscribe(REQUEST_CREATED, onRequest);
  }

  #end(flight: Flight): boolean {
    if (!this.#flights.delete(flight)) return false;
    flight.cargo = undefined;
    flight.request = undefined;
    if (--watching === 0) unsubscribe(REQUEST_CREATED, onRequest);
    return true;
  }
}
