import { expect, it } from 'vitest';
import { slope } from './slope.ts';

it('finds the slope of a line', () => {
  expect(slope([[0, 5], [1, 7], [2, 9], [10, 25]])).toBeCloseTo(2);
});

it('is not misled by noise around a level', () => {
  expect(slope([[0, 4], [1, 6], [2, 6], [3, 4]])).toBeCloseTo(0);
});

it('says 0 where nothing passed', () => {
  expect(slope([[3, 4], [3, 8]])).toBe(0);
});
