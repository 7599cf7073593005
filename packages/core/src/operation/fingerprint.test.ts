import { describe, expect, it } from 'vitest';
import { fingerprintBody } from './fingerprint.ts';

const body = (length: number, at?: number): Uint8Array => {
  const bytes = new Uint8Array(length).fill(120);
  if (at !== undefined) bytes[at] = 121;
  return bytes;
};
const of = (...chunks: Uint8Array[]): string => fingerprintBody(chunks, chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));

describe('the fingerprint of a request body', () => {
  it('is the same for the same bytes', () => {
    expect(of(body(1_000))).toBe(of(body(1_000)));
    expect(of(body(1_000_000))).toBe(of(body(1_000_000)));
  });

  it('differs by any byte of a short body, by either end of a long one, and by length', () => {
    const different = [of(body(1_000)), of(body(1_000, 500)), of(body(1_001)), of(body(100_000)), of(body(100_000, 0)), of(body(100_000, 99_999))];
    expect(new Set(different).size).toBe(different.length);
  });

  it('takes a body in pieces', () => {
    expect(of(body(10), body(20))).toBe(of(body(10), body(20)));
    expect(of(body(10), body(20, 3))).not.toBe(of(body(10), body(20)));
  });
});
