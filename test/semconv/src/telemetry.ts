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

/** One call that the application made, and everything that was emitted for it. */
export interface TracedCall {
  readonly name: string;
  readonly spans: readonly EmittedSpan[];
  readonly events: readonly EmittedEvent[];
}

/** Whether a span stands for a whole call: attempts have no operation name. */
export function isOperation(span: EmittedSpan): boolean {
  return 'gen_ai.operation.name' in span.attributes;
}
