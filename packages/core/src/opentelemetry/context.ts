import type { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { asyncLocalStorage } from '../platform/async-local-storage.ts';
import { registered } from './registry.ts';

interface Manager {
  active(): Context;
  with(context: Context, run: (...args: never[]) => unknown, self?: unknown, ...args: unknown[]): unknown;
  bind(context: Context, target: unknown): unknown;
  /** Since API 1.10. */
  attach?(context: Context): { dispose(): void };
}

function manager(): Manager | undefined {
  const found = registered('context');
  return isManager(found) ? found : ownManager();
}

let own: Manager | null | undefined;

/**
 * Where an application has registered no context manager (Sentry's SDK needs none), what is made inside a call must be known as
 * its part all the same. Undefined where the runtime has no asynchronous storage.
 */
function ownManager(): Manager | undefined {
  if (own === undefined) own = makeManager() ?? null;
  return own ?? undefined;
}

/** Shared by the copies of this package. */
const STORAGE = Symbol.for('outspan.context-storage.v1');

type Storage = InstanceType<typeof AsyncLocalStorage<Context>>;

function sharedStorage(): Storage | undefined {
  const known: unknown = Reflect.get(globalThis, STORAGE);
  if (isStorage(known)) return known;
  const Made = asyncLocalStorage();
  if (Made === undefined) return undefined;
  const storage: Storage = new Made<Context>();
  Reflect.defineProperty(globalThis, STORAGE, { value: storage, configurable: true });
  return storage;
}

function isStorage(value: unknown): value is Storage {
  return typeof value === 'object' && value !== null && 'getStore' in value && 'run' in value;
}

function makeManager(): Manager | undefined {
  const storage = sharedStorage();
  if (storage === undefined) return undefined;
  return {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (within, run) => storage.run(within, run),
    attach(within) {
      const before = storage.getStore();
      storage.enterWith(within);
      return { dispose: () => storage.enterWith(before ?? ROOT_CONTEXT) };
    },
    bind: (within, target) => (typeof target === 'function' ? (...args: readonly unknown[]) => storage.run(within, () => Reflect.apply(target, undefined, args)) : target),
  };
}

function isManager(value: unknown): value is Manager {
  return typeof value === 'object' && value !== null && 'active' in value && 'with' in value && 'bind' in value;
}

/** The API's `context`, by the context manager that is registered now, whichever copy of the API did that; without one, by one of its own. */
export const context = {
  /** The context that is active: outside of all, the root context. */
  active(): Context {
    return manager()?.active() ?? ROOT_CONTEXT;
  },

  /** Runs `run` in `within`, and returns what it returns. */
  with<T>(within: Context, run: () => T): T {
    const found = manager();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a context manager returns what it runs returns
    return found === undefined ? run() : (found.with(within, run) as T);
  },

  /** Makes `within` the active context until what is returned is disposed of. No-op for managers that cannot: those of SDK 2. */
  attach(within: Context): { dispose(): void } | undefined {
    return manager()?.attach?.(within);
  },

  /** A function that runs `target` in `within`. */
  bind<T>(within: Context, target: T): T {
    const found = manager();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a context manager binds what it is given
    return found === undefined ? target : (found.bind(within, target) as T);
  },
} as const;
