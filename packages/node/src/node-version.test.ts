import { expect, it } from 'vitest';
import { isSupportedNode } from './node-version.ts';

it.each([
  ['22.15.0', true],
  ['24.0.0', true],
  ['26.0.0-nightly', true],
  ['22.14.9', false],
  ['20.19.5', false],
  ['18.0.0', false],
])('tells whether Node.js %s is new enough: %s', (version, supported) => {
  expect(isSupportedNode(version)).toBe(supported);
});
