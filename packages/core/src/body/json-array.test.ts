import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import { JsonArraySplitter } from './json-array.ts';

function split(text: string, step = Infinity, cap = 1_048_576): { elements: string[]; oversized: (string | undefined)[]; closed: boolean; unfinished: string | undefined } {
  const bytes = encodeUtf8(text);
  const elements: string[] = [];
  const oversized: (string | undefined)[] = [];
  const splitter = new JsonArraySplitter({ event: ({ data }) => elements.push(data.trim()), oversizedEvent: ({ data }) => oversized.push(data) }, cap);
  for (let at = 0; at < bytes.length; at += Math.min(step, bytes.length)) splitter.push(bytes.subarray(at, at + step));
  return { elements, oversized, closed: splitter.closed, unfinished: splitter.end()?.event.data };
}

describe('JsonArraySplitter', () => {
  const ELEMENTS = ['{"a":"]},{\\""}', '[1,[2]]', '"é,🗼"', '3'];

  it('gives the elements of an array that is sent in chunks of any size', () => {
    const text = `\uFEFF[${ELEMENTS.join(',\r\n')}\n]\n`;
    for (const step of [1, 2, 3, 5, Infinity]) expect(split(text, step)).toEqual({ elements: ELEMENTS, oversized: [], closed: true, unfinished: undefined });
  });

  it('gives no element of an empty array', () => {
    expect(split('[ ]')).toEqual({ elements: [], oversized: [], closed: true, unfinished: undefined });
  });

  it('tells an end inside an element from one between two', () => {
    expect(split('[{"a":1},{"b"')).toEqual({ elements: ['{"a":1}'], oversized: [], closed: false, unfinished: '{"b"' });
    expect(split('[{"a":1},\n')).toEqual({ elements: ['{"a":1}'], oversized: [], closed: false, unfinished: undefined });
  });

  it('gives the skeleton of an element past the cap and reads on', () => {
    expect(split(`[{"a":"${'x'.repeat(5_000)}"},{"b":2}]`, 100, 1_000)).toMatchObject({ elements: ['{"b":2}'], oversized: ['{"a":""}'] });
  });
});
