import { describe, expect, it } from 'vitest';
import { judgeOperation } from './judge-operation.ts';
import { readSdkError } from './sdk-error.ts';
import type { BoundarySignal, Verdict } from './verdict.ts';
import type { ErrorClass, Origin } from './vocabulary.ts';

const SUCCESS: Verdict = { outcome: 'success', invalidToolCalls: 0 };
const CANCELLED: Verdict = { outcome: 'cancelled', invalidToolCalls: 0 };
const ABANDONED: Verdict = { outcome: 'abandoned', invalidToolCalls: 0 };
const failed = (name: ErrorClass, origin: Origin = 'provider'): Verdict => ({
  outcome: 'failure',
  error: { class: name, origin, type: name, retryable: true },
  invalidToolCalls: 0,
});
const CUT: Verdict = { ...failed('truncated_response'), truncation: ['stream_unterminated'] };

const RETURNED: BoundarySignal = { by: 'sdk', result: 'returned' };
const STOPPED: BoundarySignal = { by: 'sdk', result: 'cancelled' };
const LEFT: BoundarySignal = { by: 'sdk', result: 'left' };
const WIRE: BoundarySignal = { by: 'wire' };
const threw = (error: unknown): BoundarySignal => ({ by: 'sdk', result: { threw: readSdkError(error) } });

