import type { Exported, ExportedSpan } from './otlp.ts';

/** One operation with its attempts, without what differs from run to run. */
export interface Call {
  readonly name: string;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly attempts: readonly Omit<Call, 'attempts'>[];
}

/** What was recorded of the calls of a run. */
export interface Recorded {
  readonly calls: readonly Call[];
  /** Spans that are neither an operation nor an attempt of one. */
  readonly others: readonly string[];
  readonly operationsCounted: number;
  readonly attemptsCounted: number;
}

/** Ids, addresses, durations, and what depends on them. */
const VARYING: ReadonlySet<string> = new Set([
  'url.full',
  'url.path',
  'server.port',
  'network.peer.port',
  'gen_ai.response.id',
  'gen_ai.response.time_to_first_chunk',
  'outspan.provider.request_id',
  'outspan.provider.processing_time',
  'outspan.retry.delay',
  // Of a failed try whose body the SDK lets go of: as many as came before that.
  'outspan.response.bytes_received',
]);

function lasting(span: ExportedSpan): Omit<Call, 'attempts'> {
  return { name: span.name, failed: span.failed, attributes: Object.fromEntries(Object.entries(span.attributes).filter(([name]) => !VARYING.has(name))) };
}

function isOperation(span: ExportedSpan): boolean {
  return 'gen_ai.operation.name' in span.attributes;
}

function sum(exported: Exported, metric: string): number {
  return [...exported.sums.values()].filter((series) => series.metric === metric).reduce((total, series) => total + series.value, 0);
}

const order = (one: unknown, other: unknown): number => JSON.stringify(one).localeCompare(JSON.stringify(other));

/** Puts together what a backend holds. The calls of several parties come in an order that does not depend on who was first. */
export function recorded(exported: Exported): Recorded {
  const operations = exported.spans.filter(isOperation);
  const ids = new Set(operations.map((span) => span.spanId));
  const isAttempt = (span: ExportedSpan): boolean => ids.has(span.parentSpanId) && 'outspan.attempt.number' in span.attributes;
  return {
    calls: operations
      .map((operation) => ({
        ...lasting(operation),
        attempts: exported.spans
          .filter((span) => span.parentSpanId === operation.spanId && isAttempt(span))
          .map(lasting)
          .sort((one, other) => Number(one.attributes['outspan.attempt.number']) - Number(other.attributes['outspan.attempt.number'])),
      }))
      .sort(order),
    others: exported.spans.filter((span) => !isOperation(span) && !isAttempt(span)).map((span) => span.name),
    operationsCounted: sum(exported, 'outspan.client.operations'),
    attemptsCounted: sum(exported, 'outspan.client.attempts'),
  };
}

/** What is recorded when `parties` make the calls of one, each on its own. */
export function times(one: Recorded, parties: number): Recorded {
  return {
    calls: Array.from({ length: parties }, () => one.calls).flat().sort(order),
    others: Array.from({ length: parties }, () => one.others).flat(),
    operationsCounted: one.operationsCounted * parties,
    attemptsCounted: one.attemptsCounted * parties,
  };
}

/** The same calls as they look from the wire alone. */
export function fromTheWire(one: Recorded): Recorded {
  return { ...one, calls: one.calls.map((call) => ({ ...call, attributes: { ...call.attributes, 'outspan.operation.boundary': 'inferred' } })).sort(order) };
}
