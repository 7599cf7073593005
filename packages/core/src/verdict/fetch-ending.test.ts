import { describe, expect, it } from 'vitest';
import { endingOfFetch } from './fetch-ending.ts';
import { classOfTransportError } from './transport-errors.ts';

const fetchFailed = (cause: Error): Error => new TypeError('fetch failed', { cause });

describe('endingOfFetch', () => {
  it('finds the transport code in the cause of what fetch rejects with', () => {
    const error = fetchFailed(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    expect(endingOfFetch(error, 'headers')).toEqual({ by: 'network', code: 'ECONNREFUSED', phase: 'headers' });
  });

  it('finds it on the error itself, as node-fetch has it', () => {
    expect(endingOfFetch(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'body')).toEqual({ by: 'network', code: 'ECONNRESET', phase: 'body' });
  });

  it('keeps a code that nobody knows', () => {
    expect(endingOfFetch(Object.assign(new Error('odd'), { code: 'E_ODD' }), 'headers')).toEqual({ by: 'network', code: 'E_ODD', phase: 'headers' });
  });

  it('leaves an abort to the boundary, which knows whose it was', () => {
    expect(endingOfFetch(new DOMException('This operation was aborted', 'AbortError'), 'headers')).toEqual({ by: 'caller' });
  });

  it("takes the platform's and the SDK's timeouts for deadlines", () => {
    class APIConnectionTimeoutError extends Error {}
    expect(endingOfFetch(new DOMException('late', 'TimeoutError'), 'headers')).toEqual({ by: 'deadline', phase: 'headers' });
    expect(endingOfFetch(new APIConnectionTimeoutError('Request timed out.'), 'body')).toEqual({ by: 'deadline', phase: 'body' });
  });

  it('survives what is no error', () => {
    expect(endingOfFetch(undefined, 'headers')).toEqual({ by: 'network', code: 'unknown', phase: 'headers' });
    expect(endingOfFetch('a text', 'body')).toEqual({ by: 'network', code: 'unknown', phase: 'body' });
  });

  it.each<readonly [string, Error, string]>([
    ['Bun 1.4', Object.assign(new TypeError('ECONNREFUSED: Unable to connect. Is the computer able to access the url?'), { code: 'ECONNREFUSED', errno: 0 }), 'ECONNREFUSED'],
    ['Bun 1.3', Object.assign(new Error('Unable to connect. Is the computer able to access the url?'), { code: 'ConnectionRefused', errno: 0 }), 'ConnectionRefused'],
    ['Deno, refused', fetchFailed(new Error('error sending request for url (http://127.0.0.1:1/): client error (Connect): tcp connect error: Connection refused (os error 111)')), 'ECONNREFUSED'],
    ['Deno, reset', fetchFailed(new Error('Connection reset by peer (os error 104)')), 'ECONNRESET'],
    ['Deno, no such name', fetchFailed(new Error('error sending request for url (http://a.invalid/): client error (Connect): dns error: failed to lookup address information: Name or service not known')), 'ENOTFOUND'],
    ['Deno, certificate', fetchFailed(new Error('error sending request for url (https://localhost:1/): client error (Connect): invalid peer certificate: UnknownIssuer')), 'tls'],
    ['Deno, closed', fetchFailed(new Error('error sending request from 127.0.0.1:2 for http://127.0.0.1:1/ (127.0.0.1:1): client error (SendRequest): connection closed before message completed')), 'connection_closed'],
    ['Deno, garbage', fetchFailed(new Error('error sending request from 127.0.0.1:2 for http://127.0.0.1:1/ (127.0.0.1:1): client error (SendRequest): invalid HTTP version parsed')), 'malformed_response'],
    ['Deno, in a body', new TypeError('error reading a body from connection'), 'connection_closed'],
    ['Node, cut in a chunk', fetchFailed(Object.assign(new Error('Response does not match the HTTP/1.1 protocol (Invalid EOF state)'), { name: 'HTTPParserError', code: undefined })), 'HPE_INVALID_EOF_STATE'],
    ['workerd', new Error('Network connection lost.'), 'connection_closed'],
    ['workerd, bad gzip', new TypeError('Gzip decompression failed.'), 'malformed_response'],
  ])('reads the error of %s', (_, error, code) => {
    expect(endingOfFetch(error, 'headers')).toEqual({ by: 'network', code, phase: 'headers' });
    expect(classOfTransportError(code)).toBeDefined();
  });

  it('guesses nothing of the internal error of workerd, and keeps no reference of it', () => {
    expect(endingOfFetch(new Error('internal error; reference = hd8tialu5alcb0p52th0p31h'), 'headers')).toEqual({ by: 'network', code: 'unknown', phase: 'headers' });
  });

  it('takes the message of an error that has a status for the words of the provider', () => {
    expect(endingOfFetch(Object.assign(new Error('connection closed before message completed'), { status: 502 }), 'headers')).toEqual({ by: 'network', code: 'unknown', phase: 'headers' });
  });

  it('knows an abort by its reason, whatever that is', () => {
    const controller = new AbortController();
    const reason = Object.assign(new Error('mine'), { code: 'ECONNRESET' });
    controller.abort(reason);
    expect(endingOfFetch(reason, 'body', controller.signal)).toEqual({ by: 'caller' });
    expect(endingOfFetch(new Error('it was aborted'), 'body', controller.signal)).toEqual({ by: 'caller' });
  });

  it('takes a network failure after an abort for what it is', () => {
    const error = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    expect(endingOfFetch(error, 'body', AbortSignal.abort())).toEqual({ by: 'network', code: 'ECONNRESET', phase: 'body' });
  });
});
