import type { Context, Span, SpanOptions, TracerProvider } from '@opentelemetry/api';
import { guard } from '../guard.ts';
import type { Attempt } from '../operation/attempt.ts';
import { operationOf } from '../operation/context.ts';
import type { CallTracker } from '../operation/tracker.ts';
import { listenersOf } from '../platform/channels.ts';
import { SharedSpan } from '../telemetry/shared-span.ts';
import { watchRequestSpans } from '../telemetry/request-span.ts';
import { watchSpanStarts } from '../telemetry/span-starts.ts';

/** OpenTelemetry's own instrumentation of a transport. */
export interface HttpPeer {
  /** Its instrumentation scope. */
  readonly scope: string;
  /** The channel on which it hears of new requests, and what its listener is called: it may be there before it has made a span. */
  readonly channel?: string;
  readonly listener?: string;
}

/**
 * An attempt has one span, also where OpenTelemetry's own HTTP instrumentation traces the same request: then
 * it is that instrumentation's span, started as a child of our operation and told what we know before it ends.
 *
 * Both instrumentations hear of the same request, in an order that nobody controls, and neither sees the
 * other's spans. What both pass through is the SDK's `Tracer.startSpan`: it is watched for the other's scope.
 */
export class HttpSpanSharing {
  /** Whether the other instrumentation has been seen at work. */
  active = false;
  /** Off while the instrumentation that owns this is disabled. */
  enabled = true;
  readonly #tracker: CallTracker;
  #offered: Attempt | undefined;
  #early: Attempt | undefined;
  /** What was looked at for the other instrumentation, and did not have it. */
  #looked: { readonly tracers: number; readonly listeners: number } | undefined;
  readonly #installed = new WeakSet<TracerProvider>();

  constructor(tracker: CallTracker) {
    this.#tracker = tracker;
  }

  /** Watches for spans of the instrumentation called `scope`, on the tracers of `provider`. Idempotent; no-op for providers other than the SDK's. */
  install(provider: TracerProvider, scope: string): void {
    guard('watching HTTP spans', () => {
      if (this.#installed.has(provider)) return;
      this.#installed.add(provider);
      const tracer = provider.getTracer('@outspan/core');
      watchRequestSpans(tracer, (context) => operationOf(context)?.span);
      watchSpanStarts(tracer, scope, {
        wants: (_name, of, context) => this.enabled && of === scope && context !== undefined,
        start: ({ options, context }, startIn) => (context === undefined ? startIn(context) : this.start(options, context, startIn)),
      });
    });
  }

  /** Looks whether the other instrumentation is there, so that it is known before its first span. Cheap where nothing has changed. */
  look(provider: TracerProvider, { channel, listener, scope }: HttpPeer): void {
    if (this.active) return;
    const tracers = tracersOf(provider);
    const listeners = channel === undefined ? [] : listenersOf(channel);
    const looked = { tracers: tracers?.size ?? 0, listeners: listeners.length };
    if (looked.tracers === this.#looked?.tracers && looked.listeners === this.#looked.listeners) return;
    this.#looked = looked;
    this.active = hasTracerOf(tracers, scope) || (listener !== undefined && listeners.includes(listener));
  }

  /** We saw the request first: the other instrumentation may take the attempt's span upon it, in this very turn. */
  offer(attempt: Attempt): void {
    this.#offered = attempt;
    queueMicrotask(() => {
      if (this.#offered === attempt) this.#offered = undefined;
    });
  }

  /** Whether the other instrumentation saw a request first, in this very turn. */
  get hasEarly(): boolean {
    return this.#early !== undefined;
  }

  /** The other instrumentation saw the request first, in this very turn: the attempt that was begun for it. */
  takeEarly(method: string, url: URL): Attempt | undefined {
    const early = this.#early;
    this.#early = undefined;
    return early !== undefined && early.start.method === method && sameTarget(early.start.url, url) ? early : undefined;
  }

  /** The other instrumentation starts a span. */
  start(options: SpanOptions | undefined, context: Context, startIn: (parent: Context) => Span): Span {
    this.active = true;
    const attempt = guard('sharing an HTTP span', () => this.#attemptOf(options, context));
    if (attempt === undefined) return startIn(context);
    const { operation } = attempt;
    const span = startIn(operation?.context ?? context);
    guard('sharing an HTTP span', () => {
      attempt.span = span;
      attempt.sharedSpan = new SharedSpan(span, () => this.#neverMade(attempt));
    });
    return span;
  }

  /** Its owner is done with a span before there was a request: making that threw. */
  #neverMade(attempt: Attempt): void {
    if (this.#early !== attempt) return;
    this.#early = undefined;
    attempt.end({ by: 'caller' });
  }

  #attemptOf(options: SpanOptions | undefined, context: Context): Attempt | undefined {
    const method = options?.attributes?.['http.request.method'] ?? options?.attributes?.['http.method'];
    // Instrumentations of SDK 2 use the older names by default.
    const href = options?.attributes?.['url.full'] ?? options?.attributes?.['http.url'];
    if (typeof method !== 'string' || typeof href !== 'string' || !URL.canParse(href)) return undefined;
    const url = new URL(href);
    const offered = this.#offered;
    this.#offered = undefined;
    if (offered !== undefined && offered.start.method === method && sameTarget(offered.start.url, url)) {
      // What may be a stranger's request keeps to itself.
      if (offered.doubted) return undefined;
      // Its own span is there already: trace context had to be sent before the other was known to be at work.
      if (offered.span !== undefined) return undefined;
      if (offered.operation === undefined) this.#tracker.materialise(offered);
      return offered;
    }
    const early = this.#tracker.begin({ method, url, context });
    if (early === undefined || early.doubted) return undefined;
    if (early.operation === undefined) this.#tracker.materialise(early);
    this.#early = early;
    return early;
  }
}

function sameTarget(a: URL, b: URL): boolean {
  return a.origin === b.origin && a.pathname === b.pathname;
}

// The SDK keeps its tracers by `name@version:schema`. A hint only: where it is missing, the first request tells.
function tracersOf(provider: TracerProvider): ReadonlyMap<unknown, unknown> | undefined {
  return '_tracers' in provider && provider._tracers instanceof Map ? provider._tracers : undefined;
}

function hasTracerOf(tracers: ReadonlyMap<unknown, unknown> | undefined, scope: string): boolean {
  for (const key of tracers?.keys() ?? []) if (typeof key === 'string' && key.startsWith(`${scope}@`)) return true;
  return false;
}
