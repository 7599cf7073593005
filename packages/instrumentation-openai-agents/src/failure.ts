import { readSdkError } from '@outspan/core';
import type { SdkErrorFacts, StepResult, StepSubject } from '@outspan/core';
import { isObject } from '@outspan/sdk-boundary';
import type { RunEnd } from './outcome.ts';

/** How the SDK says that a model asked for a tool, or a handoff, that it was not offered. */
const NOT_OFFERED = /^Tool .* not found in agent /;
/** What went on all the same. */
const NO_FAILURE = 'Multiple handoffs requested';
/** A tool that somebody was asked to approve, who did not. */
const REJECTED = /manually rejected by user/;

/** What an error makes of the run that it came out of. */
export function failureOf(error: unknown): StepResult {
  const facts = readSdkError(error);
  if (facts.names.includes('ModelBehaviorError') && NOT_OFFERED.test(facts.provider.message ?? '')) return { failed: 'ModelBehaviorError', class: 'invalid_tool_call' };
  return { threw: facts };
}

/**
 * How a step came out.
 *
 * @param error as the SDK tells it: its message, which may echo what was said; it is read for its meaning and let go of
 * @param end of the run that the step is in, where the step waited for that
 */
export function resultOf(kind: StepSubject['kind'], error: unknown, end: RunEnd | undefined): StepResult {
  // An agent returns what its last call answered, be that whole or not.
  if (!isObject(error)) return kind === 'agent' ? 'returned_answer' : 'returned';
  if (kind === 'tool') return REJECTED.test(textIn(error['data'], 'error') ?? '') ? 'cancelled' : { failed: 'tool_error' };
  if (end === 'cancelled') return end;
  // Who runs agents may have an answer for what went wrong.
  if (end === 'returned' || error['message'] === NO_FAILURE) return 'returned';
  if (end !== undefined) return failureOf(kind === 'agent' ? end.error : causeOf(end.error));
  const message = textIn(error, 'message');
  const threw: SdkErrorFacts = { names: [], provider: message === undefined ? {} : { message }, transportCodes: [] };
  return { threw };
}

/** What came out of a guardrail or a tool, out of which the SDK makes an error of its own. */
function causeOf(error: unknown): unknown {
  return isObject(error) && error['error'] instanceof Error ? error['error'] : error;
}

function textIn(value: unknown, name: string): string | undefined {
  const text = isObject(value) ? value[name] : undefined;
  return typeof text === 'string' ? text : undefined;
}
