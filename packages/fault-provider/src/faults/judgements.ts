import type { TruncationKind } from '@outspan/core';
import type { Judgement } from './fault.ts';

/** Nothing is wrong. */
export const HEALTHY: Judgement = { failed: false };

/** The framing promised more than came. */
export const LOST: Judgement = { failed: true, class: 'truncated_response', origin: 'network', retryable: true, truncation: ['connection_lost'] };

/**
 * The framing is kept and the answer is not whole. A judgement: the provider signed the head and the end came in order, so it is
 * the provider's; a proxy in between that cuts just as cleanly cannot be told from it.
 */
export function cut(...truncation: readonly TruncationKind[]): Judgement {
  return { failed: true, class: 'truncated_response', origin: 'provider', retryable: true, truncation };
}

/** Half an answer, then silence until the caller's deadline. */
export const STALLED: Judgement = { failed: true, class: 'timeout', origin: 'client', retryable: true, phase: 'body', truncation: ['stalled'] };

/** The bytes are all there and are no answer. */
export function malformed(origin: 'provider' | 'gateway'): Judgement {
  return { failed: true, class: 'malformed_response', origin, retryable: true };
}

/** The provider says in a 200 that it failed. */
export const SERVER_ERROR: Judgement = { failed: true, class: 'server_error', origin: 'provider', retryable: true };
