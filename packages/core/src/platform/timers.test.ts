import { afterEach, describe, expect, it, vi } from 'vitest';
import { now } from '../clock.ts';
import { later } from './timers.ts';

describe('the clock and the timers', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('are none of those that a test of the application puts in place, counts and runs', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const run = vi.fn();
    const cancel = later(60_000, run);
    const ran = new Promise<void>((resolve) => void later(1, resolve));
    expect(vi.getTimerCount()).toBe(0);
    vi.runAllTimers();
    expect(run).not.toHaveBeenCalled();
    await ran;
    cancel();

    const reading = vi.fn(() => 1500);
    vi.stubGlobal('performance', { now: reading });
    expect(now()).not.toBe(1500);
    expect(reading).not.toHaveBeenCalled();
  });
});
