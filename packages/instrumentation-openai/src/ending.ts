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

/** What a parser's complaint tells of the text that it was given: V8 names the end of input where that is what it met. */
export function defectOf(error: unknown): 'incomplete' | 'invalid' | undefined {
  if (!isObject(error) || error['name'] !== 'SyntaxError') return undefined;
  const { message } = error;
  return typeof message === 'string' && /end of JSON input|Unterminated string/.test(message) ? 'incomplete' : 'invalid';
}