/** Errors as the SDKs make them (names, fields and causes are measured). */
class APIError extends Error {
  readonly status: number | undefined;
  readonly code: string | undefined;
  constructor(message: string, more: { status?: number; code?: string; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.status = more.status;
    this.code = more.code;
  }
}
class RateLimitError extends APIError {}
class APIConnectionError extends APIError {}
class APIConnectionTimeoutError extends APIConnectionError {}
class APIUserAbortError extends APIError {}
class LengthFinishReasonError extends Error {}
class ZodError extends Error {}
const socketError = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
const fetchFailed = new TypeError('fetch failed', { cause: socketError });

describe('an operation', () => {
  it('is what its last attempt was, where only the wire speaks', () => {
    expect(judgeOperation([failed('overloaded'), SUCCESS], WIRE)).toEqual(SUCCESS);
    expect(judgeOperation([SUCCESS, CUT], WIRE)).toEqual(CUT);
    expect(judgeOperation([CANCELLED], WIRE)).toEqual(CANCELLED);
  });

  it('without any attempt on the wire was seen by nobody', () => {
    expect(judgeOperation([], WIRE)).toEqual(ABANDONED);
  });

  it('whose failure a retry repaired has not failed', () => {
    expect(judgeOperation([failed('overloaded'), failed('connection_reset', 'network'), SUCCESS], RETURNED)).toEqual(SUCCESS);
  });

  it('that failed on the wire has failed, though the SDK returned', () => {
    expect(judgeOperation([CUT], RETURNED)).toEqual(CUT);
  });

  it('that returned without an attempt that was seen is a success', () => {
    expect(judgeOperation([], RETURNED)).toEqual(SUCCESS);
  });

  it('that failed on the wire keeps the wire’s verdict, whatever the SDK makes of it', () => {
    expect(judgeOperation([CUT], threw(new SyntaxError('Unexpected end of JSON input')))).toEqual(CUT);
    expect(judgeOperation([failed('rate_limited')], threw(new RateLimitError('429', { status: 429 })))).toEqual(failed('rate_limited'));
  });
});

describe('an operation that the caller stopped', () => {
  it('is cancelled', () => {
    expect(judgeOperation([CANCELLED], STOPPED)).toEqual(CANCELLED);
    expect(judgeOperation([], STOPPED)).toEqual(CANCELLED);
  });

  it('is cancelled also while the SDK waits to retry a failed attempt', () => {
    expect(judgeOperation([failed('overloaded')], STOPPED)).toEqual(CANCELLED);
    expect(judgeOperation([failed('overloaded')], threw(new APIUserAbortError('Request was aborted.')))).toEqual(CANCELLED);
  });

  it('is cancelled although all of the answer was already on its way', () => {
    expect(judgeOperation([SUCCESS], STOPPED)).toEqual(CANCELLED);
  });

  it('has failed when its answer had broken before', () => {
    expect(judgeOperation([CUT], STOPPED)).toEqual(CUT);
    expect(judgeOperation([failed('malformed_response', 'gateway')], STOPPED)).toEqual(failed('malformed_response', 'gateway'));
  });

  it('is known by the error that the abort throws', () => {
    expect(judgeOperation([CANCELLED], threw(new APIUserAbortError('Request was aborted.')))).toEqual(CANCELLED);
    expect(judgeOperation([CANCELLED], threw(new DOMException('This operation was aborted', 'AbortError')))).toEqual(CANCELLED);
  });

  it('is known in a bundle with mangled names, too', () => {
    class t extends Error {}
    expect(judgeOperation([CANCELLED], threw(new t('Request was aborted.')))).toEqual(CANCELLED);
  });

  it('is not assumed from an AbortError over an attempt that had timed out', () => {
    expect(judgeOperation([failed('timeout', 'client')], threw(new DOMException('This operation was aborted', 'AbortError')))).toEqual(failed('timeout', 'client'));
  });
});

describe('an operation whose stream its reader left', () => {
  it('is cancelled where its end had not come', () => {
    expect(judgeOperation([CANCELLED], LEFT)).toEqual(CANCELLED);
    expect(judgeOperation([ABANDONED], LEFT)).toEqual(CANCELLED);
    expect(judgeOperation([failed('overloaded')], LEFT)).toEqual(CANCELLED);
  });

  it('is cancelled where nobody saw how far it had come', () => {
    expect(judgeOperation([], LEFT)).toEqual(CANCELLED);
  });

  it('is a success where all of it had come', () => {
    expect(judgeOperation([failed('overloaded'), SUCCESS], LEFT)).toEqual(SUCCESS);
  });

  it('has failed where it had broken before', () => {
    expect(judgeOperation([CUT], LEFT)).toEqual(CUT);
  });
});

describe('an operation whose SDK threw', () => {
  it("has timed out when the SDK's own deadline passed, though the wire shows an abort", () => {
    const error = new APIConnectionTimeoutError('Request timed out.', { cause: new DOMException('This operation was aborted', 'AbortError') });
    expect(judgeOperation([CANCELLED], threw(error))).toMatchObject({ outcome: 'failure', error: { class: 'timeout', origin: 'client', type: 'timeout', retryable: true } });
  });

  it('over a whole answer is still the success that the wire saw', () => {
    expect(judgeOperation([SUCCESS], threw(new LengthFinishReasonError('Could not parse response content as the length limit was reached')))).toEqual(SUCCESS);
    expect(judgeOperation([SUCCESS], threw(new ZodError('[]')))).toEqual(SUCCESS);
    expect(judgeOperation([SUCCESS], threw(new SyntaxError('Unexpected token')))).toEqual(SUCCESS);
  });

  it('over an answer that it could not read, and gave up, has met a malformed one', () => {
    const wrapped = Object.assign(new Error('Could not parse'), { cause: new SyntaxError('Unexpected token') });
    for (const error of [new SyntaxError('Unexpected token'), wrapped]) {
      expect(judgeOperation([CANCELLED], threw(error))).toMatchObject({ error: { class: 'malformed_response', origin: 'provider', type: 'malformed_response' } });
      expect(judgeOperation([], threw(error))).toMatchObject({ error: { class: 'malformed_response' } });
    }
  });

  it('is the application’s own where no transport failed under a whole answer: its `fetch` threw', () => {
    expect(judgeOperation([SUCCESS], threw(new APIConnectionError('Connection error.', { cause: new Error('my middleware') })))).toMatchObject({ error: { class: 'unknown', origin: 'client', retryable: false } });
  });

  it('for a lost connection has failed, though the wire was whole', () => {
    expect(judgeOperation([SUCCESS], threw(new APIConnectionError('Connection error.', { cause: fetchFailed })))).toMatchObject({
      error: { class: 'connection_closed', origin: 'network', type: 'UND_ERR_SOCKET' },
    });
  });

  it('for an HTTP error has failed, though the attempt that met it was not seen', () => {
    expect(judgeOperation([SUCCESS], threw(new RateLimitError('429 You exceeded your quota', { status: 429, code: 'insufficient_quota' })))).toMatchObject({
      error: { class: 'quota_exhausted', origin: 'account', type: 'insufficient_quota', retryable: false },
    });
    expect(judgeOperation([SUCCESS], threw(new APIError('307 status code (no body)', { status: 307 })))).toMatchObject({ error: { class: 'malformed_response', origin: 'gateway' } });
  });

  it('before any attempt has failed by what its causes say', () => {
    expect(judgeOperation([], threw(new APIConnectionError('Connection error.', { cause: fetchFailed })))).toMatchObject({ error: { class: 'connection_closed' } });
    expect(judgeOperation([], threw(Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) })))).toMatchObject({
      error: { class: 'dns', type: 'ENOTFOUND' },
    });
  });

  it('before any attempt, over the request, blames the client', () => {
    expect(judgeOperation([], threw(new ZodError('[]')))).toMatchObject({ error: { class: 'invalid_request', origin: 'client', retryable: false } });
    expect(judgeOperation([], threw(new Error('The OPENAI_API_KEY environment variable is missing')))).toMatchObject({ error: { class: 'unknown', origin: 'client' } });
  });

  it('and gave its exchange up over an error of its own blames the client', () => {
    expect(judgeOperation([CANCELLED], threw(new TypeError("Cannot read properties of undefined (reading 'x')")))).toMatchObject({ error: { class: 'unknown', origin: 'client' } });
    expect(judgeOperation([ABANDONED], threw('just a string'))).toMatchObject({ error: { class: 'unknown', origin: 'client' } });
  });
});

describe('an SDK’s error', () => {
  it('is read without being trusted', () => {
    const hostile = {
      get name(): string {
        throw new Error('not for you');
      },
      code: 42,
    };
    expect(readSdkError(hostile)).toEqual({ names: ['Object'], provider: {}, transportCodes: [] });
    expect(readSdkError(undefined)).toEqual({ names: [], provider: {}, transportCodes: [] });
  });

  it('with itself as its cause is read to an end', () => {
    const error = new Error('round');
    error.cause = error;
    expect(readSdkError(error).provider).toEqual({ message: 'round' });
  });

  it('with a status for its code is the provider’s, and not the transport’s', () => {
    expect(readSdkError(new APIError('slow down', { status: 429, code: '429' })).transportCodes).toEqual([]);
  });

  it('tells a parser’s error by its name where it has no code', () => {
    class HTTPParserError extends Error {}
    expect(readSdkError(new TypeError('terminated', { cause: new HTTPParserError('Invalid') })).transportCodes).toEqual(['HTTPParserError']);
  });
});
