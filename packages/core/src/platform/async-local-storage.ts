import type { AsyncLocalStorage } from 'node:async_hooks';

/** Node's storage that lasts through an `await`, which Bun, Deno and workers have as well; undefined where a runtime has none. */
export function asyncLocalStorage(): typeof AsyncLocalStorage | undefined {
  const found: unknown = Reflect.get(globalThis, 'AsyncLocalStorage') ?? globalThis.process?.getBuiltinModule?.('node:async_hooks')?.AsyncLocalStorage;
  return isStorageClass(found) ? found : undefined;
}

function isStorageClass(value: unknown): value is typeof AsyncLocalStorage {
  return typeof value === 'function';
}
