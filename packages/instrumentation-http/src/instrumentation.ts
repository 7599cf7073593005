import { context, trace } from '@opentelemetry/api';
import type { Context, MeterProvider, TracerProvider } from '@opentelemetry/api';
import { InstrumentationBase } from '@opentelemetry/instrumentation';
import type { InstrumentationConfig } from '@opentelemetry/instrumentation';
import { UrlCache, WireTracing, environment, mayBeLlm, operationOf, settle } from '@outspan/core';
import type { Attempt, OutspanConfig, Settings } from '@outspan/core';
import manifest from '../package.json' with { type: 'json' };
import type { Exchange } from './exchange.ts';
import { failedHttp1, followHttp1, followResponse, headerOf, isHttp1Request, originOf, urlOf } from './http1.ts';
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
  declare private wire: WireTracing;
  declare private settings: Settings;
  declare private meterProvider: MeterProvider | undefined;
  declare private exchanges: WeakMap<object, Exchange>;
  declare private urls: UrlCache;

  constructor(config: HttpInstrumentationConfig = {}) {
    super(manifest.name, manifest.version, config);
    this.prepare();
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
    this.wire.attach(provider);
  }

  override setMeterProvider(provider: MeterProvider): void {
    super.setMeterProvider(provider);
    this.meterProvider = provider;
  }

  override enable(): void {
    super.enable();
    this.prepare();
    const handlers: readonly (readonly [string, (message: Readonly<Record<string, unknown>>) => void])[] = [
      ['http.client.request.created', ({ request }) => this.onRequest(request)],
      ['http.client.request.error', ({ request, error }) => this.onRequestError(request, error)],
      // Despite its name it tells of the head.
      ['http.client.response.finish', ({ request, response }) => this.onResponse(request, response)],
      ['http2.client.stream.created', ({ stream, headers }) => this.onStream(stream, headers)],
      ['http2.client.stream.finish', ({ stream, headers }) => this.onStreamHead(stream, headers)],
      ['http2.client.stream.error', ({ stream, error }) => this.exchangeOf(stream)?.failed(error)],
      ['http2.client.stream.close', ({ stream }) => this.onStreamClosed(stream)],
    ];
    this.wire.enable(
      handlers.map(([channel, handle]) => [
        channel,
        (message) => {
          if (isObject(message)) handle(message);
        },
      ]),
    );
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
    this.exchanges = new WeakMap();
    this.urls = new UrlCache();
    this.wire = new WireTracing({
      name: this.instrumentationName,
      version: this.instrumentationVersion,
      peerScope: PEER_SCOPE,
      settings: () => this.settings,
      tracer: () => this.tracer,
      meterProvider: () => this.meterProvider,
    });
  }

  private onRequest(request: unknown): void {
    if (!isHttp1Request(request)) return;
    const goesOn = this.wire.awaits(request.path);
    if (request.method !== 'POST' && !goesOn) return;
    const active = context.active();
    const header = (name: string): string | undefined => headerOf(request, name);
    if (!goesOn && !this.isOfInterest(originOf(request), request.path, active, header)) return;
    const url = this.urls.of(`${originOf(request)} ${request.path}`, () => urlOf(request));
    if (url === undefined) return;
    this.wire.attach(trace.getTracerProvider());
    // The other instrumentation stands around `http.request`, so that its span is there before the request is.
    const early = this.wire.sharing.takeEarly(request.method, url);
    const attempt = early ?? this.begin(request.method, url, active, header);
    if (attempt === undefined) return;
    this.exchanges.set(request, followHttp1(request, attempt));
    if (early === undefined && request.headersSent !== true) this.wire.propagate(attempt, header, (name, value) => request.setHeader(name, value));
  }

  /** What cannot be an LLM call costs no more than this. */
  private isOfInterest(origin: string, path: string, active: Context, header: (name: string) => string | undefined): boolean {
    return mayBeLlm(origin, path, this.settings.providers, header) || operationOf(active) !== undefined;
  }

  private begin(method: string, url: URL, active: Context, header: (name: string) => string | undefined): Attempt | undefined {
    const length = Number(header('content-length') ?? Number.NaN);
    return this.wire.tracker.begin({ method, url, context: active, ...(Number.isSafeInteger(length) && { contentLength: length }), header });
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
    const header = (name: string): string | undefined => headerIn(headers, name);
    if (target === undefined || !this.isOfInterest(target.origin, target.path, active, header) || isUndicis(stream)) return;
    const href = target.origin + target.path;
    const url = this.urls.of(href, () => (URL.canParse(href) ? new URL(href) : undefined));
    if (url === undefined) return;
    this.wire.attach(trace.getTracerProvider());
    const attempt = this.begin('POST', url, active, header);
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
