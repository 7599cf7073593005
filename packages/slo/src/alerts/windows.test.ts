import { describe, expect, it } from 'vitest';
import { diagnosisWindows, windowOf } from './windows.ts';

describe('windows', () => {
  it('are minutes and hours in production', () => {
    expect(diagnosisWindows({ interval: 60, timeScale: 1 })).toEqual({ recent: 300, hold: 120, linger: 300, outlast: 480, news: 3_600, norm: 86_400 });
  });

  it('shrink with the time scale, but not below what can be told apart', () => {
    expect(diagnosisWindows({ interval: 60, timeScale: 0.01 })).toEqual({ recent: 120, hold: 60, linger: 60, outlast: 120, news: 120, norm: 840 });
  });

  it('are of whole tiles', () => {
    expect(windowOf({ interval: 7, timeScale: 1 }, 60)).toBe(63);
  });

  it('are exact to the millisecond where tiles are fractions of seconds', () => {
    expect(windowOf({ interval: 0.1, timeScale: 1 }, 0.7)).toBe(0.7);
  });
});
