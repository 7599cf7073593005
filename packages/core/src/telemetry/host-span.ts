import { INVALID_SPAN_CONTEXT, trace } from '@opentelemetry/api';
import type { Context, Span, SpanOptions, TimeInput, Tracer } from '@opentelemetry/api';
import { guard } from '../guard.ts';

/**
 * Starts a span of the application's tracer. Where its sampler or one of its processors throws, the call goes on with a span that
 * records nothing: it is counted and told from others all the same.
 */
export function startSpan(tracer: Tracer, name: string, options: SpanOptions, parent: Context): Span {
  return guard('starting a span', () => tracer.startSpan(name, options, parent)) ?? trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
}

/** Ends a span of the application's tracer. What its processors throw keeps nothing else from ending. */
export function endSpan(span: Span, at: TimeInput | undefined): void {
  guard('ending a span', () => span.end(at));
}
