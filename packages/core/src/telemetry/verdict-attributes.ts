import type { Attributes } from '@opentelemetry/api';
import type { Verdict } from '../verdict/verdict.ts';
import { ATTR } from './names.ts';

/** Adds what a verdict says on the span of an operation or an attempt. */
export function addVerdict(attributes: Attributes, verdict: Verdict): void {
  if (verdict.outcome === 'failure') {
    const { error } = verdict;
    attributes[ATTR.errorType] = error.type;
    attributes[ATTR.errorClass] = error.class;
    attributes[ATTR.errorOrigin] = error.origin;
    attributes[ATTR.errorRetryable] = error.retryable;
    if (error.phase !== undefined) attributes[ATTR.errorPhase] = error.phase;
  }
  if (verdict.truncation !== undefined && verdict.truncation.length > 0) {
    attributes[ATTR.truncated] = true;
    attributes[ATTR.truncationKind] = verdict.truncation.join(',');
  }
}

/** A status description in our own words: a provider's message could echo what the caller sent. */
export function verdictDescription({ error, truncation }: Extract<Verdict, { outcome: 'failure' }>): string {
  return truncation === undefined || truncation.length === 0 ? error.class : `${error.class}: ${truncation.join(', ')}`;
}
