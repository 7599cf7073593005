import { createRequire } from 'node:module';
import { BY_HAND, isObservable, type Library } from '../drivers/driver.ts';
import type { ModuleForm } from './modules.ts';

/** Outspan's `observe` of one package. */
export type Observe = <Client>(client: Client) => Client;

/** Loads what observes the clients of libraries by hand, in the form in which the application has its modules. */
export async function observersByHand(libraries: ReadonlySet<Library>, form: ModuleForm): Promise<ReadonlyMap<Library, Observe>> {
  const observers = new Map<Library, Observe>();
  for (const library of libraries) {
    if (!isObservable(library)) continue;
    const name = BY_HAND[library];
    const { observe } = (form === 'cjs' ? createRequire(import.meta.url)(name) : await import(name)) as { readonly observe: Observe };
    observers.set(library, observe);
  }
  return observers;
}
