/** What a program emitted, judged by the rules of test/semconv. */
import { metricConvention } from '../../../semconv/src/conventions/registry.ts';
import { OUTSPAN_METRICS } from '../../../semconv/src/conventions/outspan-attributes.ts';
import { violations } from '../../../semconv/src/rules/violations.ts';
import type { EmittedSpan, Value as Json } from '../../../semconv/src/telemetry.ts';
import type { MetricData, SpanData, Value } from '../otlp/index.ts';

const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUSES = ['unset', 'ok', 'error'] as const;

function json(value: Value): Json {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(json);
  return typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, json(one)])) : value;
}

function emitted({ scope, name, kind, traceId, spanId, parentSpanId, status, attributes, events }: SpanData): EmittedSpan {
  return {
    scope,
    name,
    kind: KINDS[kind] ?? 'internal',
    traceId,
    spanId,
    ...(parentSpanId !== '' && { parentSpanId }),
    status: STATUSES[status] ?? 'unset',
    attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, json(value)])),
    events,
  };
}

/** The violations of the spans of one program, as `rule: sentence`. */
export function spanViolations(name: string, spans: readonly SpanData[]): string[] {
  return violations({ name, spans: spans.map(emitted), events: [] }, []);
}

/** The metrics that neither the GenAI conventions nor our registry have. */
export function unknownMetrics(metrics: readonly MetricData[]): string[] {
  return metrics.map(({ name }) => name).filter((name) => metricConvention(name) === undefined && !OUTSPAN_METRICS.has(name));
}
