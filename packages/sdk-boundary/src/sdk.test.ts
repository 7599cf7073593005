import { describe, expect, it } from 'vitest';
import { isTested } from './sdk.ts';

describe('a tested range', () => {
  it.each([
    ['5.0.0', true],
    ['7.57.0', true],
    ['7.99.99-beta.1', true],
    ['8.0.0', false],
    ['4.104.0', false],
    ['10.0.0', false],
  ])('has %s in it: %s', (version, tested) => {
    expect(isTested(version, { from: '5.0.0', below: '8.0.0' })).toBe(tested);
  });

  it('can end within a major', () => {
    expect(['0.4.9', '0.5.0', '0.6.4', '0.7.0', '1.0.0'].map((version) => isTested(version, { from: '0.5.0', below: '0.7.0' }))).toEqual([false, true, true, false, false]);
  });
});
