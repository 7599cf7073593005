import { SpanKind } from '@opentelemetry/api';
import type { Context, Span, Tracer } from '@opentelemetry/api';
import { isObject } from '../body/json-access.ts';
import { attributesOf } from './span-members.ts';
import { watchSpanStarts } from './span-starts.ts';
import { isTry } from './try-span.ts';

/** A method by today's name, and by the one that frameworks still write. */
const METHOD = ['http.request.method', 'http.method'];

/**
 * The id of the span in which a client makes its tries: the active one, unless that stands for a single request, as a
 * framework's own span of a `fetch` does (Next.js), or of a try (AI SDK). Each try has another one of those; what they share is its parent,
 * or, where nothing is recorded, the trace at least.
 *
 * @returns undefined where there is none
 */
export function callerSpanId(active: Span | undefined): string | undefined {
  if (active === undefined) return undefined;
  if (attributesOf(active) === undefined) return active.spanContext().traceId;
  return isOfRequest(active) || isTry(active) ? parentIdOf(active) : active.spanContext().spanId;
}

/** Whether a span stands for a single HTTP request of a client. */
function isOfRequest(span: Span): boolean {
  const attributes = attributesOf(span);
  return attributes !== undefined && METHOD.some((name) => name in attributes) && 'kind' in span && span.kind === SpanKind.CLIENT;
}

function parentIdOf(span: object): string | undefined {
  // The SDK 1 keeps but the id.
  if ('parentSpanId' in span && typeof span.parentSpanId === 'string') return span.parentSpanId;
  const parent = 'parentSpanContext' in span ? span.parentSpanContext : undefined;
  return isObject(parent) && typeof parent['spanId'] === 'string' ? parent['spanId'] : undefined;
}

/** Spans of requests beneath a call that no attempt has taken yet, by the span of the call. */
const offered = new WeakMap<Span, Span[]>();

/** Scopes of Outspan, and of OpenTelemetry's instrumentations: `HttpSpanSharing` shares their spans. */
const OTHERWISE = /^@(?:outspan|opentelemetry)\//;

/**
 * Keeps the spans that others start for single requests right beneath a call, in case they do not make them active, as
 * `@vercel/otel` does. Changes nothing about those spans.
 *
 * @param tracer one of the OpenTelemetry SDK; all tracers of its kind are watched
 * @param callIn finds the span of the call that a context belongs to
 * @returns a function that stops it
 */
export function watchRequestSpans(tracer: Tracer, callIn: (context: Context) => Span | undefined): () => void {
  return watchSpanStarts(tracer, 'requests beneath calls', {
    wants: (_name, scope, context) => context !== undefined && !OTHERWISE.test(scope) && callIn(context) !== undefined,
    start({ context }, startIn) {
      const span = startIn(context);
      const call = context === undefined ? undefined : callIn(context);
      if (call !== undefined && isRightBeneath(call, span)) offered.set(call, [...(offered.get(call) ?? []), span]);
      return span;
    },
  });
}

/**
 * The span that somebody else has made of a single request of a call: the active one (Next.js), or one that was only started
 * (`@vercel/otel`). Each is returned once.
 *
 * @param active the span in which the request is made
 */
export function takeRequestSpan(active: Span | undefined, call: Span, method: string, url: URL): Span | undefined {
  if (active !== undefined && isRightBeneath(call, active)) return taken.has(active) ? undefined : take(active);
  const span = offered.get(call)?.find((each) => !taken.has(each) && each.isRecording() && isOf(each, method, url));
  return span === undefined ? undefined : take(span);
}

/** Spans that stand for an attempt. A request that is redirected is sent twice within one of them. */
const taken = new WeakSet<Span>();

function take(span: Span): Span {
  taken.add(span);
  return span;
}

function isRightBeneath(call: Span, span: Span): boolean {
  return span !== call && span.isRecording() && isOfRequest(span) && parentIdOf(span) === call.spanContext().spanId;
}

const URL_NAMES = ['url.full', 'http.url'];

function isOf(span: Span, method: string, url: URL): boolean {
  const attributes = attributesOf(span) ?? {};
  const href = URL_NAMES.map((name) => attributes[name]).find((value) => typeof value === 'string');
  if (typeof href !== 'string' || !URL.canParse(href) || !METHOD.some((name) => attributes[name] === method)) return false;
  const { origin, pathname } = new URL(href);
  return origin === url.origin && pathname === url.pathname;
}
