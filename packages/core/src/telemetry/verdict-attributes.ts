import type { Attributes } from '@opentelemetry/api';
import type { Verdict } from '../verdict/verdict.ts';
import { ATTR } from './names.ts';

/** What a verdict adds to the span of an operation or an attempt. */
export function verdictAttributes(verdict: Verdict): Attributes {
  const attributes: Attributes = {};
  if (verdict.outcome === 'failure') {
    const { error } = verdict;
    attributes[ATTR.errorType] = error.type;
    attributes[ATTR.errorClass] = error.class;
    attributes[ATTR.errorOrigin] = error.origin;
    attributes[ATTR.errorRetryable] = error.retryable;
    if (error.phase !== undefined) attributes[ATTR.errorPhase] = error.phase;
  }
  // The response may be going on unseen when its reader walked away: that is no success to count.
  if (verdict.outcome === 'cancelled' || verdict.outcome === 'abandoned') attributes[ATTR.cancelled] = true;
  if (verdict.truncation !== undefined && verdict.truncation.length > 0) {
    attributes[ATTR.truncated] = true;
    attributes[ATTR.truncationKind] = verdict.truncation.join(',');
  }
  return attributes;
}

/** A status description in our own words: a provider's message could echo what the caller sent. */
export function verdictDescription(verdict: Extract<Verdict, { outcome: 'failure' }>): string {
  const { error, truncation } = verdict;
  return truncation === undefined || truncation.length === 0 ? error.class : `${error.class}: ${truncation.join(', ')}`;
}
