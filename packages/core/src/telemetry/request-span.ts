import { SpanKind } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';
import { isObject } from '../body/json-access.ts';
import { attributesOf } from './span-members.ts';
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
  const attributes = attributesOf(active);
  if (attributes === undefined) return active.spanContext().traceId;
  const ofRequest = METHOD.some((name) => name in attributes) && 'kind' in active && active.kind === SpanKind.CLIENT;
  if (!ofRequest && !isTry(active)) return active.spanContext().spanId;
  // The SDK 1 keeps but the id.
  if ('parentSpanId' in active && typeof active.parentSpanId === 'string') return active.parentSpanId;
  const parent = 'parentSpanContext' in active ? active.parentSpanContext : undefined;
  return isObject(parent) && typeof parent['spanId'] === 'string' ? parent['spanId'] : undefined;
}
