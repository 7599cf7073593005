import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import { eventCountOf } from './event-count.ts';

const EVENTS = Array.from({ length: 12 }, (_, n) => `data: {"n":${n}}\n\n`);
const SSE = { status: 200, contentType: 'text/event-stream' };

function countOf(text: string, step: number, head = SSE): number {
  const bytes = encodeUtf8(text);
  const count = eventCountOf(head);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += step) sum += count.push(bytes.subarray(at, at + step));
  return sum;
}

describe('the count of events', () => {
  it.each([1, 2, 3, 7, 16, 10_000])('is the same however they are cut into reads: %i bytes', (step) => {
    const text = EVENTS.join('');
    expect(countOf(text, step)).toBe(12);
    expect(countOf(text.replaceAll('\n', '\r\n'), step)).toBe(12);
    expect(countOf(EVENTS.map((event, n) => `event: e${n}\n${event}`).join(''), step)).toBe(12);
  });

  it.each([32, 10_000])('leaves out comments and [DONE]', (step) => {
    expect(countOf(`: PROCESSING\n\n${EVENTS.join(': ping\n\n')}data: [DONE]\n\n`, step)).toBe(12);
  });

  it('is that of lines where each is a document', () => {
    expect(countOf('{"a":1}\n{"a":2}\n', 3, { status: 200, contentType: 'application/x-ndjson' })).toBe(2);
  });

  it('is that of reads where it is not known what is in them', () => {
    expect(countOf('abcdef', 2, { status: 200, contentType: 'application/vnd.amazon.eventstream' })).toBe(3);
    expect(countOf('abcdef', 3, { ...SSE, contentEncoding: 'gzip' } as typeof SSE)).toBe(2);
  });
});
