import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A version of a package that is installed. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Where it is, seen from the application; each place of a version that is installed more than once. */
  readonly folders: readonly string[];
}

/** Folders that are looked into at most: a tree that is larger is told of as far as that. */
const MOST_FOLDERS = 50_000;

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The packages in a `node_modules` folder, by their folders; scoped ones too. */
function packagesIn(modules: string): string[] {
  return entries(modules).flatMap((name) => (name.startsWith('@') ? entries(join(modules, name)).map((part) => `${name}/${part}`) : [name])).filter((name) => !name.startsWith('.'));
}

/** The `node_modules` of a folder and of those around it, as Node resolves. */
function modulesAbove(folder: string): string[] {
  const above = dirname(folder);
  return [join(folder, 'node_modules'), ...(above === folder ? [] : modulesAbove(above))];
}

function versionIn(folder: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof manifest === 'object' && manifest !== null && 'version' in manifest && typeof manifest.version === 'string' ? manifest.version : undefined;
  } catch {
    return undefined;
  }
}

function real(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}

/**
 * Every copy of the named packages in the `node_modules` of a folder, of those around it, and of what is in them: npm nests
 * a second version, pnpm keeps all of them in `.pnpm`.
 *
 * @param isWanted by a package's name
 */
export function installed(folder: string, isWanted: (name: string) => boolean): InstalledPackage[] {
  const found = new Map<string, { readonly name: string; readonly version: string; readonly folders: string[] }>();
  const seen = new Set<string>();
  const waiting = modulesAbove(folder);
  for (let modules = waiting.shift(); modules !== undefined && seen.size < MOST_FOLDERS; modules = waiting.shift()) {
    for (const name of packagesIn(modules)) {
      const place = real(join(modules, name));
      if (place === undefined || seen.has(place)) continue;
      seen.add(place);
      const version = isWanted(name) ? versionIn(place) : undefined;
      if (version !== undefined) {
        const one = found.get(`${name} ${version}`) ?? { name, version, folders: [] };
        one.folders.push(relative(folder, join(modules, name)));
        found.set(`${name} ${version}`, one);
      }
      waiting.push(join(place, 'node_modules'));
    }
    waiting.push(...entries(join(modules, '.pnpm')).map((entry) => join(modules, '.pnpm', entry, 'node_modules')));
  }
  return [...found.values()];
}
