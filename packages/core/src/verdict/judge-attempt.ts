import type { AnswerFacts, ProviderError } from '../dialects/dialect.ts';
import { CLASS_TRAITS } from './class-traits.ts';
import { classOfProviderError } from './error-classes.ts';
import { errorType } from './error-type.ts';
import type { BodyFacts, Ending, Evidence, HeadFacts } from './evidence.ts';
import { failedFinish } from './finish-reasons.ts';
import { authorOf, classOfHead, classOfStatus, writtenByProxy } from './http-status.ts';
import { classOfTransportError } from './transport-errors.ts';
import type { ClassFacts, Verdict } from './verdict.ts';
import type { Phase, TruncationKind } from './vocabulary.ts';

/** Followed by every client, which then sends the attempt that counts. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Judges one attempt: was the answer whole, and if not, whose fault was it.
 *
 * Bytes weigh more than what the transport says of its end. Measured: an SDK that has read the terminal event aborts
 * the exchange, so a perfect stream ends in an error; a stream that was cut ends cleanly. Hence, in this order:
 * 1. a failing status is a failure, however its body ended (SDKs cancel the bodies of answers that they will retry);
 * 2. so is an error in the answer, and an answer that cannot be one, for which nobody has to wait;
 * 3. an answer that proves its own end is whole, whatever happened after;
 * 4. only then the ending decides why it is not whole.
 */
export function judgeAttempt(evidence: Evidence): Verdict {
  const { head } = evidence;
  if (head === undefined) return judgeWithoutHead(evidence.ending);
  if (head.status >= 400) return judgeFailingStatus(evidence, head);
  if (REDIRECTS.has(head.status)) return judgeRedirect(evidence, head);
  return judgeAnswer(evidence, head);
}

/** An attempt that did its part; but where nobody followed, the application holds a redirect in place of an answer. */
function judgeRedirect({ unfollowed }: Evidence, head: HeadFacts): Verdict {
  return unfollowed === true ? failure({ class: 'malformed_response', origin: 'gateway', retryable: false }, { head }) : { outcome: 'success', invalidToolCalls: 0 };
}

/** What a failure says besides its class. */
interface FailureSources {
  readonly head?: HeadFacts | undefined;
  readonly provider?: ProviderError | undefined;
  readonly transportCode?: string | undefined;
  readonly phase?: Phase | undefined;
  readonly truncation?: readonly TruncationKind[] | undefined;
  readonly invalidToolCalls?: number;
}

function failure(facts: ClassFacts, sources: FailureSources = {}): Verdict {
  const traits = CLASS_TRAITS[facts.class];
  const { head, truncation } = sources;
  const phase = facts.phase ?? sources.phase;
  return {
    outcome: 'failure',
    error: {
      class: facts.class,
      origin: facts.origin ?? traits.origin,
      type: errorType({ class: facts.class, provider: sources.provider, status: head?.status, transportCode: sources.transportCode }),
      // The provider's word on it, which the Stainless SDKs obey too, goes before what is usual.
      retryable: head?.shouldRetry ?? facts.retryable ?? traits.retryable,
      ...(phase !== undefined && (facts.class === 'timeout' || BEFORE_CONNECTION.has(phase)) && { phase }),
    },
    ...(truncation !== undefined && truncation.length > 0 && { truncation }),
    invalidToolCalls: sources.invalidToolCalls ?? 0,
  };
}

/** Phases of an attempt that has no connection to send a request over. */
const BEFORE_CONNECTION: ReadonlySet<Phase> = new Set(['connect', 'tls']);

const CANCELLED: Verdict = { outcome: 'cancelled', invalidToolCalls: 0 };
const ABANDONED: Verdict = { outcome: 'abandoned', invalidToolCalls: 0 };

function judgeWithoutHead(ending: Ending): Verdict {
  switch (ending.by) {
    case 'caller':
      return CANCELLED;
    case 'abandonment':
      return ABANDONED;
    case 'deadline':
      return failure({ class: 'timeout' }, { phase: ending.phase });
    case 'network': {
      const { proxyStatus } = ending;
      if (proxyStatus !== undefined) return failure({ ...classOfStatus(proxyStatus, 'page'), origin: 'gateway' }, { phase: ending.phase, transportCode: String(proxyStatus) });
      const facts = classOfTransportError(ending.code) ?? { class: 'unknown' };
      // A firewall breaks the handshake off, as it resets or closes a connection.
      const brokenOff = ending.phase === 'tls' && (facts.class === 'connection_reset' || facts.class === 'connection_closed');
      return failure(brokenOff ? { class: 'tls', retryable: true } : facts, { phase: ending.phase, transportCode: ending.code });
    }
    case 'completion':
      break;
  }
  // A transport that says it is done without a head: nothing tells what happened.
  return failure({ class: 'unknown' });
}

