/** Runs `callback` after `ms` milliseconds without keeping the process alive for it. @returns what cancels it */
export function later(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  // On edge runtimes a timer is a number: it has no unref and needs none.
  if (typeof timer === 'object') timer.unref();
  return () => clearTimeout(timer);
}
