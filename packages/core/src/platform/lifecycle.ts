const callbacks = new Set<() => void>();

/**
 * Runs `callback` when the process has nothing more to do. No-op where there is no such moment.
 *
 * @returns what takes it back
 */
export function beforeExit(callback: () => void): () => void {
  const process = globalThis.process;
  if (typeof process?.on !== 'function') return () => undefined;
  // One listener for all: Node warns of a leak at more than ten.
  if (callbacks.size === 0) process.on('beforeExit', runAll);
  callbacks.add(callback);
  return () => {
    if (callbacks.delete(callback) && callbacks.size === 0) process.removeListener('beforeExit', runAll);
  };
}

function runAll(): void {
  for (const callback of callbacks) callback();
}
