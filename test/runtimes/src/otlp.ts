type Json = null | string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

/** The kinds of spans, at the numbers that OTLP has for them. */
const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;
export type SpanKind = (typeof KINDS)[number];

/** A span as OTLP/JSON has it, attributes as a plain map. */
export interface ExportedSpan {
  /** The name of the tracer that made it. */
  readonly scope: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, Json>>;
  readonly resource: Readonly<Record<string, Json>>;
}

/** What a backend holds after a run. */
export interface Exported {
  readonly spans: ExportedSpan[];
  /** The last value of each series of each sum, by metric, process and attributes: sums are cumulative. */
  readonly sums: Map<string, { readonly metric: string; readonly value: number }>;
}

function field(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && name in value ? (value as Readonly<Record<string, Json>>)[name] : undefined;
}

function items(value: Json | undefined, name: string): readonly Json[] {
  const list = field(value, name);
  return Array.isArray(list) ? list : [];
}

function text(value: Json | undefined, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}

function attributes(holder: Json | undefined): Record<string, Json> {
  return Object.fromEntries(
    items(holder, 'attributes').map((entry) => {
      const value = field(entry, 'value');
      return [text(entry, 'key'), typeof value === 'object' && value !== null ? (Object.values(value)[0] ?? null) : null];
    }),
  );
}

/** Reads one export of any signal into what the backend holds. */
export function read(body: string, into: Exported): void {
  const document: Json = JSON.parse(body);
  for (const resource of items(document, 'resourceSpans')) {
    for (const [scope, span] of items(resource, 'scopeSpans').flatMap((scope) => items(scope, 'spans').map((span) => [scope, span] as const))) {
      into.spans.push({
        scope: text(field(scope, 'scope'), 'name'),
        name: text(span, 'name'),
        kind: KINDS[Number(field(span, 'kind') ?? 0)] ?? 'UNSPECIFIED',
        traceId: text(span, 'traceId'),
        spanId: text(span, 'spanId'),
        parentSpanId: text(span, 'parentSpanId'),
        start: BigInt(text(span, 'startTimeUnixNano') || 0),
        failed: field(field(span, 'status'), 'code') === 2,
        attributes: attributes(span),
        resource: attributes(field(resource, 'resource')),
      });
    }
  }
  for (const resource of items(document, 'resourceMetrics')) {
    const instance = attributes(field(resource, 'resource'))['service.instance.id'];
    for (const metric of items(resource, 'scopeMetrics').flatMap((scope) => items(scope, 'metrics'))) {
      for (const point of items(field(metric, 'sum'), 'dataPoints')) {
        const value = Number(field(point, 'asInt') ?? field(point, 'asDouble'));
        into.sums.set(JSON.stringify([text(metric, 'name'), instance, attributes(point)]), { metric: text(metric, 'name'), value });
      }
    }
  }
}
