import type { SignalLike } from './shape.ts';
import { isObject } from './shape.ts';

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
