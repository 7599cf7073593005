import type { Ending } from './evidence.ts';
import { readSdkError } from './sdk-error.ts';
import type { Phase } from './vocabulary.ts';

/** An abort signal, which may be another realm's or a polyfill's. */
interface Signal {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

/**
 * How an exchange ended, judged by what `fetch`, or the reading of its response, rejected with.
 *
 * @param phase where in the exchange it happened
 * @param signal the caller's, where it is known: it may abort with any reason
 */
export function endingOfFetch(error: unknown, phase: Phase, signal?: Signal): Ending {
  if (signal?.aborted === true && error === signal.reason) return endingOfAbort(error, phase);
  const { names, transportCodes } = readSdkError(error);
  if (names.some(isTimeout)) return { by: 'deadline', phase };
  // Every implementation names it so; whose abort it was is for the boundary to say.
  if (names.includes('AbortError') || names.includes('APIUserAbortError')) return { by: 'caller' };
  const [known] = transportCodes;
  if (known === undefined && signal?.aborted === true) return endingOfAbort(signal.reason, phase);
  return { by: 'network', code: known ?? codeOf(error) ?? 'unknown', phase };
}

/** How an exchange ended that was aborted, by the reason that its signal gives. */
export function endingOfAbort(reason: unknown, phase: Phase): Ending {
  return readSdkError(reason).names.some(isTimeout) ? { by: 'deadline', phase } : { by: 'caller' };
}

function isTimeout(name: string): boolean {
  return name === 'TimeoutError' || name === 'APIConnectionTimeoutError';
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}
