// The default alone: bundles often have a `createRequire` of their own on top.
import module from 'node:module';
import { isFunction, isObject } from './shape.ts';

/** Told of a file that was loaded: which, what it exports, and the folder of its package. */
export type Loaded = (file: string, exports: unknown, folder: string) => void;

/**
 * Hooks files of packages where they are required. The hooks of `@opentelemetry/instrumentation` ask for the entry of a file's
 * package first, and pass over what has none, or exports none: LangChain's core 0.3, and the MCP SDK before 1.22.
 *
 * @param files each with its package's name before it
 */
export function hookRequired(files: readonly string[], loaded: Loaded): void {
  const load = module.createRequire(import.meta.url);
  // The one that is there already, for those hooks.
  const hooks: unknown = module.createRequire(load.resolve('@opentelemetry/instrumentation'))('require-in-the-middle');
  const Hook = isObject(hooks) || isFunction(hooks) ? Reflect.get(hooks, 'Hook') : undefined;
  if (!isFunction(Hook)) return;
  const byName = new Map(files.map((file) => [nameOf(file), file]));
  Reflect.construct(Hook, [
    [...byName.keys()],
    (exports: unknown, name: unknown, folder: unknown): unknown => {
      const file = typeof name === 'string' ? byName.get(name) : undefined;
      if (file !== undefined && typeof folder === 'string') loaded(file, exports, folder);
      return exports;
    },
  ]);
}

/** As the hook names files. */
function nameOf(file: string): string {
  return file.replace(/(?:\/index)?\.js$/, '');
}
