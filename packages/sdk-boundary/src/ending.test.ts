import { describe, expect, it } from 'vitest';
import { defectOf, endingOf, isDeadline } from './ending.ts';

const fetchFailed = (cause: Error): Error => new TypeError('fetch failed', { cause });

describe('endingOf', () => {
  it('finds the transport code in the cause of what fetch rejects with', () => {
    const error = fetchFailed(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    expect(endingOf(error, 'headers')).toEqual({ by: 'network', code: 'ECONNREFUSED', phase: 'headers' });
  });

  it('finds it on the error itself, as node-fetch has it', () => {
    expect(endingOf(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'body')).toEqual({ by: 'network', code: 'ECONNRESET', phase: 'body' });
  });

  it('keeps a code that nobody knows', () => {
    expect(endingOf(Object.assign(new Error('odd'), { code: 'E_ODD' }), 'headers')).toEqual({ by: 'network', code: 'E_ODD', phase: 'headers' });
  });

  it('leaves an abort to the boundary, which knows whose it was', () => {
    expect(endingOf(new DOMException('This operation was aborted', 'AbortError'), 'headers')).toEqual({ by: 'caller' });
  });

  it("takes the platform's and the SDK's timeouts for deadlines", () => {
    class APIConnectionTimeoutError extends Error {}
    expect(endingOf(new DOMException('late', 'TimeoutError'), 'headers')).toEqual({ by: 'deadline', phase: 'headers' });
    expect(endingOf(new APIConnectionTimeoutError('Request timed out.'), 'body')).toEqual({ by: 'deadline', phase: 'body' });
  });

  it('survives what is no error', () => {
    expect(endingOf(undefined, 'headers')).toEqual({ by: 'network', code: 'unknown', phase: 'headers' });
    expect(endingOf('a text', 'body')).toEqual({ by: 'network', code: 'unknown', phase: 'body' });
  });
});

describe('isDeadline', () => {
  it('tells AbortSignal.timeout() from abort()', () => {
    expect(isDeadline({ aborted: true, reason: new DOMException('late', 'TimeoutError') })).toBe(true);
    expect(isDeadline(AbortSignal.abort())).toBe(false);
    expect(isDeadline(AbortSignal.abort('a reason of the application'))).toBe(false);
  });
});

describe('defectOf', () => {
  const complaintAbout = (text: string): unknown => {
    try {
      JSON.parse(text);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it.each(['', '{"a":', '{"a":"half of a tex', '[1,'])('takes %j for the beginning of a document', (text) => {
    expect(defectOf(complaintAbout(text))).toBe('incomplete');
  });

  it.each(['<html>', '{"a":1}}', '{a:1}'])('takes %j for no document at all', (text) => {
    expect(defectOf(complaintAbout(text), text.length)).toBe('invalid');
  });

  it('takes a complaint about the end of the text for one, where the length is known', () => {
    const complaint = complaintAbout('{"a":1');
    expect(defectOf(complaint, 6)).toBe('incomplete');
    expect(defectOf(complaint)).toBe('invalid');
  });

  it('is silent about what is no complaint of a parser', () => {
    expect(defectOf(new TypeError('terminated'))).toBeUndefined();
    expect(defectOf('text')).toBeUndefined();
  });
});
