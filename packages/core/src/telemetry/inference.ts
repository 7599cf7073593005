import type { Operation } from '../operation/operation.ts';
import { OTHER } from './metrics/label-values.ts';

/** Operations that are no inference: the GenAI conventions have other metrics and events for them, or none. */
const NO_INFERENCE: ReadonlySet<string> = new Set(['embeddings', 'moderation', 'rerank', 'prediction']);

/** The `gen_ai.operation.name` of a call. */
export function operationNameOf({ dialect, request }: Operation): string {
  return request?.operation ?? dialect?.operation ?? OTHER;
}

/** Whether a call is an inference as the GenAI conventions understand it. */
export function isInference(operation: Operation): boolean {
  return !NO_INFERENCE.has(operationNameOf(operation));
}
