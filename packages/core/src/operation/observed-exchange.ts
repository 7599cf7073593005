import { createContextKey } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { context } from '../opentelemetry/context.ts';

// Shared by the ESM and the CJS copy of this package: createContextKey is Symbol.for underneath.
const OBSERVED: symbol = createContextKey('outspan.observed-exchange.v1');

/** The dialect of the exchange that is being sent in this turn, in case that no context manager is registered. */
let sending: string | undefined;

/**
 * Runs `send`, which makes an exchange that its caller observes already. In there, other instrumentations skip requests in the same
 * dialect. They record calls in other dialects, such as those of a guardrail.
 *
 * @param dialect the dialect of the exchange
 * @returns the result of `send`
 */
export function observedAs<T>(dialect: string, send: () => T): T {
  const before = sending;
  sending = dialect;
  try {
    return context.with(context.active().setValue(OBSERVED, dialect), send);
  } finally {
    sending = before;
  }
}

/** Whether a request of this dialect belongs to an exchange that is observed already. */
export function isObservedAs(dialect: string, within: Context): boolean {
  return sending === dialect || within.getValue(OBSERVED) === dialect;
}
