/** A JavaScript runtime. `edge` is Vercel's edge runtime. */
export type Runtime = 'node' | 'bun' | 'deno' | 'workerd' | 'edge' | 'browser' | 'other';

/** Globals that only one runtime has. Bun, Deno and workerd call themselves Node in `process`, so they come first. */
const GLOBALS: readonly (readonly [runtime: Runtime, name: string])[] = [
  ['bun', 'Bun'],
  ['deno', 'Deno'],
  ['workerd', 'WebSocketPair'],
  ['edge', 'EdgeRuntime'],
];

/** The runtime that this code runs on. Loads no lazy global to find out. */
export function runtime(): Runtime {
  const found = GLOBALS.find(([, name]) => name in globalThis);
  if (found !== undefined) return found[0];
  if (globalThis.process?.release?.name === 'node') return 'node';
  // A window, or a worker of one.
  return 'document' in globalThis || 'WorkerGlobalScope' in globalThis ? 'browser' : 'other';
}
