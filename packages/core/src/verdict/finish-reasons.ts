import type { ClassFacts } from './verdict.ts';

/** Finish reasons by which a provider says that its own generation failed, under status 200 and with a proper end. */
const FAILURES: Readonly<Record<string, ClassFacts>> = {
  // Gemini: the model's call does not fit its declaration; the call itself is not sent.
  MALFORMED_FUNCTION_CALL: { class: 'invalid_tool_call' },
  UNEXPECTED_TOOL_CALL: { class: 'invalid_tool_call' },
  TOO_MANY_TOOL_CALLS: { class: 'invalid_tool_call' },
  MALFORMED_RESPONSE: { class: 'malformed_response' },
  // An image was asked for, and none came.
  NO_IMAGE: { class: 'malformed_response' },
  IMAGE_OTHER: { class: 'server_error' },
  // The request leaves out what an earlier answer had.
  MISSING_THOUGHT_SIGNATURE: { class: 'invalid_request' },
  // The model does not speak the language of the request.
  LANGUAGE: { class: 'invalid_request' },
  // Bedrock.
  malformed_tool_use: { class: 'invalid_tool_call' },
  malformed_model_output: { class: 'malformed_response' },
  // OpenRouter, Mistral · Cohere.
  error: { class: 'server_error' },
  ERROR: { class: 'server_error' },
  // Cohere: its own deadline.
  TIMEOUT: { class: 'timeout', origin: 'provider' },
  // vLLM and SGLang: the engine dropped the request.
  abort: { class: 'server_error' },
  // AI SDK: its provider's stream ended without a word of its end.
  interrupted: { class: 'truncated_response', origin: 'provider' },
  // DeepSeek.
  insufficient_system_resource: { class: 'overloaded' },
};

/** A finish reason that is a failure, with what it means. */
export interface FailedFinish {
  readonly reason: string;
  readonly facts: ClassFacts;
}

/** The first of these finish reasons that says the generation failed. */
export function failedFinish(finishReasons: readonly string[]): FailedFinish | undefined {
  for (const reason of finishReasons) {
    const facts = Object.hasOwn(FAILURES, reason) ? FAILURES[reason] : undefined;
    if (facts !== undefined) return { reason, facts };
  }
  return undefined;
}
