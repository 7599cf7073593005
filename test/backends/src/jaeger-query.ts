import { until } from './until.ts';

/** A span as Jaeger's query API returns it, in plain values. */
export interface StoredSpan {
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unspecified';
  readonly status: 'unset' | 'ok' | 'error';
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root span. */
  readonly parentSpanId: string;
  readonly scope: string;
  readonly resource: Attributes;
  readonly attributes: Attributes;
  /** Both in nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
}

/** Attribute values by name; an int64 as a number. */
export type Attributes = Readonly<Record<string, AttributeValue>>;
/** A value of an attribute. */
export type AttributeValue = string | number | boolean | readonly AttributeValue[];

const ARRIVES_WITHIN_MS = 20_000;

/**
 * The spans that Jaeger has of a service, once there are as many as expected (or more).
 * @throws after 20 s, with the names of the spans that did arrive
 */
export async function spansOf(queryUrl: string, service: string, expected: number): Promise<StoredSpan[]> {
  let seen: StoredSpan[] = [];
  try {
    return await until(`${expected} spans of ${service} in Jaeger`, ARRIVES_WITHIN_MS, async () => {
      seen = await storedSpans(queryUrl, service);
      return seen.length >= expected && seen;
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}; it has ${JSON.stringify(seen.map((span) => span.name))}`, { cause: error });
  }
}

/** Every span that Jaeger has of a service now, of at most as many traces. */
export async function storedSpans(queryUrl: string, service: string, traces: number = 1000): Promise<StoredSpan[]> {
  const query = new URLSearchParams({
    'query.service_name': service,
    'query.start_time_min': new Date(Date.now() - 3_600_000).toISOString(),
    'query.start_time_max': new Date(Date.now() + 60_000).toISOString(),
    'query.num_traces': String(traces),
  });
  const response = await fetch(`${queryUrl}/api/v3/traces?${query.toString()}`, { signal: AbortSignal.timeout(traces > 1000 ? 30_000 : 5_000) });
  const text = await response.text();
  // Jaeger's way to say that it has none.
  if (response.status === 404) return [];
  if (response.status !== 200) throw new Error(`Jaeger answered ${response.status}: ${text}`);
  return readTraces(JSON.parse(text));
}

/** The child spans of a span, in the order they began. */
export function childrenOf(spans: readonly StoredSpan[], parent: StoredSpan): StoredSpan[] {
  return spans
    .filter((span) => span.traceId === parent.traceId && span.parentSpanId === parent.spanId)
    .sort((a, b) => (a.start < b.start ? -1 : 1));
}

function readTraces(document: unknown): StoredSpan[] {
  return list(field(field(document, 'result'), 'resourceSpans')).flatMap((resourceSpans) => {
    const resource = readAttributes(field(field(resourceSpans, 'resource'), 'attributes'));
    return list(field(resourceSpans, 'scopeSpans')).flatMap((scopeSpans) => {
      const scope = text(field(field(scopeSpans, 'scope'), 'name'));
      return list(field(scopeSpans, 'spans')).map((span) => readSpan(span, scope, resource));
    });
  });
}

// Protobuf's JSON leaves out a field that has its zero value.
const KINDS = { 0: 'unspecified', 1: 'internal', 2: 'server', 3: 'client', 4: 'producer', 5: 'consumer' } as const;
const STATUSES = { 0: 'unset', 1: 'ok', 2: 'error' } as const;

function readSpan(span: unknown, scope: string, resource: Attributes): StoredSpan {
  return {
    name: text(field(span, 'name')),
    kind: named(KINDS, field(span, 'kind')),
    status: named(STATUSES, field(field(span, 'status'), 'code')),
    traceId: text(field(span, 'traceId')),
    spanId: text(field(span, 'spanId')),
    parentSpanId: text(field(span, 'parentSpanId')),
    scope,
    resource,
    attributes: readAttributes(field(span, 'attributes')),
    start: BigInt(text(field(span, 'startTimeUnixNano'))),
    end: BigInt(text(field(span, 'endTimeUnixNano'))),
  };
}

function named<T extends string>(names: Readonly<Record<number, T>>, code: unknown): T {
  const name = names[typeof code === 'number' ? code : 0];
  if (name === undefined) throw new Error(`an unknown code ${String(code)}`);
  return name;
}

function readAttributes(attributes: unknown): Attributes {
  return Object.fromEntries(list(attributes).map((attribute) => [text(field(attribute, 'key')), readValue(field(attribute, 'value'))]));
}

function readValue(value: unknown): AttributeValue {
  const array = field(value, 'arrayValue');
  if (array !== undefined) return list(field(array, 'values')).map(readValue);
  const int = field(value, 'intValue');
  if (int !== undefined) return Number(int);
  for (const kind of ['stringValue', 'boolValue', 'doubleValue']) {
    const plain = field(value, kind);
    if (typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean') return plain;
  }
  return '';
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
