/** What the application emitted, as it comes out of its process. */

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Attributes = Readonly<Record<string, Value>>;

export interface EmittedSpan {
  readonly scope: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status: 'unset' | 'ok' | 'error';
  readonly attributes: Attributes;
  readonly events: readonly string[];
}

export interface EmittedEvent {
  readonly scope: string;
  readonly name: string;
  readonly severity: number;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes: Attributes;
}

/** One metric of the whole run. */
export interface EmittedMetric {
  readonly scope: string;
  readonly name: string;
  readonly unit: string;
  readonly instrument: string;
  /** Bucket bounds of a histogram. */
  readonly bounds?: readonly number[];
  /** The attributes of each of its points. */
  readonly points: readonly Attributes[];
  /** The sum, or the number of records, of each of its points. */
  readonly values: readonly number[];
}

/** What a run emitted. */
export interface Emitted {
  readonly calls: readonly TracedCall[];
  /** Workflows, agents and tools around calls. */
  readonly steps: readonly TracedCall[];
  readonly metrics: readonly EmittedMetric[];
}

/** One call that the application made, and everything that was emitted for it. */
export interface TracedCall {
  readonly name: string;
  readonly spans: readonly EmittedSpan[];
  readonly events: readonly EmittedEvent[];
}

/** Whether a span stands for a whole call, or for what makes calls: attempts have no operation name. */
export function isOperation(span: EmittedSpan): boolean {
  return 'gen_ai.operation.name' in span.attributes;
}

const STEPS: ReadonlySet<unknown> = new Set(['invoke_workflow', 'invoke_agent', 'execute_tool']);

/** Whether a span stands for a workflow, an agent or a tool around calls. */
export function isStep(span: EmittedSpan): boolean {
  return STEPS.has(span.attributes['gen_ai.operation.name']);
}
