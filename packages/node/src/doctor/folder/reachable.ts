import { realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { InstalledPackage } from './installed.ts';
import { manifestIn, type Manifest } from './manifest.ts';

/** Packages that are looked at. */
const MOST = 20_000;

function real(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}

/** Where Node.js finds a package from a folder: in the next `node_modules` that has it. */
export function placeOf(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name);
    if (real(place) !== undefined) return place;
    if (dirname(folder) === folder) return undefined;
  }
}

function namesIn({ dependencies, optionalDependencies, peerDependencies }: Manifest): string[] {
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

/** What an application may load. */
export interface Reachable {
  readonly packages: readonly InstalledPackage[];
  /** Folders of packages of its own repository, which are linked. */
  readonly linked: readonly string[];
}

/**
 * The packages that an application may load: what it declares, with what those declare, each as Node.js finds it. In a
 * repository of several packages, `node_modules` at its root holds what the others need, too.
 *
 * @param imported further names, which the sources import
 */
export function reachable(folder: string, imported: readonly string[]): Reachable {
  const own = manifestIn(folder);
  const roots = [...(own === undefined ? [] : [...namesIn(own), ...Object.keys(own.devDependencies)]), ...imported];
  const waiting = roots.map((name) => ({ name, from: folder }));
  const seen = new Set<string>();
  const found = new Map<string, { name: string; version: string; folders: string[] }>();
  const linked: string[] = [];
  for (let next = waiting.shift(); next !== undefined && seen.size < MOST; next = waiting.shift()) {
    const place = placeOf(next.name, next.from);
    const target = place === undefined ? undefined : real(place);
    if (place === undefined || target === undefined || seen.has(target)) continue;
    seen.add(target);
    const manifest = manifestIn(target);
    if (manifest === undefined) continue;
    if (!target.replaceAll('\\', '/').includes('/node_modules/')) linked.push(target);
    waiting.push(...namesIn(manifest).map((name) => ({ name, from: target })));
    if (manifest.version === undefined) continue;
    const name = manifest.name ?? next.name;
    const one = found.get(`${name} ${manifest.version}`) ?? { name, version: manifest.version, folders: [] };
    one.folders.push(relative(folder, place));
    found.set(`${name} ${manifest.version}`, one);
  }
  return { packages: [...found.values()], linked };
}
