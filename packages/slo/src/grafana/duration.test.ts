import { describe, expect, it } from 'vitest';
import { grafanaDuration } from './duration.ts';

describe('grafanaDuration', () => {
  it.each([
    [60, '60s'],
    [90, '90s'],
    [1.5, '1500ms'],
  ])('says %d seconds in one unit: %s', (seconds, text) => {
    expect(grafanaDuration(seconds)).toBe(text);
  });
});
