import type { Span, TimeInput } from '@opentelemetry/api';
import { endSpan } from './host-span.ts';

/** Ends a span whose owner will not: it waits for what nobody reads, or the process ends. Should the owner still come to it, that changes nothing. */
export function endForOwner(span: Span, at?: TimeInput): void {
  if (span.isRecording()) endSpan(span, at);
  span.end = () => undefined;
}
