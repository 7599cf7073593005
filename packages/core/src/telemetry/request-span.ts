import { SpanKind } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';
import { scopeOf } from './native-spans.ts';

/** A method by today's name, and by the one that frameworks still write. */
const METHOD = ['http.request.method', 'http.method'];

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Spans that the AI SDK 5 and 6 make for each try where `experimental_telemetry` is on: `ai.generateText.doGenerate`. */
const TRIES_OF_AI_SDK = /^ai\.\w+\.do(?:Generate|Stream|Embed)\b/;

/**
 * The id of the span in which a client makes its tries: the active one, unless that stands for a single request, as a
 * framework's own span of a `fetch` does (Next.js), or of a try (AI SDK). Each try has another one of those; what they share is its parent.
 *
 * @returns undefined where there is none
 */
export function callerSpanId(active: Span | undefined): string | undefined {
  if (active === undefined) return undefined;
  if (!('attributes' in active) || !isObject(active.attributes)) return active.spanContext().spanId;
  const { attributes } = active;
  const ofRequest = METHOD.some((name) => name in attributes) && 'kind' in active && active.kind === SpanKind.CLIENT;
  if (!ofRequest && !isTry(active)) return active.spanContext().spanId;
  const parent = 'parentSpanContext' in active ? active.parentSpanContext : undefined;
  return isObject(parent) && 'spanId' in parent && typeof parent.spanId === 'string' ? parent.spanId : undefined;
}

function isTry(span: Span): boolean {
  return scopeOf(span) === 'ai' && 'name' in span && typeof span.name === 'string' && TRIES_OF_AI_SDK.test(span.name);
}
