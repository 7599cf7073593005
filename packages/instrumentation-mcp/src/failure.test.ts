import { describe, expect, it } from 'vitest';
import { failureOf } from './failure.ts';

const withCode = (code: number, name = 'McpError'): Error => Object.assign(new Error('no'), { code, name });

describe('failureOf', () => {
  it('takes the code that was answered with for what went wrong', () => {
    expect(failureOf(withCode(-32_602), undefined)).toEqual({ result: { failed: '-32602', class: 'invalid_request' }, statusCode: -32_602 });
    expect(failureOf(withCode(-32_042), undefined)).toEqual({ result: { failed: '-32042' }, statusCode: -32_042 });
  });

  it('knows the codes that the SDK throws by itself from those of an answer', () => {
    expect(failureOf(withCode(-32_001), undefined)).toEqual({ result: { failed: '-32001', class: 'timeout' } });
    expect(failureOf(withCode(-32_000), undefined)).toEqual({ result: { failed: '-32000', class: 'connection_closed' } });
  });

  it("takes an abort for the caller's, and a deadline's for a timeout, whatever is thrown", () => {
    expect(failureOf(withCode(-32_001), AbortSignal.abort())).toEqual({ result: 'cancelled' });
    expect(failureOf(withCode(-32_001), { aborted: true, reason: new DOMException('late', 'TimeoutError') })).toEqual({ result: { failed: '-32001', class: 'timeout' } });
  });

  it('knows the words that the second generation has for the same', () => {
    const withWord = (code: string): Error => Object.assign(new Error('no'), { code, name: 'SdkError' });
    expect(failureOf(withWord('REQUEST_TIMEOUT'), undefined)).toEqual({ result: { failed: 'REQUEST_TIMEOUT', class: 'timeout' } });
    expect(failureOf(withWord('CONNECTION_CLOSED'), undefined)).toEqual({ result: { failed: 'CONNECTION_CLOSED', class: 'connection_closed' } });
    expect(failureOf(withWord('REQUEST_TIMEOUT'), AbortSignal.abort())).toEqual({ result: 'cancelled' });
    expect(failureOf(withWord('REQUEST_TIMEOUT'), { aborted: true, reason: new DOMException('late', 'TimeoutError') })).toEqual({ result: { failed: 'REQUEST_TIMEOUT', class: 'timeout' } });
  });

  it("reads an HTTP transport's code as a status, and any other error by its name", () => {
    expect(failureOf(withCode(503, 'StreamableHTTPError'), undefined)).toMatchObject({ result: { threw: { provider: { status: 503 } } } });
    expect(failureOf(withCode(-1, 'StreamableHTTPError'), undefined)).toMatchObject({ result: { threw: { names: ['StreamableHTTPError'] } } });
    expect(failureOf('a text', undefined)).toMatchObject({ result: { threw: { names: [] } } });
  });
});
