import { readSdkError } from '@outspan/core';
import type { Operation } from '@outspan/core';
import { isDeadline } from './ending.ts';
import type { SignalLike } from './shape.ts';

/** How an operation can come out by its boundary. */
export type Signal = Parameters<Operation['settle']>[0];

/** The SDK handed out a result. */
export const RETURNED: Signal = { by: 'sdk', result: 'returned' };

/** The reader of a stream that the SDK handed out wants no more of it. */
export const LEFT: Signal = { by: 'sdk', result: 'left' };

/** The caller stopped the call. */
export const CANCELLED: Signal = { by: 'sdk', result: 'cancelled' };

/** The SDK threw. */
export function threw(error: unknown): Signal {
  return { by: 'sdk', result: { threw: readSdkError(error) } };
}

/** What a caller's signal makes of the call that it stopped: a deadline of the caller's is a failure, an abort is none. Undefined where it has not fired. */
export function stoppedBy(signal: SignalLike | undefined): Signal | undefined {
  if (signal?.aborted !== true) return undefined;
  return isDeadline(signal) ? threw(signal.reason) : CANCELLED;
}
