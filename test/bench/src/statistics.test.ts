import { describe, expect, it } from 'vitest';
import { paired, spread } from './statistics.ts';

describe('spread', () => {
  it('is not moved by one disturbed round', () => {
    expect(spread([10, 11, 12, 13, 900])).toEqual({ median: 12, lower: 11, upper: 13 });
  });

  it('lies between the two middle figures of an even sample, in whatever order they come', () => {
    expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, lower: 1.75, upper: 3.25 });
  });

  it('has nothing to say of an empty sample', () => {
    expect(() => spread([])).toThrow(RangeError);
  });
});

describe('paired', () => {
  it('combines the figures of each round', () => {
    expect(paired([12, 22], [10, 20], (a, b) => a - b)).toEqual([2, 2]);
  });

  it('refuses samples of different rounds', () => {
    expect(() => paired([1], [1, 2], (a, b) => a - b)).toThrow(RangeError);
  });
});
