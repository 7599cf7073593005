import { guard } from '../guard.ts';

// As they were loaded: an application's tests put timers of their own in their place, which are theirs to count and to run.
const { setTimeout: start, clearTimeout: stop } = globalThis;

/** Runs `callback` after `ms` milliseconds without keeping the process alive for it, or failing it. @returns what cancels it */
export function later(ms: number, callback: () => void): () => void {
  const timer = start(() => guard('ending what waited', callback), ms);
  // On edge runtimes a timer is a number: it has no unref and needs none.
  if (typeof timer === 'object') timer.unref();
  return () => stop(timer);
}
