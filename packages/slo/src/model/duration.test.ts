import { describe, expect, it } from 'vitest';
import { durationInWords, readDuration } from './duration.ts';

describe('a duration', () => {
  it.each([
    ['30s', 30],
    ['1h30m', 5_400],
    ['1.5h', 5_400],
    ['20.48s', 20.48],
    ['20480ms', 20.48],
    ['4w', 2_419_200],
    ['0s', 0],
  ])('%s is %d seconds', (text, seconds) => {
    expect(readDuration(text)).toBe(seconds);
  });

  it.each(['', '30', 's', '-1s', '1 s', '1y', '1e3s', '.5s', '1s ', '1h 30m'])('is not read from %j', (text) => {
    expect(readDuration(text)).toBeUndefined();
  });

  it.each([
    [2_592_000, '30 d'],
    [12_960, '3 h 36 min'],
    [129_600, '1 d 12 h'],
    [172_799, '2 d'],
    [90, '1 min 30 s'],
    [20.48, '20.48 s'],
    [0.25, '0.25 s'],
  ])('of %d seconds is told as %s', (seconds, words) => {
    expect(durationInWords(seconds)).toBe(words);
  });
});
