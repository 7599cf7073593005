import { context, createContextKey, diag, DiagLogLevel, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Context, ContextManager } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CarriedContext } from './carried-context.ts';

/** As those for browsers: a context lasts until the first `await`. */
class StackManager implements ContextManager {
  #active = ROOT_CONTEXT;
  active(): Context {
    return this.#active;
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(given: Context, run: F, self?: ThisParameterType<F>, ...args: A): ReturnType<F> {
    const before = this.#active;
    this.#active = given;
    try {
      return Reflect.apply<typeof self, A, ReturnType<F>>(run, self, args);
    } finally {
      this.#active = before;
    }
  }
  bind<T>(_given: Context, target: T): T {
    return target;
  }
  enable(): this {
    return this;
  }
  disable(): this {
    return this;
  }
}

const warnings: string[] = [];
const ignore = (): void => undefined;
let names = 0;
let name: string;

/** As a process does that has just begun: what a runtime has is looked up once. */
async function make(): Promise<CarriedContext> {
  vi.resetModules();
  const { CarriedContext: Fresh } = await import('./carried-context.ts');
  return new Fresh(name);
}

beforeEach(() => {
  name = `sdk-${++names}`;
  warnings.length = 0;
  diag.setLogger({ warn: (...args: unknown[]) => void warnings.push(args.join(' ')), error: ignore, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
});
afterEach(() => {
  context.disable();
  diag.disable();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A runtime as a browser is. */
function withoutAsyncLocalStorage(): void {
  vi.stubGlobal('AsyncLocalStorage', undefined);
  Reflect.deleteProperty(globalThis, 'AsyncLocalStorage');
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

describe('CarriedContext', () => {
  it('needs no manager where the runtime has AsyncLocalStorage', async () => {
    expect((await make()).check()).toBe(true);
    expect(warnings).toEqual([]);
  });

  it('does not believe a manager that loses the context at the first await, and says so once', async () => {
    withoutAsyncLocalStorage();
    context.setGlobalContextManager(new StackManager());
    const carried = await make();
    expect(carried.check()).toBe(false);
    await settled();
    expect([carried.check(), carried.check()]).toEqual([false, false]);
    expect(warnings).toEqual([expect.stringContaining(`This runtime has no AsyncLocalStorage, without which nothing links requests to the calls that make them: calls of ${name} are traced from the wire alone.`)]);
  });

  it('believes what it sees, where a manager carries contexts by means of its own', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    withoutAsyncLocalStorage();
    const carried = await make();
    await settled();
    expect([carried.check(), warnings]).toEqual([true, []]);
  });

  it('says once that there is neither, and takes a manager that carries contexts and comes later', async () => {
    const later = new AsyncLocalStorageContextManager().enable();
    withoutAsyncLocalStorage();
    const carried = await make();
    expect([carried.check(), carried.check()]).toEqual([false, false]);
    expect(warnings).toEqual([expect.stringContaining('This runtime has no AsyncLocalStorage')]);
    context.setGlobalContextManager(later);
    carried.check();
    await settled();
    expect(carried.check()).toBe(true);
  });

  it('leaves no context active', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const mine = ROOT_CONTEXT.setValue(createContextKey('mine'), true);
    await context.with(mine, async () => {
      (await make()).check();
      await settled();
      expect(context.active()).toBe(mine);
    });
  });
});
