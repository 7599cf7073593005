import type { ExportedSpan } from '../../../runtimes/src/otlp.ts';

/** Instrumentations of what lies beneath a request: their spans are no affair of ours. */
const BENEATH: ReadonlySet<string> = new Set(['@opentelemetry/instrumentation-net', '@opentelemetry/instrumentation-dns', '@opentelemetry/instrumentation-fs']);

const byStart = (one: ExportedSpan, other: ExportedSpan): number => Number(one.start - other.start);

/** `chat gpt-4o (sdk)` of an operation, `attempt 2: 502` of an attempt, `name (KIND)` of any other span. */
function label(span: ExportedSpan): string {
  const text = (attribute: string): string | undefined => {
    const value = span.attributes[attribute];
    return value === undefined ? undefined : JSON.stringify(value).replaceAll('"', '');
  };
  const boundary = text('outspan.operation.boundary');
  const number = text('outspan.attempt.number');
  if (boundary !== undefined) return `${span.name} (${boundary})`;
  if (number !== undefined) return `attempt ${number}: ${text('http.response.status_code') ?? text('error.type')}`;
  return span.kind === 'INTERNAL' ? span.name : `${span.name} (${span.kind})`;
}

/**
 * What a backend holds, one text for each span that has no parent there: a line for each span, beneath its parent and in
 * the order in which they started. A span that came twice is there twice; one whose parent never came says so.
 */
export function traces(spans: readonly ExportedSpan[]): string[] {
  const shown = spans.filter((span) => !BENEATH.has(span.scope)).sort(byStart);
  const ids = new Set(shown.map((span) => span.spanId));
  const tree = (span: ExportedSpan, depth: number): string =>
    [
      `${'  '.repeat(depth)}${label(span)}`,
      ...shown.filter((child) => child.parentSpanId === span.spanId && child.traceId === span.traceId).map((child) => tree(child, depth + 1)),
    ].join('\n');
  return shown.filter((span) => !ids.has(span.parentSpanId)).map((span) => `${tree(span, 0)}${span.parentSpanId === '' ? '' : '\n  of a parent that never came'}`);
}
