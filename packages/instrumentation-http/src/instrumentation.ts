import { context, mayBeLlm, operationOf, UrlCache, WireInstrumentation } from '@outspan/core';
import type { Attempt, ChannelHandlers, HttpPeer, InstrumentationConfig } from '@outspan/core';
import type { Context } from '@opentelemetry/api';
import manifest from '../package.json' with { type: 'json' };
import type { Exchange } from './exchange.ts';
import { failedHttp1, followHttp1, followResponse, headerOf, isHttp1Request, originOf, urlOf } from './http1.ts';
import { followHttp2, headerIn, isUndicis, responseHeadersOf, streamClosed, targetOf } from './http2.ts';
import { isObject } from './shape.ts';

/** Options of {@link HttpInstrumentation}. */
export interface HttpInstrumentationConfig extends InstrumentationConfig {}

/** OpenTelemetry's own instrumentation of the same modules; where it is on, its span is the attempt's. */
const PEER: HttpPeer = { scope: '@opentelemetry/instrumentation-http' };

/**
 * Traces LLM calls that go out through `node:http`, `node:https` and `node:http2`, which is to say also through axios, got,
 * node-fetch and the AWS SDK. Requests are found by Node's diagnostics channels; of one that is an LLM call the bytes are
 * seen as they are handed on. No module is patched, no listener added, and nothing of the exchange consumed or copied.
 *
 * Every other request passes untouched, and traces nothing.
 */
export class HttpInstrumentation extends WireInstrumentation<HttpInstrumentationConfig> {
  readonly #exchanges = new WeakMap<object, Exchange>();
  readonly #urls = new UrlCache();

  constructor(config: HttpInstrumentationConfig = {}) {
    super(manifest, config, PEER);
    this.begin();
  }

  protected override channels(): ChannelHandlers {
    const handlers: readonly (readonly [string, (message: Readonly<Record<string, unknown>>) => void])[] = [
      ['http.client.request.created', ({ request }) => this.#onRequest(request)],
      ['http.client.request.error', ({ request, error }) => this.#onRequestError(request, error)],
      // Despite its name it tells of the head.
      ['http.client.response.finish', ({ request, response }) => this.#onResponse(request, response)],
      ['http2.client.stream.created', ({ stream, headers }) => this.#onStream(stream, headers)],
      ['http2.client.stream.finish', ({ stream, headers }) => this.#onStreamHead(stream, headers)],
      ['http2.client.stream.error', ({ stream, error }) => this.#exchangeOf(stream)?.failed(error)],
      ['http2.client.stream.close', ({ stream }) => this.#onStreamClosed(stream)],
    ];
    return handlers.map(([channel, handle]) => [
      channel,
      (message) => {
        if (isObject(message)) handle(message);
      },
    ]);
  }

  #onRequest(request: unknown): void {
    if (!isHttp1Request(request)) return;
    const goesOn = this.awaits(request.path);
    if (request.method !== 'POST' && !goesOn) return;
    const active = context.active();
    const header = (name: string): string | undefined => headerOf(request, name);
    if (!goesOn && !this.#isOfInterest(originOf(request), request.path, active, header)) return;
    const url = this.#urls.of(`${originOf(request)} ${request.path}`, () => urlOf(request));
    if (url === undefined) return;
    this.attachToProvider();
    // The other instrumentation stands around `http.request`, so that its span is there before the request is.
    const early = this.sharing.takeEarly(request.method, url);
    const attempt = early ?? this.#attemptOf(request.method, url, active, header);
    if (attempt === undefined) return;
    this.#exchanges.set(request, followHttp1(request, attempt));
    if (early === undefined && request.headersSent !== true) this.propagate(attempt, header, (name, value) => request.setHeader(name, value));
  }

  /** What cannot be an LLM call costs no more than this. */
  #isOfInterest(origin: string, path: string, active: Context, header: (name: string) => string | undefined): boolean {
    return mayBeLlm(origin, path, this.settings.providers, header) || operationOf(active) !== undefined;
  }

  #attemptOf(method: string, url: URL, active: Context, header: (name: string) => string | undefined): Attempt | undefined {
    const length = Number(header('content-length') ?? Number.NaN);
    return this.tracker.begin({ method, url, context: active, ...(Number.isSafeInteger(length) && { contentLength: length }), header });
  }

  #onResponse(request: unknown, response: unknown): void {
    const exchange = this.#exchangeOf(request);
    if (exchange !== undefined && isHttp1Request(request) && isObject(response)) followResponse(exchange, request, response);
  }

  #onRequestError(request: unknown, error: unknown): void {
    const exchange = this.#exchangeOf(request);
    if (exchange !== undefined && isHttp1Request(request)) failedHttp1(exchange, request, error);
  }

  #onStream(stream: unknown, headers: unknown): void {
    if (!isObject(stream) || !isObject(headers) || headers[':method'] !== 'POST') return;
    const target = targetOf(headers);
    const active = context.active();
    const header = (name: string): string | undefined => headerIn(headers, name);
    if (target === undefined || !this.#isOfInterest(target.origin, target.path, active, header) || isUndicis(stream)) return;
    const href = target.origin + target.path;
    const url = this.#urls.of(href, () => (URL.canParse(href) ? new URL(href) : undefined));
    if (url === undefined) return;
    this.attachToProvider();
    const attempt = this.#attemptOf('POST', url, active, header);
    if (attempt !== undefined) this.#exchanges.set(stream, followHttp2(stream, attempt));
  }

  #onStreamHead(stream: unknown, headers: unknown): void {
    if (!isObject(headers)) return;
    const status = headers[':status'];
    if (typeof status === 'number') this.#exchangeOf(stream)?.head(status, responseHeadersOf(headers));
  }

  #onStreamClosed(stream: unknown): void {
    const exchange = this.#exchangeOf(stream);
    if (exchange !== undefined && isObject(stream)) streamClosed(exchange, stream);
  }

  #exchangeOf(request: unknown): Exchange | undefined {
    return isObject(request) ? this.#exchanges.get(request) : undefined;
  }
}
