import { beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenOperations } from './open-operations.ts';
import type { Operation } from './operation.ts';

const clock = vi.hoisted(() => ({ now: 0 }));
vi.mock('../clock.ts', () => ({ now: () => clock.now }));
// A worker's timers end with the request that set them: these never fire.
vi.mock('../platform/timers.ts', () => ({ later: () => () => undefined }));

const LIMITS = { openOperations: 10, idleTimeout: 60_000 };

function opened(abandoned: string[], name: string, inFlight: ReadonlySet<object> = new Set()): Operation {
  const operation = { last: undefined, subject: { startedAt: clock.now }, inFlight, abandon: () => void abandoned.push(name) };
  return operation as unknown as Operation;
}

beforeEach(() => {
  clock.now = 0;
});

describe('operations whose sweep was lost with a timer', () => {
  it('are swept when another one starts, once the sweep is overdue', () => {
    const [open, abandoned]: [OpenOperations, string[]] = [new OpenOperations(), []];
    open.add(opened(abandoned, 'first'), LIMITS);
    clock.now = 20_000;
    open.add(opened(abandoned, 'second'), LIMITS);
    expect(abandoned).toEqual([]);
    clock.now = 70_000;
    open.add(opened(abandoned, 'third'), LIMITS);
    expect(abandoned).toEqual(['first']);
  });

  it('are under way while an exchange of theirs is', () => {
    const [open, inFlight]: [OpenOperations, Set<object>] = [new OpenOperations(), new Set()];
    open.add(opened([], 'one', inFlight), LIMITS);
    expect(open.underWay).toBe(false);
    inFlight.add({});
    expect(open.underWay).toBe(true);
  });
});
