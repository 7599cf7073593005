import * as diagnosticsChannel from 'node:diagnostics_channel';
import { context, propagation, trace } from '@opentelemetry/api';
import type { Context, MeterProvider, TracerProvider } from '@opentelemetry/api';
import { InstrumentationBase } from '@opentelemetry/instrumentation';
import type { InstrumentationConfig } from '@opentelemetry/instrumentation';
import { CallTracker, HttpSpanSharing, UrlCache, delegateOf, beforeFlush, endWithProcess, environment, guard, mayBeLlm, operationOf, report, settle, takeSeat } from '@outspan/core';
import type { Attempt, OutspanConfig, Settings } from '@outspan/core';
import manifest from '../package.json' with { type: 'json' };
import type { Exchange } from './exchange.ts';
import { failedHttp1, followHttp1, followResponse, headerOf, isHttp1Request, originOf, urlOf } from './http1.ts';
import type { Http1Request } from './http1.ts';
import { followHttp2, headerIn, isUndicis, responseHeadersOf, streamClosed, targetOf } from './http2.ts';
import { isObject } from './shape.ts';

/** Options of {@link HttpInstrumentation}. */
export interface HttpInstrumentationConfig extends InstrumentationConfig, OutspanConfig {}

/** OpenTelemetry's own instrumentation of the same modules; where it is on, its span is the attempt's. */
const PEER_SCOPE = '@opentelemetry/instrumentation-http';

/**
 * Traces LLM calls that go out through `node:http`, `node:https` and `node:http2`, which is to say also through axios, got,
 * node-fetch and the AWS SDK. Requests are found by Node's diagnostics channels; of one that is an LLM call the bytes are
 * seen as they are handed on. No module is patched, no listener added, and nothing of the exchange consumed or copied.
 *
 * Every other request passes untouched, and traces nothing.
 */
export class HttpInstrumentation extends InstrumentationBase<HttpInstrumentationConfig> {
  // `declare`: the base constructor calls enable(), whose state a field initialiser would overwrite.
  declare private tracker: CallTracker;
  declare private sharing: HttpSpanSharing;
  declare private settings: Settings;
  declare private meterProvider: MeterProvider | undefined;
  declare private exchanges: WeakMap<object, Exchange>;
  declare private urls: UrlCache;
  declare private attachedTo: TracerProvider | undefined;
  declare private unsubscribe: (() => void) | undefined;
  declare private leaveExit: (() => void) | undefined;
  declare private leaveSeat: (() => void) | undefined;

  constructor(config: HttpInstrumentationConfig = {}) {
    super(manifest.name, manifest.version, config);
  }

  protected init(): undefined {
    return undefined;
  }

  override setConfig(config: HttpInstrumentationConfig = {}): void {
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
    const subscriptions: readonly (readonly [string, (message: Readonly<Record<string, unknown>>) => void])[] = [
      ['http.client.request.created', ({ request }) => this.onRequest(request)],
      ['http.client.request.error', ({ request, error }) => this.onRequestError(request, error)],
      // Despite its name it tells of the head.
      ['http.client.response.finish', ({ request, response }) => this.onResponse(request, response)],
      ['http2.client.stream.created', ({ stream, headers }) => this.onStream(stream, headers)],
      ['http2.client.stream.finish', ({ stream, headers }) => this.onStreamHead(stream, headers)],
      ['http2.client.stream.error', ({ stream, error }) => this.exchangeOf(stream)?.failed(error)],
      ['http2.client.stream.close', ({ stream }) => this.onStreamClosed(stream)],
    ];
    const stops = subscriptions.map(([channel, handle]) => {
      // A subscriber that throws would raise uncaughtException in the host.
      const guarded = (message: unknown): void => {
        try {
          if (isObject(message)) handle(message);
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
    this.exchanges = new WeakMap();
    this.urls = new UrlCache();
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

  private onRequest(request: unknown): void {
    if (!isHttp1Request(request) || request.method !== 'POST') return;
    const active = context.active();
    if (!this.isOfInterest(originOf(request), request.path, active)) return;
    const url = this.urls.of(`${originOf(request)} ${request.path}`, () => urlOf(request));
    if (url === undefined) return;
    this.attach(trace.getTracerProvider());
    // The other instrumentation stands around `http.request`, so that its span is there before the request is.
    const early = this.sharing.takeEarly(request.method, url);
    const attempt = early ?? this.begin(request.method, url, active, (name) => headerOf(request, name));
    if (attempt === undefined) return;
    this.exchanges.set(request, followHttp1(request, attempt));
    if (early === undefined) this.propagate(attempt, request);
  }

  /** What cannot be an LLM call costs no more than this. */
  private isOfInterest(origin: string, path: string, active: Context): boolean {
    return mayBeLlm(origin, path, this.settings.providers) || operationOf(active) !== undefined;
  }

  private begin(method: string, url: URL, active: Context, header: (name: string) => string | undefined): Attempt | undefined {
    const length = Number(header('content-length') ?? Number.NaN);
    return this.tracker.begin({ method, url, context: active, ...(Number.isSafeInteger(length) && { contentLength: length }), header });
  }

  /** Sends trace context along as HTTP instrumentations do, but not to a public provider, which has no use for it. */
  private propagate(attempt: Attempt, request: Http1Request): void {
    if (request.headersSent === true || headerOf(request, 'traceparent') !== undefined || !this.tracker.sendsContextTo(attempt)) return;
    const sending = this.tracker.contextToSend(attempt);
    if (sending === undefined) return;
    const carrier: Record<string, string> = {};
    propagation.inject(sending, carrier);
    for (const [name, value] of Object.entries(carrier)) request.setHeader(name, value);
  }

  private onResponse(request: unknown, response: unknown): void {
    const exchange = this.exchangeOf(request);
    if (exchange !== undefined && isHttp1Request(request) && isObject(response)) followResponse(exchange, request, response);
  }

  private onRequestError(request: unknown, error: unknown): void {
    const exchange = this.exchangeOf(request);
    if (exchange !== undefined && isHttp1Request(request)) failedHttp1(exchange, request, error);
  }

  private onStream(stream: unknown, headers: unknown): void {
    if (!isObject(stream) || !isObject(headers) || headers[':method'] !== 'POST') return;
    const target = targetOf(headers);
    const active = context.active();
    if (target === undefined || !this.isOfInterest(target.origin, target.path, active) || isUndicis(stream)) return;
    const href = target.origin + target.path;
    const url = this.urls.of(href, () => (URL.canParse(href) ? new URL(href) : undefined));
    if (url === undefined) return;
    this.attach(trace.getTracerProvider());
    const attempt = this.begin('POST', url, active, (name) => headerIn(headers, name));
    if (attempt !== undefined) this.exchanges.set(stream, followHttp2(stream, attempt));
  }

  private onStreamHead(stream: unknown, headers: unknown): void {
    if (!isObject(headers)) return;
    const status = headers[':status'];
    if (typeof status === 'number') this.exchangeOf(stream)?.head(status, responseHeadersOf(headers));
  }

  private onStreamClosed(stream: unknown): void {
    const exchange = this.exchangeOf(stream);
    if (exchange !== undefined && isObject(stream)) streamClosed(exchange, stream);
  }

  private exchangeOf(request: unknown): Exchange | undefined {
    return isObject(request) ? this.exchanges.get(request) : undefined;
  }
}
