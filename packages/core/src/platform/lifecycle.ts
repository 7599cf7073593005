type Ending = 'beforeExit' | 'exit';

const callbacks: Readonly<Record<Ending, Set<() => void>>> = { beforeExit: new Set(), exit: new Set() };
const listeners: Readonly<Record<Ending, () => void>> = { beforeExit: () => runAll('beforeExit'), exit: () => runAll('exit') };

/**
 * Runs `callback` when the process has nothing more to do. No-op where there is no such moment.
 *
 * @returns what takes it back
 */
export function beforeExit(callback: () => void): () => void {
  return at('beforeExit', callback);
}

/**
 * Runs `callback` when the process ends, however it came to that but by a signal: nothing asynchronous follows any more.
 * No-op where there is no such moment.
 *
 * @returns what takes it back
 */
export function atExit(callback: () => void): () => void {
  return at('exit', callback);
}

function at(ending: Ending, callback: () => void): () => void {
  const process = globalThis.process;
  if (typeof process?.on !== 'function') return () => undefined;
  // One listener for all: Node warns of a leak at more than ten.
  if (callbacks[ending].size === 0) process.on(ending, listeners[ending]);
  callbacks[ending].add(callback);
  return () => {
    if (callbacks[ending].delete(callback) && callbacks[ending].size === 0) process.removeListener(ending, listeners[ending]);
  };
}

function runAll(ending: Ending): void {
  for (const callback of callbacks[ending]) callback();
}
