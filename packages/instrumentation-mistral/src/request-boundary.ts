import { context, dialectFor, guard } from '@outspan/core';
import type { InterpretAbort, Operation, PendingCall } from '@outspan/core';
import { isObject, isSignal, RETURNED, stoppedBy, Stops, telling, threw } from '@outspan/sdk-boundary';
import type { SdkTracing, Signal, SignalLike } from '@outspan/sdk-boundary';
import { tracesItself } from './own-telemetry.ts';

/** What a request was made of; the request itself hides it. */
interface Made {
  readonly body: string;
  readonly signal: SignalLike | undefined;
}

/**
 * The two steps of each call: the SDK makes a request, and sends it, again if it is told to retry. The call is over when the
 * answer that the second step hands out has been read, which the wire tells.
 */
export class RequestBoundary {
  readonly #tracing: SdkTracing;
  readonly #made = new WeakMap<object, Made>();

  constructor(tracing: SdkTracing) {
    this.#tracing = tracing;
  }

  /** A request was made: `args` are what of, `result` holds it, or says why there is none. */
  made(args: readonly unknown[], result: unknown): unknown {
    guard('reading a request', () => {
      const [, conf, options] = args;
      const request = isObject(result) ? result['value'] : undefined;
      const body = isObject(conf) ? conf['body'] : undefined;
      if (isObject(request) && typeof body === 'string') this.#made.set(request, { body, signal: signalIn(options) });
    });
    return result;
  }

  /** A request is sent. What is promised is a result that holds the response, or the error that the caller is going to see. */
  send(client: unknown, request: unknown, run: () => unknown): unknown {
    const call = guard('starting a call', () => this.#begin(client, request));
    if (call === undefined) return run();
    const { boundary, stops } = call;
    const sent = context.with(boundary.context, run);
    if (!(sent instanceof Promise)) {
      boundary.settle(RETURNED);
      return sent;
    }
    return telling(sent, 'ending a call', {
      came: (result) => boundary.settle(signalOf(result, stops)),
      failed: (error) => boundary.settle(thrown(error, stops)),
    });
  }

  #begin(client: unknown, request: unknown): { readonly boundary: Operation | PendingCall; readonly stops: Stops } | undefined {
    const made = isObject(request) ? this.#made.get(request) : undefined;
    if (made === undefined || !isRequest(request)) return undefined;
    const url = new URL(request.url);
    const dialect = dialectFor(request.method, url.pathname);
    if (dialect === undefined) return undefined;
    // Its own timer is a signal in the place of the caller's, and gives its name to what it ends: nothing but that timer ends a call before the head.
    const stops = new Stops(made.signal);
    const interpretAbort: InterpretAbort = (phase) => stops.interpret(phase);
    // What it traces by itself is one try.
    const boundary = tracesItself(client) ? this.#tracing.expect(interpretAbort, true) : this.#tracing.start({ dialect, url, provider: 'mistral_ai', parameters: new TextEncoder().encode(made.body), interpretAbort });
    return boundary && { boundary, stops };
  }
}

function isRequest(value: unknown): value is { readonly url: string; readonly method: string } {
  return isObject(value) && typeof value['url'] === 'string' && typeof value['method'] === 'string';
}

function signalIn(options: unknown): SignalLike | undefined {
  if (!isObject(options)) return undefined;
  const { fetchOptions, signal } = options;
  const given = signal ?? (isObject(fetchOptions) ? fetchOptions['signal'] : undefined);
  return isSignal(given) ? given : undefined;
}

function signalOf(result: unknown, stops: Stops): Signal {
  return isObject(result) && result['ok'] === false ? thrown(result['error'], stops) : RETURNED;
}

function thrown(error: unknown, stops: Stops): Signal {
  return stoppedBy(stops.aborted()) ?? threw(error);
}
