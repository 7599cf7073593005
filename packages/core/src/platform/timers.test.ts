import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { later } from './timers.ts';

describe('later', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('raises nothing in the application when what it runs throws', () => {
    let ran = false;
    later(10, () => {
      ran = true;
      throw new Error('a span processor of the application');
    });
    expect(() => vi.advanceTimersByTime(10)).not.toThrow();
    expect(ran).toBe(true);
  });

  it('does not run what was cancelled', () => {
    const run = vi.fn();
    later(10, run)();
    vi.advanceTimersByTime(10);
    expect(run).not.toHaveBeenCalled();
  });
});
