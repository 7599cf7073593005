import { describe, expect, it } from 'vitest';
import { ChunkPace } from './chunk-pace.ts';

function gapsOf(times: readonly number[], most: number): readonly number[] {
  let index = 0;
  const pace = new ChunkPace(most, { push: () => 1 }, () => times[index] ?? NaN);
  for (; index < times.length; index++) pace.chunk();
  return pace.gaps;
}

describe('the pace of an answer', () => {
  it('has one gap for each chunk after the first', () => {
    expect(gapsOf([5], 8)).toEqual([]);
    expect(gapsOf([5, 7, 10, 14], 8)).toEqual([2, 3, 4]);
  });

  it('keeps evenly spaced gaps of a longer answer, each between two neighbouring chunks', () => {
    // The gap before chunk n is n milliseconds long.
    const times = Array.from({ length: 100 }, (_, n) => (n * (n + 1)) / 2);
    const gaps = gapsOf(times, 16);
    expect(gaps).toEqual([8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96]);
  });

  it('never keeps as many as its bound, however long the answer is', () => {
    for (const length of [2, 15, 16, 17, 1_000, 100_000]) expect(gapsOf(Array.from({ length }, (_, n) => n), 16).length).toBeLessThan(16);
  });
});
