import * as diagnosticsChannel from 'node:diagnostics_channel';
import { context, propagation, trace } from '@opentelemetry/api';
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { InstrumentationBase } from '@opentelemetry/instrumentation';
import type { InstrumentationConfig } from '@opentelemetry/instrumentation';
import { CallTracker, HttpSpanSharing, UrlCache, delegateOf, beforeFlush, endWithProcess, environment, guard, mayBeLlm, operationOf, report, settle, takeSeat } from '@outspan/core';
import type { Attempt, OutspanConfig, Settings } from '@outspan/core';
import manifest from '../package.json' with { type: 'json' };
import { tellChunks } from './body-chunks.ts';
import type { ChunkSink } from './body-chunks.ts';
import { endingOf } from './ending.ts';
import { addHeader, headerOf, headersOf, isObject, requestOf, urlKey, urlOf } from './request.ts';
import type { UndiciRequest } from './request.ts';

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
  declare private tracker: CallTracker;
  declare private sharing: HttpSpanSharing;
  declare private settings: Settings;
  declare private meterProvider: MeterProvider | undefined;
  declare private attempts: WeakMap<object, Attempt>;
  declare private urls: UrlCache;
  declare private sink: ChunkSink;
  declare private attachedTo: TracerProvider | undefined;
  declare private unsubscribe: (() => void) | undefined;
  declare private leaveExit: (() => void) | undefined;
  declare private leaveSeat: (() => void) | undefined;

  constructor(config: UndiciInstrumentationConfig = {}) {
    super(manifest.name, manifest.version, config);
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
    this.attach(provider);
  }

  override setMeterProvider(provider: MeterProvider): void {
    super.setMeterProvider(provider);
    this.meterProvider = provider;
  }

  override enable(): void {
    super.enable();
    this.prepare();
    if (this.unsubscribe !== undefined) return;
    this.leaveSeat = takeSeat(manifest.name, manifest.version);
    if (this.leaveSeat === undefined) return;
    this.sharing.enabled = true;
    this.leaveExit = endWithProcess(this.tracker);
    this.attach(trace.getTracerProvider());
    const subscriptions: readonly (readonly [string, (message: unknown) => void])[] = [
      ['undici:request:create', (message) => this.onCreate(message)],
      ['undici:request:bodyChunkSent', (message) => this.onChunkSent(message)],
      ['undici:request:bodySent', (message) => this.attemptOf(message)?.requestSent()],
      ['undici:request:headers', (message) => this.onHeaders(message)],
      ['undici:request:bodyChunkReceived', (message) => this.onChunkReceived(message)],
      ['undici:request:trailers', (message) => this.onTrailers(message)],
      ['undici:request:error', (message) => this.onError(message)],
    ];
    const stops = subscriptions.map(([channel, handle]) => {
      // A subscriber that throws would raise uncaughtException in the host.
      const guarded = (message: unknown): void => {
        try {
          handle(message);
        } catch (error) {
          report(channel, error);
        }
      };
      diagnosticsChannel.subscribe(channel, guarded);
      return () => diagnosticsChannel.unsubscribe(channel, guarded);
    });
    this.unsubscribe = () => {
      for (const stop of stops) stop();
    };
  }

  override disable(): void {
    super.disable();
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.leaveExit?.();
    this.leaveSeat?.();
    this.sharing.enabled = false;
    this.tracker.shutdown();
  }

  /** Ends what waits for a retry, so that the next flush of the tracer provider exports it. */
  flush(): void {
    this.tracker.flush();
  }

  /** Ends what is under way, as cut off by the end of the process. */
  interrupt(): void {
    this.tracker.interrupt();
  }

  private prepare(): void {
    if (this.tracker !== undefined) return;
    this.attempts = new WeakMap();
    this.urls = new UrlCache();
    this.sink = { received: (request, chunk) => this.received(request, chunk), sent: (request, chunk) => this.sent(request, chunk) };
    this.tracker = new CallTracker({ settings: () => this.settings, tracer: () => this.tracer, meterProvider: () => this.meterProvider });
    this.sharing = new HttpSpanSharing(this.tracker);
  }

  /** Looks at the tracer provider that is in force: the SDK may have been started before or after us, or not at all. */
  private attach(provider: TracerProvider): void {
    this.prepare();
    const actual = delegateOf(provider);
    this.sharing.install(actual, PEER_SCOPE);
    if (actual === this.attachedTo) return;
    this.attachedTo = actual;
    guard('hooking the tracer provider', () =>
      beforeFlush(
        actual,
        () => this.tracker.flush(),
        () => this.tracker.shutdown(),
      ),
    );
  }

  private onCreate(message: unknown): void {
    const request = requestOf(message);
    if (request === undefined || request.method !== 'POST') return;
    const active = context.active();
    const header = (name: string): string | undefined => headerOf(request, name);
    if (!mayBeLlm(String(request.origin), request.path, this.settings.providers, header) && operationOf(active) === undefined) return;
    const url = this.urls.of(urlKey(request), () => urlOf(request));
    if (url === undefined) return;
    this.attach(trace.getTracerProvider());
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
    this.attempts.set(request, attempt);
    tellChunks(request, this.sink);
    if (early !== undefined) return;
    this.sharing.offer(attempt);
    if (!this.sharing.active) this.propagate(attempt, request);
  }

  /** Sends trace context along as HTTP instrumentations do, but not to a public provider, which has no use for it. */
  private propagate(attempt: Attempt, request: UndiciRequest): void {
    if (headerOf(request, 'traceparent') !== undefined || !this.tracker.sendsContextTo(attempt)) return;
    const carrier: Record<string, string> = {};
    const sending = this.tracker.contextToSend(attempt);
    if (sending === undefined) return;
    propagation.inject(sending, carrier);
    for (const [name, value] of Object.entries(carrier)) addHeader(request, name, value);
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
