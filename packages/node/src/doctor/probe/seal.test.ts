import { expect, it } from 'vitest';
import { newKey, open, seal } from './seal.ts';

it('opens what it sealed, by the same key alone', () => {
  const key = newKey();
  const line = seal('{"key":"sk-canary"}', key);
  expect(line).not.toMatch(/canary|\n/);
  expect(open(line, key)).toBe('{"key":"sk-canary"}');
  expect(open(line, newKey())).toBeUndefined();
  expect(open(line.slice(0, -8), key)).toBeUndefined();
  expect(open('', key)).toBeUndefined();
});
