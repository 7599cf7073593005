import { context, mayBeLlm, operationOf, UrlCache, WireInstrumentation } from '@outspan/core';
import type { Attempt, ChannelHandlers, Ending, HttpPeer, InstrumentationConfig } from '@outspan/core';
import manifest from '../package.json' with { type: 'json' };
import { tellChunks } from './body-chunks.ts';
import type { ChunkSink } from './body-chunks.ts';
import { endingOf, endingOfConnecting } from './ending.ts';
import { addHeader, headerOf, headersOf, isObject, requestOf, urlKey, urlOf } from './request.ts';

/** Options of {@link UndiciInstrumentation}. */
export interface UndiciInstrumentationConfig extends InstrumentationConfig {}

/** What `undici:request:bodyChunkReceived` publishes. */
interface ChunkMessage {
  readonly request: object;
  readonly chunk: unknown;
}

/** OpenTelemetry's own instrumentation of the same channels; where it is on, its span is the attempt's. */
const PEER: HttpPeer = { scope: '@opentelemetry/instrumentation-undici', channel: 'undici:request:create', listener: 'bound onRequestCreated' };

/**
 * Traces LLM calls that go out through Node's `fetch` or any copy of undici, from diagnostics channels alone: no
 * module is patched, nothing of the exchange is consumed, copied or wrapped. Bundled applications are seen too.
 *
 * Every other request passes untouched, and traces nothing.
 */
export class UndiciInstrumentation extends WireInstrumentation<UndiciInstrumentationConfig> {
  readonly #attempts = new WeakMap<object, Attempt>();
  readonly #connectErrors = new WeakMap<object, Ending>();
  readonly #urls = new UrlCache();
  readonly #sink: ChunkSink = { received: (request, chunk) => this.#received(request, chunk), sent: (request, chunk) => this.#sent(request, chunk) };

  constructor(config: UndiciInstrumentationConfig = {}) {
    super(manifest, config, PEER);
    this.begin();
  }

  protected override channels(): ChannelHandlers {
    return [
      ['undici:request:create', (message) => this.#onCreate(message)],
      ['undici:request:bodyChunkSent', (message) => this.#onChunkSent(message)],
      ['undici:request:bodySent', (message) => this.#attemptOf(message)?.requestSent()],
      ['undici:request:headers', (message) => this.#onHeaders(message)],
      ['undici:request:bodyChunkReceived', (message) => this.#onChunkReceived(message)],
      ['undici:request:trailers', (message) => this.#onTrailers(message)],
      ['undici:request:error', (message) => this.#onError(message)],
      ['undici:client:connectError', (message) => this.#onConnectError(message)],
    ];
  }

  #onCreate(message: unknown): void {
    const request = requestOf(message);
    if (request === undefined) return;
    const goesOn = this.awaits(request.path);
    if (request.method !== 'POST' && !goesOn) return;
    const active = context.active();
    const header = (name: string): string | undefined => headerOf(request, name);
    if (!goesOn && !mayBeLlm(String(request.origin), request.path, this.settings.providers, header) && operationOf(active) === undefined) return;
    const url = this.#urls.of(urlKey(request), () => urlOf(request));
    if (url === undefined) return;
    this.attachToProvider();
    const early = this.sharing.takeEarly(request.method, url);
    const attempt =
      early ??
      this.tracker.begin({
        method: request.method,
        url,
        context: active,
        ...(typeof request.contentLength === 'number' && { contentLength: request.contentLength }),
        header,
      });
    if (attempt === undefined) return;
    // Told now where it is there already; the body of a fetch comes later.
    if (attempt.doubted && request.body instanceof Uint8Array && !attempt.weigh(request.body)) return;
    this.#attempts.set(request, attempt);
    tellChunks(request, this.#sink);
    if (early !== undefined) return;
    this.sharing.offer(attempt);
    if (!this.sharing.active) this.propagate(attempt, header, (name, value) => addHeader(request, name, value));
  }

  #onChunkSent(message: unknown): void {
    if (isObject(message) && isObject(message['request'])) this.#sent(message['request'], message['chunk']);
  }

  #onChunkReceived(message: unknown): void {
    // The hottest line there is: what undici publishes is not doubted here, and what would be wrong is caught by the subscriber.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { request, chunk } = message as ChunkMessage;
    this.#received(request, chunk);
  }

  #onHeaders(message: unknown): void {
    const attempt = this.#attemptOf(message);
    if (attempt === undefined || !isObject(message) || !isObject(message['response'])) return;
    const { statusCode, headers } = message['response'];
    // Informational responses come on the same channel, before the final one.
    if (typeof statusCode !== 'number' || statusCode < 200) return;
    attempt.responseHead(statusCode, headersOf(headers));
    // Nobody records the call: what follows is not looked at.
    if (attempt.endedAt !== undefined && isObject(message['request'])) this.#attempts.delete(message['request']);
  }

  #onTrailers(message: unknown): void {
    this.#attemptOf(message)?.end({ by: 'completion' });
  }

  #onError(message: unknown): void {
    const attempt = this.#attemptOf(message);
    if (attempt === undefined || !isObject(message)) return;
    const { error } = message;
    const connecting = isObject(error) ? this.#connectErrors.get(error) : undefined;
    attempt.end(connecting ?? endingOf(error, attempt.head === undefined ? 'headers' : 'body'));
  }

  /** The same error then fails each request that waits for the connection. */
  #onConnectError(message: unknown): void {
    if (!isObject(message) || !isObject(message['error'])) return;
    const { connectParams, error } = message;
    const ending = endingOfConnecting(error, isObject(connectParams) ? connectParams['protocol'] : undefined);
    if (ending !== undefined) this.#connectErrors.set(error, ending);
  }

  #sent(request: object, chunk: unknown): void {
    const attempt = this.#attempts.get(request);
    if (attempt === undefined) return;
    if (chunk instanceof Uint8Array) attempt.requestChunk(chunk);
    else if (typeof chunk === 'string') attempt.requestChunk(Buffer.from(chunk));
  }

  #received(request: object, chunk: unknown): void {
    if (chunk instanceof Uint8Array) this.#attempts.get(request)?.responseChunk(chunk);
  }

  #attemptOf(message: unknown): Attempt | undefined {
    return isObject(message) && isObject(message['request']) ? this.#attempts.get(message['request']) : undefined;
  }
}