function judgeFailingStatus({ body }: Evidence, head: HeadFacts): Verdict {
  const byHead = classOfHead(head, body);
  const provider = authorOf(head, body) === 'own' ? named(body?.answer?.error, head.errorCode) : undefined;
  return failure(provider === undefined ? byHead : classOfProviderError(provider, byHead), { head, provider });
}

/** AWS names an error in a header; the body says the rest, or nothing. */
function named(error: ProviderError | undefined, code: string | undefined): ProviderError | undefined {
  return code === undefined ? error : { code, ...error };
}

function judgeAnswer(evidence: Evidence, head: HeadFacts): Verdict {
  const { body, ending } = evidence;
  const answer = body?.answer;
  // The SDK aborts the stream when it meets an error event or an event that it cannot parse: that ending is no news.
  if (answer?.error !== undefined) {
    return failure(classOfProviderError(answer.error), { head, provider: answer.error, invalidToolCalls: invalidToolCalls(answer) });
  }
  // AWS WAF challenges a client under 202.
  if (head.edgeMitigated === true && answer?.recognised !== true) return failure({ class: 'blocked_by_edge' }, { head });
  if (body !== undefined && isStray(body)) {
    return failure({ class: 'malformed_response', origin: originOfStray(body, head) }, { head });
  }
  const effective = isFramed(body) ? COMPLETION : deadlineOf(ending);
  const whole = wholeAnswer(body, effective);
  if (body !== undefined && whole !== undefined) {
    const verdict = judgeWhole(whole, head);
    return verdict.outcome === 'success' ? (judgeUnmet(body, whole, head) ?? verdict) : verdict;
  }
  return judgePart(evidence, effective, head);
}

const COMPLETION: Ending = { by: 'completion' };

/** Every byte that was promised came: an abort or a reset behind them changes nothing for the client. */
function isFramed(body: BodyFacts | undefined): boolean {
  return body?.expected !== undefined && body.bytes >= body.expected;
}

/** A transport's own timeout (undici's headers and body timeouts) is a deadline of the caller's client like any other. */
function deadlineOf(ending: Ending): Ending & { readonly transportCode?: string } {
  if (ending.by !== 'network') return ending;
  const facts = classOfTransportError(ending.code);
  return facts?.class === 'timeout' ? { by: 'deadline', phase: facts.phase ?? ending.phase, transportCode: ending.code } : ending;
}

/** A body that is no answer of this dialect, as far as it came. */
function isStray(body: BodyFacts): boolean {
  switch (body.form) {
    case 'html':
      return true;
    case 'json':
      // Foreign JSON, or none: but half a document may yet have become an answer.
      return body.defect === 'invalid' || (body.defect === undefined && body.answer?.recognised !== true);
    case 'events':
    case 'opaque':
      return body.defect === 'invalid';
    case 'text':
    case 'empty':
      // These are judged when they are over.
      break;
  }
  return false;
}

/** A page, or something that the provider did not sign, was written in its place; what is JSON or events in form was not. */
function originOfStray(body: BodyFacts, head: HeadFacts): 'gateway' | 'provider' {
  if (body.form === 'html' || writtenByProxy(head, body)) return 'gateway';
  if (body.defect === 'invalid') return 'provider';
  return head.providerSigned === true ? 'provider' : 'gateway';
}

/** The answer, if its own bytes prove that all of it came. */
function wholeAnswer(body: BodyFacts | undefined, ending: Ending): AnswerFacts | undefined {
  const answer = body?.answer;
  if (body === undefined || answer === undefined) return undefined;
  // The terminal event came: neither framing nor the compression's trailer matter to anyone after it.
  if (body.form === 'events') return answer.terminal ? answer : undefined;
  // Of a document past the cap the skeleton was read to its end.
  if (body.form !== 'json' || (body.defect !== undefined && body.defect !== 'oversized') || !answer.recognised) return undefined;
  // A client hands a document out only when its framing is satisfied: before, the application waits, or got an error.
  return ending.by === 'completion' && (body.expected === undefined || isFramed(body)) ? answer : undefined;
}

/** An answer that came to its end and is not what was asked for. */
function judgeUnmet(body: BodyFacts, answer: AnswerFacts, head: HeadFacts): Verdict | undefined {
  // Who asked for a stream looks for events, and finds none in a document; nor in a stream that says nothing but `[DONE]`.
  if (body.form === 'json' ? body.inPlaceOfStream === true : !answer.recognised) return failure({ class: 'malformed_response', origin: originOfStray(body, head) }, { head });
  if (body.form === 'json') return undefined;
  // Some providers give no finish reasons. Who gives one to a choice and `[DONE]` in place of another's has lost that choice.
  const finished = answer.finishReasons.length;
  if (finished === 0 || finished >= answer.choices) return undefined;
  const origin = writtenByProxy(head, body) ? 'gateway' : 'provider';
  return failure({ class: 'truncated_response', origin }, { head, truncation: ['stream_unterminated'] });
}

