import { announce, context, guard, isLocked, mayBeLlm, observedAs, operationOf, registered, runtime, telling, TransportInstrumentation } from '@outspan/core';
import type { HttpPeer, InstrumentationConfig } from '@outspan/core';
import manifest from '../package.json' with { type: 'json' };
import { Exchange } from './exchange.ts';
import { pageAddress } from './page.ts';
import { bodyOf, headerReader, methodOf, signalOf, urlOf, withHeaders } from './request.ts';
import { observeResponse } from './response.ts';
import { isObject, isPromise, isResponse } from './shape.ts';

/** Any `fetch`, of whichever types. */
export type AnyFetch = (...args: never[]) => unknown;

/** OpenTelemetry's own instrumentation of fetch; where it is on, its span is the attempt's. */
const PEER: HttpPeer = { scope: '@opentelemetry/instrumentation-fetch' };

/** The instrumentations that see all requests on Node. */
const ON_NODE = ['@outspan/instrumentation-undici', '@outspan/instrumentation-http'] as const;

/** Marks a function that is traced already, by whichever copy of this package. */
const TRACED = Symbol.for('outspan.traced-fetch.v1');

/** An exchange that is about to be made. */
interface Begun {
  readonly exchange: Exchange;
  readonly args: readonly unknown[];
  /** Whether the answer comes without its content coding. */
  readonly decoded: boolean;
}

/** The tracings that are enabled. */
export const liveTracings: Set<FetchTracing> = new Set();

/** Traces a `fetch`: the global one, or one that is given. */
export abstract class FetchTracing extends TransportInstrumentation {
  constructor(config: InstrumentationConfig) {
    super(manifest, config, PEER);
  }

  override enable(): void {
    super.enable();
    if (this.isEnabled()) liveTracings.add(this);
  }

  override disable(): void {
    super.disable();
    liveTracings.delete(this);
  }

  /**
   * Makes a function that does what `original` does and traces the LLM calls among its requests.
   *
   * @param mayCallOthers whether `original` is the application's own, and may call another `fetch` that is traced too
   */
  protected trace<T extends AnyFetch>(original: T, mayCallOthers: boolean): T {
    if (isTraced(original)) return original;
    const begin = (args: readonly unknown[]): Begun | undefined => (this.isEnabled() ? guard('a request of fetch', () => this.#begin(args)) : undefined);
    function fetch(this: unknown, ...given: unknown[]): unknown {
      const begun = begin(given);
      if (begun === undefined) return Reflect.apply(original, this, given);
      const { args, exchange } = begun;
      const send = (): unknown => Reflect.apply(original, this, args);
      let answer: unknown;
      try {
        answer = mayCallOthers ? observedAs(exchange.attempt.dialect.id, send) : send();
        // Only now: another instrumentation of fetch, called in there, may have given the attempt its span.
        guard('a request of fetch', () => exchange.attempt.requestSent());
      } catch (error) {
        guard('a request of fetch', () => exchange.fail(error));
        throw error;
      }
      return observeAnswer(answer, begun);
    }
    return likeness(fetch, original);
  }

  #begin(args: readonly unknown[]): Begun | undefined {
    const [input, init] = args;
    const method = methodOf(input, init);
    if (method !== 'POST' && !this.tracker.awaitsAnswers && !this.sharing.hasEarly) return undefined;
    const url = urlOf(input);
    if (url === undefined) return undefined;
    const active = context.active();
    const header = headerReader(input, init);
    const goesOn = this.awaits(url.pathname);
    if (method !== 'POST' && !goesOn) return undefined;
    if (!goesOn && !mayBeLlm(url.origin, url.pathname, this.settings.providers, header) && operationOf(active) === undefined) return undefined;
    if (runtime() === 'node' && ON_NODE.some(isLocked)) return undefined;
    if (this.attachToProvider() !== undefined && registered('context') === undefined) announceWithoutContext();
    const body = bodyOf(init, this.settings.limits.requestBytes);
    const early = this.sharing.takeEarly(method, url);
    const attempt = early ?? this.tracker.begin({ method, url, context: active, header, ...(body?.whole === true && { contentLength: body.bytes.byteLength }) });
    if (attempt === undefined) return undefined;
    if (attempt.doubted && body !== undefined && !attempt.weigh(body.bytes)) return undefined;
    if (body !== undefined) attempt.requestChunk(body.bytes);
    const begun = { exchange: new Exchange(attempt, signalOf(input, init)), decoded: !(isObject(init) && init['decompress'] === false) };
    if (early !== undefined) return { ...begun, args };
    this.sharing.offer(attempt);
    if (this.sharing.active || !this.#mayAddHeaders(url)) return { ...begun, args };
    attempt.requestSent();
    const added: Record<string, string> = {};
    this.propagate(attempt, header, (name, value) => (added[name] = value));
    return { ...begun, args: Object.keys(added).length === 0 ? args : (withHeaders(args, added) ?? args) };
  }

  /** A browser first asks another origin whether it takes an extra header, and that may refuse. */
  #mayAddHeaders({ hostname, origin }: URL): boolean {
    const page = pageAddress();
    if (runtime() !== 'browser' || (page !== undefined && origin === new URL(page).origin)) return true;
    const { propagateTo } = this.settings;
    return propagateTo === true || propagateTo.has(hostname);
  }
}

/** Whether a function is traced already. */
export function isTraced(value: object): boolean {
  return Object.hasOwn(value, TRACED);
}

/** Warns once that Node has channels, which see more. */
export function announceNode(): void {
  announce('fetch:node', 'FetchInstrumentation is for runtimes without diagnostics channels and stays off on Node.js. Use @outspan/instrumentation-undici there, which sees the same fetch.');
}

/** Warns once what is missing without a context manager. */
function announceWithoutContext(): void {
  announce(
    'fetch:context',
    'No OpenTelemetry context manager is registered: each LLM call is a trace of its own, and a call of an SDK that traces itself (Anthropic) is recorded twice. Register AsyncLocalStorageContextManager where the runtime has async contexts (Cloudflare Workers: compatibility flag nodejs_als).',
  );
}

function observeAnswer(answer: unknown, { decoded, exchange }: Begun): unknown {
  const came = (response: unknown): void => {
    if (!isResponse(response)) exchange.end({ by: 'abandonment' });
    // An opaque answer of another origin, in a browser.
    else if (response.status === 0) exchange.end({ by: 'abandonment' });
    else observeResponse(response, exchange.responseHead(response.status, response.headers, decoded));
  };
  if (isPromise(answer)) return telling(answer, 'the answer of fetch', { came, failed: (error) => exchange.fail(error) });
  guard('the answer of fetch', () => came(answer));
  return answer;
}

/** Copies the name, the length and all properties of the original, such as Bun's `fetch.preconnect`. */
function likeness<T extends AnyFetch>(copy: object, original: T): T {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(original))) {
    if (name !== 'prototype' && name !== 'arguments' && name !== 'caller') Reflect.defineProperty(copy, name, descriptor);
  }
  Object.defineProperty(copy, TRACED, { value: true });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it takes and returns what the original does
  return copy as T;
}
