import { INVALID_SPAN_CONTEXT } from '@opentelemetry/api';
import type { Context, Span, SpanOptions, TimeInput, Tracer } from '@opentelemetry/api';
import { guard } from '../guard.ts';
import { trace } from '../opentelemetry/providers.ts';

/**
 * Starts a span of the application's tracer. Without a tracer, or where its sampler or a processor throws, the call goes on
 * with a span that records nothing: it is counted and told from others all the same.
 */
export function startSpan(tracer: Tracer | undefined, name: string, options: SpanOptions, parent: Context): Span {
  // As the API's tracer that records nothing does, so that what is sent on stays in its trace.
  if (tracer === undefined) return trace.wrapSpanContext(trace.getSpan(parent)?.spanContext() ?? INVALID_SPAN_CONTEXT);
  return guard('starting a span', () => tracer.startSpan(name, options, parent)) ?? trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
}

/** Ends a span of the application's tracer. What its processors throw keeps nothing else from ending. */
export function endSpan(span: Span, at: TimeInput | undefined): void {
  guard('ending a span', () => span.end(at));
}
