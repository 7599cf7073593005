import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import { JsonSkeleton } from './json-skeleton.ts';

function skeletonOf(text: string, step = Infinity): JsonSkeleton {
  const skeleton = new JsonSkeleton();
  const bytes = encodeUtf8(text);
  for (let at = 0; at < bytes.length; at += Math.min(step, bytes.length)) skeleton.push(bytes.subarray(at, at + step));
  return skeleton;
}

const parsed = (skeleton: JsonSkeleton): unknown => JSON.parse(skeleton.text() ?? '"no text"');

describe('JsonSkeleton', () => {
  it('keeps structure and short strings, empties long strings and long lists', () => {
    const value = { id: 'x', data: [{ embedding: Array.from({ length: 1_536 }, () => 0.25) }], b64: 'A"\\'.repeat(1_000), usage: { prompt_tokens: 8 } };
    expect(parsed(skeletonOf(JSON.stringify(value)))).toEqual({ id: 'x', data: [{ embedding: [] }], b64: '', usage: { prompt_tokens: 8 } });
  });

  it('changes nothing of a small document, however it is cut', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 8 }), fc.integer({ min: 1, max: 7 }), (value, step) => {
        const text = JSON.stringify(value);
        expect(parsed(skeletonOf(text, step))).toEqual(JSON.parse(text));
      }),
      { numRuns: 200 },
    );
  });

  it('finds the end of a long string at every cut', () => {
    const text = JSON.stringify({ a: `${'x'.repeat(600)}\\"${'\\'.repeat(41)}"`, b: 1 });
    for (const step of [1, 2, 3, 5, 599, 611]) expect(parsed(skeletonOf(text, step))).toEqual({ a: '', b: 1 });
  });

  it('leaves out what is nested too deeply', () => {
    const deep = `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)},"b":1}`;
    expect(parsed(skeletonOf(deep))).toMatchObject({ b: 1 });
  });

  it('tells a document that is not over from one that is, and from none', () => {
    expect(skeletonOf('{"a":[1,2').whole).toBe(false);
    expect(skeletonOf('{"a":[1,2').invalid).toBe(false);
    expect(skeletonOf('{"a":1} ').whole).toBe(true);
    expect(skeletonOf('{"a":1} x').invalid).toBe(true);
    expect(skeletonOf('x').invalid).toBe(true);
  });

  it('gives up on a structure that is itself too large, and does not grow with it', () => {
    const skeleton = new JsonSkeleton();
    skeleton.push(encodeUtf8('{'));
    for (let i = 0; i < 50_000; i++) skeleton.push(encodeUtf8(`"key number ${i}":{},`));
    skeleton.push(encodeUtf8('"last":1}'));
    expect(skeleton.whole).toBe(true);
    expect(skeleton.text()).toBeUndefined();
  });
});
