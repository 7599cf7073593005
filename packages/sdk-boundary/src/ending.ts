import type { Ending, Phase } from '@outspan/core';
import { readSdkError } from '@outspan/core';
import type { SignalLike } from './shape.ts';
import { isObject } from './shape.ts';

/** What a custom `fetch`, or the reading of its response, says of the exchange by what it rejected with. */
export function endingOf(error: unknown, phase: Phase): Ending {
  const { names, transportCodes } = readSdkError(error);
  if (names.includes('APIConnectionTimeoutError') || names.includes('TimeoutError')) return { by: 'deadline', phase };
  // node-fetch and undici both name it so; whose abort it was is for the boundary to say.
  if (names.includes('AbortError') || names.includes('APIUserAbortError')) return { by: 'caller' };
  return { by: 'network', code: transportCodes[0] ?? codeOf(error) ?? 'unknown', phase };
}

function codeOf(error: unknown): string | undefined {
  const code = isObject(error) ? error['code'] : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Whether it was `AbortSignal.timeout()`, or someone else's deadline, that fired a caller's signal. */
export function isDeadline(signal: SignalLike): boolean {
  return isObject(signal.reason) && signal.reason['name'] === 'TimeoutError';
}

/**
 * What a parser's complaint tells of the text that it was given, which nobody but the SDK has seen. V8 mostly names the
 * end of input where that is what it met; else the position does, where it is the end by the length that was announced.
 *
 * @param length the body's length in bytes, where it is known
 */
export function defectOf(error: unknown, length?: number): 'incomplete' | 'invalid' | undefined {
  if (!isObject(error) || error['name'] !== 'SyntaxError') return undefined;
  const message = typeof error['message'] === 'string' ? error['message'] : '';
  if (/end of JSON input|Unterminated string/.test(message)) return 'incomplete';
  const position = / at position (\d+)/.exec(message)?.[1];
  // A text has at most as many characters as bytes: at the last byte, nothing can follow.
  return position !== undefined && Number(position) === length ? 'incomplete' : 'invalid';
}
