import { context, trace } from '@opentelemetry/api';
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { InstrumentationBase } from '@opentelemetry/instrumentation';
import type { InstrumentationConfig } from '@opentelemetry/instrumentation';
import { UrlCache, WireTracing, environment, mayBeLlm, operationOf, settle } from '@outspan/core';
import type { Attempt, OutspanConfig, Settings } from '@outspan/core';
import manifest from '../package.json' with { type: 'json' };
import { tellChunks } from './body-chunks.ts';
import type { ChunkSink } from './body-chunks.ts';
import { endingOf } from './ending.ts';
import { addHeader, headerOf, headersOf, isObject, requestOf, urlKey, urlOf } from './request.ts';

/** Options of {@link UndiciInstrumentation}. */
export interface UndiciInstrumentationConfig extends InstrumentationConfig, OutspanConfig {}

/** What `undici:request:bodyChunkReceived` publishes. */
interface ChunkMessage {
  readonly request: object;
  readonly chunk: unknown;
}

/** OpenTelemetry's own instrumentation of the same channels; where it is on, its span is the attempt's. */
const PEER_SCOPE = '@opentelemetry/instrumentation-undici';

/**
 * Traces LLM calls that go out through Node's `fetch` or any copy of undici, from diagnostics channels alone: no
 * module is patched, nothing of the exchange is consumed, copied or wrapped. Bundled applications are seen too.
 *
 * Every other request passes untouched, and traces nothing.
 */
export class UndiciInstrumentation extends InstrumentationBase<UndiciInstrumentationConfig> {
  // `declare`: the base constructor calls enable(), whose state a field initialiser would overwrite.
  declare private wire: WireTracing;
  declare private settings: Settings;
  declare private meterProvider: MeterProvider | undefined;
  declare private attempts: WeakMap<object, Attempt>;
  declare private urls: UrlCache;
  declare private sink: ChunkSink;

  constructor(config: UndiciInstrumentationConfig = {}) {
    super(manifest.name, manifest.version, config);
    this.prepare();
  }

  protected init(): undefined {
    return undefined;
  }

  override setConfig(config: UndiciInstrumentationConfig = {}): void {
    super.setConfig(config);
    this.settings = settle(config, environment());
  }

  override setTracerProvider(provider: TracerProvider): void {
    super.setTracerProvider(provider);
    this.wire.attach(provider);
  }

  override setMeterProvider(provider: MeterProvider): void {
    super.setMeterProvider(provider);
    this.meterProvider = provider;
  }

  override enable(): void {
    super.enable();
    this.prepare();
    this.wire.enable([
      ['undici:request:create', (message) => this.onCreate(message)],
      ['undici:request:bodyChunkSent', (message) => this.onChunkSent(message)],
      ['undici:request:bodySent', (message) => this.attemptOf(message)?.requestSent()],
      ['undici:request:headers', (message) => this.onHeaders(message)],
      ['undici:request:bodyChunkReceived', (message) => this.onChunkReceived(message)],
      ['undici:request:trailers', (message) => this.onTrailers(message)],
      ['undici:request:error', (message) => this.onError(message)],
    ]);
  }

  override disable(): void {
    super.disable();
    this.wire.disable();
  }

  /** Ends what waits for a retry, so that the next flush of the tracer provider exports it. */
  flush(): void {
    this.wire.tracker.flush();
  }

  /** Ends what is under way, as cut off by the end of the process. */
  interrupt(): void {
    this.wire.tracker.interrupt();
  }

  /** What there is of this, whether it is on or not. The base constructor calls enable(), which comes before what our own would do. */
  private prepare(): void {
    if (this.wire !== undefined) return;
    this.attempts = new WeakMap();
    this.urls = new UrlCache();
    this.sink = { received: (request, chunk) => this.received(request, chunk), sent: (request, chunk) => this.sent(request, chunk) };
    this.wire = new WireTracing({
      name: this.instrumentationName,
      version: this.instrumentationVersion,
      peerScope: PEER_SCOPE,
      settings: () => this.settings,
      tracer: () => this.tracer,
      meterProvider: () => this.meterProvider,
    });
  }

  private onCreate(message: unknown): void {
    const request = requestOf(message);
    if (request === undefined) return;
    const goesOn = this.wire.awaits(request.path);
    if (request.method !== 'POST' && !goesOn) return;
    const active = context.active();
    const header = (name: string): string | undefined => headerOf(request, name);
    if (!goesOn && !mayBeLlm(String(request.origin), request.path, this.settings.providers, header) && operationOf(active) === undefined) return;
    const url = this.urls.of(urlKey(request), () => urlOf(request));
    if (url === undefined) return;
    this.wire.attach(trace.getTracerProvider());
    const early = this.wire.sharing.takeEarly(request.method, url);
    const attempt =
      early ??
      this.wire.tracker.begin({
        method: request.method,
        url,
        context: active,
        ...(typeof request.contentLength === 'number' && { contentLength: request.contentLength }),
        header,
      });
    if (attempt === undefined) return;
    this.attempts.set(request, attempt);
    tellChunks(request, this.sink);
    if (early !== undefined) return;
    this.wire.sharing.offer(attempt);
    if (!this.wire.sharing.active) this.wire.propagate(attempt, header, (name, value) => addHeader(request, name, value));
  }

  private onChunkSent(message: unknown): void {
    if (isObject(message) && isObject(message['request'])) this.sent(message['request'], message['chunk']);
  }

  private onChunkReceived(message: unknown): void {
    // The hottest line there is: what undici publishes is not doubted here, and what would be wrong is caught by the subscriber.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { request, chunk } = message as ChunkMessage;
    this.received(request, chunk);
  }

  private onHeaders(message: unknown): void {
    const attempt = this.attemptOf(message);
    if (attempt === undefined || !isObject(message) || !isObject(message['response'])) return;
    const { statusCode, headers } = message['response'];
    // Informational responses come on the same channel, before the final one.
    if (typeof statusCode !== 'number' || statusCode < 200) return;
    attempt.responseHead(statusCode, headersOf(headers));
  }

  private onTrailers(message: unknown): void {
    this.attemptOf(message)?.end({ by: 'completion' });
  }

  private onError(message: unknown): void {
    const attempt = this.attemptOf(message);
    if (attempt === undefined || !isObject(message)) return;
    attempt.end(endingOf(message['error'], attempt.head === undefined ? 'headers' : 'body'));
  }

  private sent(request: object, chunk: unknown): void {
    const attempt = this.attempts.get(request);
    if (attempt === undefined) return;
    if (chunk instanceof Uint8Array) attempt.requestChunk(chunk);
    else if (typeof chunk === 'string') attempt.requestChunk(Buffer.from(chunk));
  }

  private received(request: object, chunk: unknown): void {
    if (chunk instanceof Uint8Array) this.attempts.get(request)?.responseChunk(chunk);
  }

  private attemptOf(message: unknown): Attempt | undefined {
    return isObject(message) && isObject(message['request']) ? this.attempts.get(message['request']) : undefined;
  }
}
