import { flushAll, guard, now } from '@outspan/core';
import { liveTracings } from './tracing.ts';

/** Options of {@link flush}. */
export interface FlushOptions {
  /** Milliseconds in which calls that are under way may end first, such as a stream that you hand on. Default: 0. */
  readonly wait?: number;
}

/** Milliseconds between two checks. */
const PAUSE = 20;

/**
 * Exports everything that has ended so far: spans, metrics, events. Ends calls that wait for a retry. Call it before a function is
 * frozen or an isolate is dropped: `ctx.waitUntil(flush({ wait: 25_000 }))` in a worker.
 *
 * @returns a promise that resolves once everything is exported, and never rejects
 */
export async function flush({ wait = 0 }: FlushOptions = {}): Promise<void> {
  const until = now() + wait;
  while (isUnderWay() && now() < until) await new Promise((resolve) => setTimeout(resolve, PAUSE));
  await flushAll(liveTracings);
}

function isUnderWay(): boolean {
  return guard('looking for calls', () => [...liveTracings].some(({ underWay }) => underWay)) ?? false;
}