function judgeWhole(answer: AnswerFacts, head: HeadFacts): Verdict {
  if (answer.cancelled === true) return CANCELLED;
  const broken = invalidToolCalls(answer);
  const finish = failedFinish(answer.finishReasons);
  if (finish !== undefined) {
    // The call that the reason speaks of need not be in the answer.
    if (finish.facts.class === 'invalid_tool_call') return failure(finish.facts, { head, invalidToolCalls: Math.max(broken, 1) });
    return failure(finish.facts, { head, provider: { code: finish.reason }, invalidToolCalls: broken });
  }
  // Of several choices one may be cut by the budget, and another claim to be whole.
  if (answer.brokenPromise === true && (broken === 0 || answer.tokenLimited || answer.filtered)) return failure({ class: 'invalid_output' }, { head, invalidToolCalls: broken });
  // The caller's own budget, or the filter, ended it: what is half then is no fault.
  if (answer.tokenLimited) return { outcome: 'success', truncation: ['token_limit', ...halfToolCall(answer)], invalidToolCalls: broken };
  if (broken > 0 && !answer.filtered) return failure({ class: 'invalid_tool_call' }, { head, invalidToolCalls: broken });
  return { outcome: 'success', invalidToolCalls: broken };
}

function judgePart({ body, request }: Evidence, ending: Ending & { readonly transportCode?: string }, head: HeadFacts): Verdict {
  const answer = body?.answer;
  const cut = (kind: TruncationKind): Pick<FailureSources, 'head' | 'truncation' | 'invalidToolCalls'> => ({
    head,
    truncation: [kind, ...(answer === undefined ? [] : halfToolCall(answer))],
    invalidToolCalls: answer === undefined ? 0 : invalidToolCalls(answer),
  });
  switch (ending.by) {
    case 'caller':
      // Whatever is half is half because the caller wanted no more.
      return CANCELLED;
    case 'abandonment':
      return ABANDONED;
    case 'deadline':
      return failure({ class: 'timeout' }, { ...cut('stalled'), phase: ending.phase, transportCode: ending.transportCode });
    case 'network': {
      const facts = classOfTransportError(ending.code);
      // Garbage where framing should be is not a loss of connection.
      if (facts?.class === 'malformed_response') return failure(facts, { head, transportCode: ending.code });
      // What this side closed itself was not lost by the network.
      const mine = facts?.origin === 'client' ? { origin: facts.origin, ...(facts.retryable !== undefined && { retryable: facts.retryable }) } : {};
      return failure({ class: 'truncated_response', ...mine }, { ...cut('connection_lost'), transportCode: facts && ending.code });
    }
    case 'completion':
      break;
  }
  return judgeCompleted(body, request.stream, head, cut);
}

/** The transport says that everything came, and the answer does not prove it. */
function judgeCompleted(body: BodyFacts | undefined, streamed: boolean, head: HeadFacts, cut: (kind: TruncationKind) => FailureSources): Verdict {
  if (body?.expected !== undefined && body.bytes < body.expected) {
    // HTTP/2 sessions that drop, and some transports, end short bodies cleanly.
    return failure({ class: 'truncated_response' }, cut('connection_lost'));
  }
  const form = body?.form ?? 'empty';
  // The sender itself ended what it had not finished. A proxy that cuts just as cleanly cannot be told from it, unless it signed.
  const origin = writtenByProxy(head, body) ? 'gateway' : 'provider';
  if (body?.defect === 'compression') return failure({ class: 'truncated_response', origin }, cut('compression_incomplete'));
  // Past a cap the end may have been in what was not read; a body that cannot be read at all proves nothing either. Never a guess.
  if (body?.defect === 'oversized' || form === 'opaque') return { outcome: 'success', invalidToolCalls: 0 };
  if (form === 'events') return failure({ class: 'truncated_response', origin }, cut(body?.defect === 'incomplete' ? 'event_incomplete' : 'stream_unterminated'));
  if (form === 'json' && body?.defect === 'incomplete') return failure({ class: 'truncated_response', origin }, cut('json_incomplete'));
  // A stream of no events: it began, and was cut before the first.
  if (form === 'empty' && (streamed || head.contentType === 'text/event-stream')) return failure({ class: 'truncated_response', origin }, cut('stream_unterminated'));
  return failure({ class: 'malformed_response', origin: head.providerSigned === true && origin === 'provider' ? 'provider' : 'gateway' }, { head });
}

function invalidToolCalls(answer: AnswerFacts): number {
  return answer.toolCalls.filter((call) => call.arguments !== 'valid').length;
}

function halfToolCall(answer: AnswerFacts): readonly TruncationKind[] {
  return answer.toolCalls.some((call) => call.arguments === 'incomplete') ? ['tool_arguments_incomplete'] : [];
}
