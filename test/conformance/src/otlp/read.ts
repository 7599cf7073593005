import type { Export } from './receiver.ts';
import { hex, messages, number, readFields, text } from './wire.ts';
import type { Fields } from './wire.ts';

export type Value = string | number | boolean | undefined | readonly Value[] | { readonly [key: string]: Value };
export type Attributes = Readonly<Record<string, Value>>;

/** A span as it was exported. */
export interface SpanData {
  /** The name of the instrumentation scope. */
  readonly scope: string;
  readonly traceId: string;
  readonly name: string;
  /** As OTLP numbers them: 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  /** 0 unset, 1 OK, 2 error. */
  readonly status: number;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  /** The names of its span events. */
  readonly events: readonly string[];
}

/** A metric as it was exported. */
export interface MetricData {
  readonly name: string;
  readonly unit: string;
  readonly instrument: 'histogram' | 'counter' | 'updowncounter' | 'gauge';
  /** Absent for a gauge. */
  readonly temporality?: 'delta' | 'cumulative';
  /** Of each point. */
  readonly points: readonly Attributes[];
}

/** A log record with an event name. */
export interface EventData {
  readonly name: string;
  readonly attributes: Attributes;
}

// Field numbers are those of opentelemetry-proto 1.x.

/** The spans of all exports to a `…/v1/traces`. */
export function spansOf(exports: readonly Export[]): SpanData[] {
  return items(exports, 'traces').map(({ item, resource, scope }) => ({
    scope,
    traceId: hex(item, 1),
    name: text(item, 5),
    kind: Number(number(item, 6) ?? 0),
    spanId: hex(item, 2),
    parentSpanId: hex(item, 4),
    status: messages(item, 15).map((status) => Number(number(status, 3) ?? 0))[0] ?? 0,
    attributes: attributes(item, 9),
    resource,
    events: messages(item, 11).map((event) => text(event, 2)),
  }));
}

/** The metrics of all exports to a `…/v1/metrics`. */
export function metricsOf(exports: readonly Export[]): MetricData[] {
  return items(exports, 'metrics').flatMap(({ item }) => {
    const head = { name: text(item, 1), unit: text(item, 3) };
    const of = (field: number, pointAttributes: number, instrument: (data: Fields) => MetricData['instrument']): MetricData[] =>
      messages(item, field).map((data) => {
        const temporality = TEMPORALITIES[Number(number(data, 2) ?? 0)];
        return { ...head, instrument: instrument(data), ...(temporality && { temporality }), points: messages(data, 1).map((point) => attributes(point, pointAttributes)) };
      });
    return [...of(5, 7, () => 'gauge'), ...of(7, 7, (sum) => (number(sum, 3) === 1n ? 'counter' : 'updowncounter')), ...of(9, 9, () => 'histogram')];
  });
}

/** The events of all exports to a `…/v1/logs`. */
export function eventsOf(exports: readonly Export[]): EventData[] {
  return items(exports, 'logs').map(({ item }) => ({ name: text(item, 12), attributes: attributes(item, 6) }));
}

const TEMPORALITIES: Readonly<Record<number, MetricData['temporality']>> = { 1: 'delta', 2: 'cumulative' };

/** All three signals are nested alike: resources (1) with scopes (2) with items (2). */
function items(exports: readonly Export[], signal: string): { item: Fields; resource: Attributes; scope: string }[] {
  return exports
    .filter(({ path }) => path.endsWith(`/v1/${signal}`))
    .flatMap(({ body }) => messages(readFields(body), 1))
    .flatMap((resource) => {
      const named = messages(resource, 1).map((one) => attributes(one, 1))[0] ?? {};
      return messages(resource, 2).flatMap((scope) => {
        const name = messages(scope, 1).map((one) => text(one, 1))[0] ?? '';
        return messages(scope, 2).map((item) => ({ item, resource: named, scope: name }));
      });
    });
}

function attributes(holder: Fields, field: number): Attributes {
  return Object.fromEntries(messages(holder, field).map((pair) => [text(pair, 1), messages(pair, 2).map(value)[0]]));
}

function value(any: Fields): Value {
  if (any.has(1)) return text(any, 1);
  if (any.has(2)) return number(any, 2) === 1n;
  if (any.has(3)) return Number(BigInt.asIntN(64, number(any, 3) ?? 0n));
  if (any.has(4)) return new Float64Array(new BigUint64Array([number(any, 4) ?? 0n]).buffer)[0];
  if (any.has(5)) return messages(any, 5).flatMap((list) => messages(list, 1).map(value));
  return Object.assign({}, ...messages(any, 6).map((list) => attributes(list, 1)));
}
