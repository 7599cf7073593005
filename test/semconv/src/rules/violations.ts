import type { EmittedEvent, EmittedSpan, TracedCall } from '../telemetry.ts';
import { EVENT_RULES } from './event-rules.ts';
import { SPAN_RULES } from './span-rules.ts';

/** Everything that is wrong with what was emitted for a call, as `rule: span what`. */
export function violations(call: TracedCall, applies: readonly string[]): string[] {
  const around = { spans: call.spans, applies };
  return [
    ...call.spans.flatMap((span) => Object.entries(SPAN_RULES).flatMap(([rule, check]) => check(span, around).map((fault) => `${rule}: ${nameOf(span)} ${fault}`))),
    ...call.events.flatMap((event) =>
      Object.entries(EVENT_RULES).flatMap(([rule, check]) => check(event, spanOf(event, call.spans)).map((fault) => `${rule}: ${event.name} ${fault}`)),
    ),
  ];
}

function nameOf(span: EmittedSpan): string {
  return `'${span.name}'`;
}

function spanOf(event: EmittedEvent, spans: readonly EmittedSpan[]): EmittedSpan | undefined {
  return spans.find(({ spanId }) => spanId === event.spanId);
}
