import type * as NodeHooks from './watch.ts';

/**
 * Replaces `watch.ts` on other runtimes than Node: in bundles for workers and browsers, on Bun and Deno. It hooks no module and
 * imports nothing of Node's. `observe(client)` works without hooks.
 */
export const watchModules: typeof NodeHooks.watchModules = () => () => undefined;

/** No module is known to be loaded. */
export const loadedBefore: typeof NodeHooks.loadedBefore = () => [];
