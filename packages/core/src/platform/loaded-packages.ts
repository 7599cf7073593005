import type NodeModule from 'node:module';

/** The folders that copies of a package were required from. Of ES modules there is no list. Empty where the runtime has no such list. */
export function requiredFrom(name: string): string[] {
  const module: typeof NodeModule | undefined = globalThis.process?.getBuiltinModule?.('node:module');
  const cache: unknown = module === undefined ? undefined : Reflect.get(module, '_cache');
  const inside = `/node_modules/${name}/`;
  const folders = new Set<string>();
  for (const path of typeof cache === 'object' && cache !== null ? Object.keys(cache) : []) {
    const normal = path.replaceAll('\\', '/');
    const at = normal.lastIndexOf(inside);
    if (at >= 0) folders.add(normal.slice(0, at + inside.length - 1));
  }
  return [...folders];
}
