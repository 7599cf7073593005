import type { LoadHook, ResolveHook } from 'node:module';

/**
 * The asynchronous loader, as `module.register` wants it: an instance of import-in-the-middle's loader of our own (the
 * query makes it one), since the one that everybody shares has one include list, which the last caller replaces for all.
 */
interface Loader {
  readonly initialize: (data: { include: readonly string[] }) => Promise<void>;
  readonly resolve: ResolveHook;
  readonly load: LoadHook;
}

const FLAG = '__import_in_the_middle_initialized__';

let loader: Loader | undefined;

function isLoader(value: unknown): value is Loader {
  return typeof value === 'object' && value !== null && 'initialize' in value && 'resolve' in value && 'load' in value;
}

/** Called once by Node in the loader's thread. */
export async function initialize(data: { readonly hook: string; readonly include: readonly string[] }): Promise<void> {
  const imported: unknown = await import(`${data.hook}?outspan`);
  if (!isLoader(imported)) return;
  // The flag makes a second loader print a process warning, whichever came first; ours is separate on purpose.
  const before: unknown = Reflect.get(globalThis, FLAG);
  Reflect.set(globalThis, FLAG, false);
  await imported.initialize({ include: data.include });
  Reflect.set(globalThis, FLAG, before);
  loader = imported;
}

export const resolve: ResolveHook = (specifier, context, nextResolve) =>
  loader === undefined ? nextResolve(specifier, context) : loader.resolve(specifier, context, nextResolve);

export const load: LoadHook = (url, context, nextLoad) => (loader === undefined ? nextLoad(url, context) : loader.load(url, context, nextLoad));
