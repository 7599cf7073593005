import type { ExportedSpan } from '../../runtimes/src/otlp.ts';
import { receive } from '../../runtimes/src/receiver.ts';

export type { ExportedSpan } from '../../runtimes/src/otlp.ts';

/** An LLM call with its attempts. */
export interface ExportedCall {
  readonly operation: ExportedSpan;
  readonly attempts: readonly ExportedSpan[];
}

/** A backend on loopback that takes OTLP/JSON and remembers it. */
export interface Receiver {
  readonly url: string;
  readonly spans: readonly ExportedSpan[];
  /** The calls so far, in the order in which they ended. */
  calls(): ExportedCall[];
  close(): void;
}

/** Starts a backend. */
export async function startReceiver(): Promise<Receiver> {
  const receiver = await receive();
  const { spans } = receiver.exported;
  return {
    url: receiver.url,
    spans,
    calls: () => spans.filter(({ attributes }) => 'gen_ai.operation.name' in attributes).map((operation) => ({ operation, attempts: spans.filter(({ parentSpanId }) => parentSpanId === operation.spanId) })),
    close: () => receiver.close(),
  };
}
