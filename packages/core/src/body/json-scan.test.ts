import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import { readTopLevel, scanTopLevel } from './json-scan.ts';

const WANTED = new Set(['model', 'stream', 'tools', 'n']);
const read = (text: string): ReturnType<typeof readTopLevel> => readTopLevel(encodeUtf8(text), WANTED);

describe('readTopLevel', () => {
  it('reads the wanted members and passes over the rest', () => {
    const text = JSON.stringify({ messages: [{ role: 'user', content: 'say "model": "x" \\ {[' }], model: 'gpt-4o', n: 2, stream: true });
    expect(read(text)).toEqual({ state: 'whole', values: { model: 'gpt-4o', n: 2, stream: true } });
  });

  it('does not take a nested member for one at the top', () => {
    expect(read('{"a":{"model":"no"},"b":[{"stream":true}]}').values).toEqual({});
  });

  it('gives what came of a body that was cut', () => {
    expect(read('{"model":"gpt-4o","messages":[{"role":"us')).toEqual({ state: 'incomplete', values: { model: 'gpt-4o' } });
    expect(read('{"model":"gpt-')).toEqual({ state: 'incomplete', values: {} });
    // A number at the very end may go on.
    expect(read('{"n":1')).toEqual({ state: 'incomplete', values: {} });
  });

  it.each(['', ' ', '[1]', '"x"', '{"a" 1}', '{,}', '{"a":1}}', 'model=gpt'])('finds nothing in %j', (text) => {
    const { state, values } = read(text);
    expect(values).toEqual({});
    expect(state).not.toBe('whole');
  });

  it('takes the last of repeated members, as JSON.parse does', () => {
    expect(read('{"model":"a","model":"b"}').values).toEqual({ model: 'b' });
  });

  it('finds the end of a string behind any number of backslashes', () => {
    const text = JSON.stringify({ a: '\\', b: '\\"', c: `${'x'.repeat(100)}\\\\"${'y'.repeat(100)}\\`, model: 'm' });
    expect(read(text)).toEqual({ state: 'whole', values: { model: 'm' } });
  });

  it('abridges a large list to its being there, and a large object to its small members', () => {
    const tools = Array.from({ length: 50 }, (_, i) => ({ type: 'function', function: { name: `f${i}`, description: 'x'.repeat(60) } }));
    expect(read(JSON.stringify({ tools })).values).toEqual({ tools: [null] });
    const format = { response_format: { type: 'json_schema', json_schema: { schema: 'x'.repeat(5_000) } } };
    const { values } = readTopLevel(encodeUtf8(JSON.stringify(format)), new Set(['response_format']), new Set(['type']));
    expect(values).toEqual({ response_format: { type: 'json_schema' } });
  });

  it('keeps a member named __proto__ a member', () => {
    const { values } = readTopLevel(encodeUtf8('{"__proto__":{"polluted":true}}'), new Set(['__proto__']));
    expect(Object.hasOwn(values, '__proto__')).toBe(true);
    expect('polluted' in values).toBe(false);
    expect('polluted' in {}).toBe(false);
  });

  it('agrees with JSON.parse on any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 }), fc.integer({ min: 0, max: 2 }), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const { state, members } = scanTopLevel(encodeUtf8(text));
        expect(state).toBe('whole');
        for (const [name, bytes] of members) {
          // Names are compared as they are spelled; one with escapes is never a wanted one.
          if (name.includes('\\')) continue;
          expect(JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))).toEqual(JSON.parse(text)[name]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('throws on no bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => scanTopLevel(bytes)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});
