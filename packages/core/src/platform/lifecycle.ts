/** Runs `callback` when the process has nothing more to do. No-op where there is no such moment. */
export function beforeExit(callback: () => void): void {
  const process = globalThis.process;
  if (typeof process?.on === 'function') process.on('beforeExit', callback);
}
