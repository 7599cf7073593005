import { describe, expect, it } from 'vitest';
import { defectOf, isDeadline } from './ending.ts';

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
