import { readSdkError } from '@outspan/core';
import type { ErrorClass, StepResult } from '@outspan/core';
import { isDeadline, isObject } from '@outspan/sdk-boundary';
import type { SignalLike } from '@outspan/sdk-boundary';

/** The codes of JSON-RPC and of the protocol that say whose fault it was. */
const CLASSES: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  [-32_000, 'connection_closed'],
  [-32_001, 'timeout'],
  [-32_700, 'invalid_request'],
  [-32_600, 'invalid_request'],
  [-32_601, 'invalid_request'],
  [-32_602, 'invalid_request'],
  [-32_603, 'server_error'],
]);

/** Codes that the SDK throws by itself: nobody answered with them. */
const OWN_CODES: ReadonlySet<number> = new Set([-32_000, -32_001]);

/** The same from the second generation on, in words of its own. */
const OWN_WORDS: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>([
  ['REQUEST_TIMEOUT', 'timeout'],
  ['CONNECTION_CLOSED', 'connection_closed'],
  ['NOT_CONNECTED', 'connection_closed'],
  ['INVALID_RESULT', 'malformed_response'],
  ['UNSUPPORTED_RESULT_TYPE', 'malformed_response'],
  ['CLIENT_HTTP_AUTHENTICATION', 'authentication'],
  ['CLIENT_HTTP_FORBIDDEN', 'permission_denied'],
  ['CLIENT_HTTP_UNEXPECTED_CONTENT', 'malformed_response'],
]);

/** A request that was answered with a JSON-RPC error. */
export function failureByCode(code: number): StepResult {
  const known = CLASSES.get(code);
  return { failed: String(code), ...(known !== undefined && { class: known }) };
}

/** How a request came out that was thrown over, and the code that it was answered with, if it was. */
export function failureOf(error: unknown, signal: SignalLike | undefined): { readonly result: StepResult; readonly statusCode?: number } {
  const code = isObject(error) ? error['code'] : undefined;
  const word = typeof code === 'string' ? OWN_WORDS.get(code) : undefined;
  // The SDK gives an abort the code of a timeout, or throws the signal's reason.
  if (signal?.aborted === true && !isDeadline(signal)) return { result: 'cancelled' };
  if (typeof code === 'string' && word !== undefined) return { result: { failed: code, class: word } };
  if (signal?.aborted === true) return { result: failureByCode(TIMED_OUT) };
  if (typeof code !== 'number' || !Number.isSafeInteger(code)) return { result: { threw: readSdkError(error) } };
  if (code < 0 && code !== NO_STATUS) return { result: failureByCode(code), ...(!OWN_CODES.has(code) && { statusCode: code }) };
  // Of an HTTP transport, the status.
  const facts = readSdkError(error);
  return { result: { threw: { ...facts, provider: { ...facts.provider, ...(code >= 100 && code < 600 && { status: code }) } } } };
}

const TIMED_OUT = -32_001;
/** What an HTTP transport has for a code where it has no status. */
const NO_STATUS = -1;
