/** Operations that are no inference: the GenAI conventions have other metrics and events for them, or none. */
const NO_INFERENCE: ReadonlySet<string> = new Set(['embeddings', 'moderation', 'rerank', 'prediction']);

/** Whether an operation, by its `gen_ai.operation.name`, is an inference as the GenAI conventions understand it. */
export function isInference(operationName: string): boolean {
  return !NO_INFERENCE.has(operationName);
}
