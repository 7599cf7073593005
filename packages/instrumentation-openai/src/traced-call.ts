import { context, dialectFor, guard, now, readSdkError } from '@outspan/core';
import type { CallTracker, Operation } from '@outspan/core';
import { CANCELLED, isFunction, isObject, RETURNED, stoppedBy, Stops } from '@outspan/sdk-boundary';
import type { SdkTracing, Signal } from '@outspan/sdk-boundary';
import type { DescribedCall } from './sdk-call.ts';
import { endWithoutResponse, SeamAttempt } from './seam-attempt.ts';
import type { SeamSurroundings } from './seam-attempt.ts';
import { isResponse } from './shape.ts';

/** One call of the application, from the SDK's first request to its last word on it. */
export class TracedCall {
  readonly operation: Operation;
  readonly #tracker: CallTracker;
  readonly #described: DescribedCall;
  readonly #stops: Stops;
  #seam: SeamAttempt | undefined;

  private constructor(tracker: CallTracker, described: DescribedCall, stops: Stops, operation: Operation) {
    this.#tracker = tracker;
    this.#described = described;
    this.#stops = stops;
    this.operation = operation;
  }

  /** @returns undefined where nothing is to be traced */
  static start(tracing: SdkTracing, described: DescribedCall): TracedCall | undefined {
    const { dialect, parameters, provider, signal, url } = described;
    const stops = new Stops(signal);
    const operation = tracing.start({ dialect, parameters, url, ...(provider !== undefined && { provider }), interpretAbort: (phase) => stops.interpret(phase) });
    return operation && new TracedCall(tracing.tracker, described, stops, operation);
  }

  /** Whether the exchange under way is known only from what passes through the SDK. */
  get seam(): SeamAttempt | undefined {
    return this.#seam;
  }

  /**
   * Runs the SDK's request with all its retries, up to the head of the response that it accepts.
   *
   * @param accepted told what the SDK will parse, before anyone else gets it
   */
  async request(run: () => unknown, accepted: (props: unknown) => void): Promise<unknown> {
    try {
      const props = await context.with(this.operation.context, run);
      guard('ending a request', () => {
        accepted(props);
        this.operation.settle(RETURNED);
      });
      return props;
    } catch (error) {
      guard('ending a failed request', () => {
        this.#seam?.refused(error);
        this.operation.settle(this.#signalOf(error));
      });
      throw error;
    }
  }

  /** Runs one attempt: the SDK's call of `fetch`. */
  async fetch(run: () => unknown, [url, init, , controller]: readonly unknown[]): Promise<unknown> {
    const before = this.operation.attempts;
    const startedAt = now();
    guard('starting an attempt', () => {
      this.#seam?.superseded();
      this.#seam = undefined;
      const signal = isObject(init) ? init['signal'] : undefined;
      this.#stops.add(signal);
    });
    const unseen = (): ReturnType<CallTracker['begin']> => (this.operation.attempts === before ? this.#begin(url, init, startedAt) : undefined);
    try {
      const response = await run();
      guard('reading a response', () => {
        if (!isResponse(response)) return;
        const attempt = unseen();
        const signal = controller instanceof AbortController ? controller.signal : undefined;
        if (attempt === undefined) return;
        this.#seam = new SeamAttempt(attempt, this.#surroundings(), signal, response);
        if (this.#stops.reading > 0) this.#seam.parsing();
      });
      return response;
    } catch (error) {
      guard('ending an attempt', () => {
        const attempt = unseen();
        if (attempt !== undefined) endWithoutResponse(attempt, error);
      });
      throw error;
    }
  }

  /** Whether a `fetch` made inside this call is one of its attempts, and not another request that the application makes meanwhile. */
  owns([url, init]: readonly unknown[]): boolean {
    if (typeof url !== 'string' || !isObject(init)) return false;
    const { method } = init;
    if (typeof method !== 'string') return false;
    if (url === this.#described.url.href) return method.toUpperCase() === 'POST';
    return URL.canParse(url) && dialectFor(method.toUpperCase(), new URL(url).pathname)?.id === this.#described.dialect.id;
  }

  /** Runs the SDK's reading of a whole body, in which openai 7 may send the request again. */
  async read(run: () => unknown): Promise<unknown> {
    this.#stops.reading++;
    this.operation.readingStarted();
    let end: Signal | undefined;
    try {
      // The reading runs where the application awaits: what it sends again belongs to the call all the same.
      return await context.with(this.operation.context, () => this.parse(run));
    } catch (error) {
      end = guard('reading an error', () => this.#signalOf(error));
      throw error;
    } finally {
      this.#stops.reading--;
      guard('ending the reading', () => this.operation.readingEnded(end));
    }
  }

  /** Runs the SDK's parsing of a response, and reads along where no transport did. */
  async parse(run: () => unknown): Promise<unknown> {
    this.#seam?.parsing();
    try {
      const value = await run();
      guard('reading an answer', () => this.#seam?.parsed(value));
      return value;
    } catch (error) {
      guard('reading a broken answer', () => this.#seam?.unparsed(error));
      throw error;
    }
  }

  #begin(url: unknown, init: unknown, startedAt: number): ReturnType<CallTracker['begin']> {
    if (typeof url !== 'string') return undefined;
    return this.#tracker.begin({ method: 'POST', url: new URL(url), context: this.operation.context, startedAt, header: (name) => headerOf(init, name) });
  }

  #surroundings(): SeamSurroundings {
    const { answerBytes } = this.#tracker.settings;
    const { dialect, parameters } = this.#described;
    const request = this.operation.request ?? dialect.readRequestParameters(parameters);
    return { dialect, request, callerStopped: () => this.#stops.aborted() !== undefined, contentBytes: answerBytes };
  }

  #signalOf(error: unknown): Signal {
    const facts = readSdkError(error);
    if (!facts.names.includes('APIUserAbortError')) return { by: 'sdk', result: { threw: facts } };
    return stoppedBy(this.#stops.aborted()) ?? CANCELLED;
  }
}

function headerOf(init: unknown, name: string): string | undefined {
  const headers = isObject(init) ? init['headers'] : undefined;
  if (!isObject(headers) || !isFunction(headers['get'])) return undefined;
  const value = Reflect.apply(headers['get'], headers, [name]);
  return typeof value === 'string' ? value : undefined;
}
