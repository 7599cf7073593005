import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { InstalledPackage } from './installed.ts';
import { folderWith, manifestIn } from './manifest.ts';

/** A package in Yarn's map: where it is, and what it may load. */
interface Entry {
  readonly name: string;
  readonly reference: string;
  readonly location: string;
  readonly dependencies: readonly (readonly [name: string, reference: string])[];
}

/** Yarn's map of a tree that has no `node_modules`. */
export interface PnpMap {
  readonly root: string;
  readonly entries: readonly Entry[];
}

const FILE = '.pnp.cjs';
const DATA = '.pnp.data.json';
/** The map stands in the file as a JSON text, with its lines joined. It is read, not run. */
const INLINE = /RAW_RUNTIME_STATE\s*=\s*'((?:[^'\\]|\\[\s\S])*)'/;

function jsonIn(folder: string): unknown {
  const inline = INLINE.exec(readFileSync(join(folder, FILE), 'utf8'))?.[1];
  if (inline === undefined) return JSON.parse(readFileSync(join(folder, DATA), 'utf8'));
  return JSON.parse(inline.replaceAll(/\\([\s\S])/g, (_, char: string) => (char === '\n' ? '' : char)));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function entryOf(name: unknown, [reference, information]: readonly unknown[]): Entry | undefined {
  if (typeof information !== 'object' || information === null) return undefined;
  const location: unknown = Reflect.get(information, 'packageLocation');
  if (typeof location !== 'string') return undefined;
  const dependencies = listOf(Reflect.get(information, 'packageDependencies')).flatMap((pair): (readonly [string, string])[] => {
    const [alias, target] = listOf(pair);
    if (typeof alias !== 'string') return [];
    // A list: an alias of another package.
    const [aliased, version] = listOf(target);
    if (typeof aliased === 'string' && typeof version === 'string') return [[aliased, version]];
    return typeof target === 'string' ? [[alias, target]] : [];
  });
  return { name: typeof name === 'string' ? name : '', reference: typeof reference === 'string' ? reference : '', location, dependencies };
}

/** Yarn's map that is in force in a folder. Undefined where there is none. */
export function readPnp(folder: string): PnpMap | undefined {
  const root = folderWith(FILE, folder);
  if (root === undefined) return undefined;
  try {
    const data = jsonIn(root);
    const registry = typeof data === 'object' && data !== null ? listOf(Reflect.get(data, 'packageRegistryData')) : [];
    const entries = registry.flatMap((one) => {
      const [name, references] = listOf(one);
      return listOf(references).flatMap((reference) => entryOf(name, listOf(reference)) ?? []);
    });
    return { root, entries };
  } catch {
    return { root, entries: [] };
  }
}

/** `virtual:…#npm:7.57.0`, `patch:openai@npm%3A7.57.0#…`: the version that a reference ends in. */
function versionIn(reference: string): string | undefined {
  return /(?:npm:|npm%3A)(\d[^:#&]*)/.exec(reference.slice(reference.lastIndexOf('#npm:') + 1))?.[1];
}

/** The packages that the application in a folder may load, as Yarn maps them. */
export function installedByPnp({ root, entries }: PnpMap, folder: string): InstalledPackage[] {
  const byKey = new Map(entries.map((entry) => [`${entry.name} ${entry.reference}`, entry]));
  const own = entries.filter(({ location }) => resolve(root, location) === resolve(folder));
  // A folder that is no package of its own belongs to the root.
  const waiting = own.length > 0 ? [...own] : entries.filter(({ location }) => resolve(root, location) === root);
  const seen = new Set<Entry>();
  const found = new Map<string, { name: string; version: string; folders: string[] }>();
  for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
    if (seen.has(entry)) continue;
    seen.add(entry);
    // Of what comes from a file or another folder, only the package itself tells, if it is not packed.
    const version = versionIn(entry.reference) ?? manifestIn(resolve(root, entry.location))?.version ?? 'unknown';
    if (entry.name !== '') {
      const key = `${entry.name} ${version}`;
      const one = found.get(key) ?? { name: entry.name, version, folders: [] };
      one.folders.push(relative(folder, resolve(root, entry.location)));
      found.set(key, one);
    }
    waiting.push(...entry.dependencies.flatMap(([name, reference]) => byKey.get(`${name} ${reference}`) ?? []));
  }
  return [...found.values()];
}
