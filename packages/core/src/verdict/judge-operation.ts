import { CLASS_TRAITS } from './class-traits.ts';
import { errorType } from './error-type.ts';
import { meaningOfSdkError } from './sdk-error.ts';
import type { BoundarySignal, ClassFacts, OperationVerdict, SdkErrorFacts, Verdict } from './verdict.ts';
import type { ErrorClass } from './vocabulary.ts';

/** Failures of an answer that the application had begun to receive: no SDK was still retrying when the caller stopped. */
const FAILED_IN_THE_ANSWER: ReadonlySet<ErrorClass> = new Set(['truncated_response', 'malformed_response', 'invalid_tool_call', 'invalid_output']);

/**
 * Judges an operation by its attempts, in the order they were made, and by what the SDK's boundary says.
 *
 * - The last attempt decides: a failure that a retry repaired is not the operation's.
 * - What failed on the wire failed, also where the SDK returned as if nothing were wrong: that is what tracing is for here.
 * - What the SDK throws over a whole answer (a parse helper's complaint about a finish reason, a schema that does not fit,
 *   a callback's exception) is not the provider's failure: the answer stays what it was. A lost connection, a timeout or an
 *   HTTP error that only the SDK saw is one.
 * - A caller who stops a call that has not ended, be it while the SDK waits to retry, cancels it, failed attempts or not;
 *   unless the answer itself had already broken.
 * - So does a caller who leaves a stream, unless all of it had come by then.
 */
export function judgeOperation(attempts: readonly Verdict[], signal: BoundarySignal): OperationVerdict {
  const last = attempts.at(-1);
  if (signal.by === 'wire') return last ?? { outcome: 'abandoned', invalidToolCalls: 0 };
  if (signal.result === 'returned') return last ?? { outcome: 'success', invalidToolCalls: 0 };
  if (signal.result === 'left' && last?.outcome === 'success') return last;
  if (signal.result === 'left' || signal.result === 'cancelled') return judgeCancelled(last);
  return judgeThrown(last, signal.result.threw);
}

function judgeCancelled(last: Verdict | undefined): OperationVerdict {
  if (last?.outcome === 'failure' && FAILED_IN_THE_ANSWER.has(last.error.class)) return last;
  return { outcome: 'cancelled', invalidToolCalls: 0 };
}

function judgeThrown(last: Verdict | undefined, error: SdkErrorFacts): OperationVerdict {
  const meaning = meaningOfSdkError(error);
  // The bytes know better than an error's class what went wrong.
  if (last?.outcome === 'failure' && !(meaning.kind === 'cancelled' && meaning.certain)) return last;
  switch (meaning.kind) {
    case 'cancelled':
      return judgeCancelled(last);
    case 'failure':
      // The answer came whole, and no transport failed: what lies between the transport and the SDK is the application's own.
      if (last?.outcome === 'success' && meaning.transportCode === undefined && meaning.facts.class === 'connection_closed') break;
      // An SDK's own timeout aborts the exchange as its caller would; only the SDK knows that it was a timeout.
      return thrown(meaning.facts, error, meaning.transportCode);
    case 'unreadable':
      // The SDK gave up on an answer that it could not parse; over one that the bytes prove whole it is a parse helper's complaint.
      return last?.outcome === 'success' ? last : thrown({ class: 'malformed_response' }, error);
    case 'client':
      break;
  }
  if (last?.outcome === 'success' && meaning.kind === 'client') return last;
  // Nothing was sent, or the exchange was given up because of this error: it arose on this side.
  return thrown({ class: last === undefined && refusesRequest(error) ? 'invalid_request' : 'unknown', origin: 'client', retryable: false }, error);
}

/** Validation before anything is sent. */
function refusesRequest(error: SdkErrorFacts): boolean {
  return error.names.some((name) => /Validation|ZodError|InvalidArgument|TypeValidation/.test(name));
}

function thrown(facts: ClassFacts, error: SdkErrorFacts, transportCode?: string): OperationVerdict {
  const traits = CLASS_TRAITS[facts.class];
  // A transport code may sit where a provider's would be.
  const { code, ...rest } = error.provider;
  const provider = code === undefined || code === transportCode ? rest : error.provider;
  return {
    outcome: 'failure',
    error: {
      class: facts.class,
      origin: facts.origin ?? traits.origin,
      type: errorType({ class: facts.class, provider, transportCode }),
      retryable: facts.retryable ?? traits.retryable,
      ...(facts.class === 'timeout' && facts.phase !== undefined && { phase: facts.phase }),
    },
    invalidToolCalls: 0,
  };
}
