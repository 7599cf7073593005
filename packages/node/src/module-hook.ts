// The default alone: bundles often have a `createRequire` of their own on top.
import module from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { diag } from '@opentelemetry/api';
import type { HookedModule } from './hooked-modules.ts';
import { processState } from './process-state.ts';

/**
 * Where the import-in-the-middle is that `@opentelemetry/instrumentation` itself uses: hooks of another copy would
 * wrap modules and tell nobody.
 */
function importInTheMiddle(load: NodeJS.Require): string {
  const instrumentation = module.createRequire(load.resolve('@opentelemetry/instrumentation'));
  return dirname(instrumentation.resolve('import-in-the-middle'));
}

type SynchronousHook = { applyOptions: (options: object) => void; resolveSync: module.ResolveHookSync; loadSync: module.LoadHookSync };

function has<K extends string>(value: unknown, ...keys: readonly K[]): value is Record<K, (...args: readonly unknown[]) => unknown> {
  return typeof value === 'object' && value !== null && keys.every((key) => key in value && typeof Reflect.get(value, key) === 'function');
}

function isSynchronousHook(value: unknown): value is SynchronousHook {
  return has(value, 'applyOptions', 'resolveSync', 'loadSync');
}

/**
 * The synchronous, in-thread hook. An instance of its own rather than import-in-the-middle's `register()`: that one
 * exists once, so whoever calls it first sets the include list for all, and the second caller is ignored with a process warning.
 */
function hookInThread(load: NodeJS.Require, directory: string, include: readonly HookedModule[]): boolean {
  const hooks: unknown = load(join(directory, 'register-hooks.mjs'));
  if (!has(hooks, 'supportsSyncHooks') || hooks.supportsSyncHooks() !== true) return false;
  const factory: unknown = load(join(directory, 'create-hook.mjs'));
  if (!has(factory, 'createHook')) return false;
  const hook = factory.createHook({ url: pathToFileURL(join(directory, 'register-hooks.mjs')).href });
  if (!isSynchronousHook(hook)) return false;
  hook.applyOptions({ include });
  module.registerHooks({ resolve: hook.resolveSync, load: hook.loadSync });
  return true;
}

/** The asynchronous loader in a thread of its own, for the Node versions whose synchronous hooks have a defect. */
function hookInLoaderThread(directory: string, include: readonly HookedModule[]): void {
  module.register(new URL('./module-loader.mjs', import.meta.url), {
    data: { hook: pathToFileURL(join(directory, 'hook.mjs')).href, include },
  });
}

/**
 * Lets instrumentations patch ES modules of the given names as they are imported. No other module is touched.
 * A name that is already covered is not hooked again. Where hooking fails, modules load as they are.
 */
export function hookModules(modules: readonly HookedModule[]): void {
  const { hooked } = processState();
  const include = modules.filter((one) => !hooked.has(String(one)));
  if (include.length === 0) return;
  for (const one of include) hooked.add(String(one));
  try {
    // Not when this module loads: in a bundle there may be no URL to start from.
    const load = module.createRequire(import.meta.url);
    const directory = importInTheMiddle(load);
    if (!hookInThread(load, directory, include)) hookInLoaderThread(directory, include);
  } catch (error) {
    // What it means is said where it shows: an SDK that makes calls and is not hooked is announced then.
    diag.info('outspan: ES modules cannot be hooked here, calls are traced from the wire alone', error);
  }
}
