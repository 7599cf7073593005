import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { manifestOf, PACKAGES, ROOT, type Manifest, type Package } from '../repository.ts';

/** A package as it is installed here. */
export interface Installed {
  readonly path: string;
  readonly manifest: Manifest;
}

/** `name@version`. */
export function nameOf({ manifest }: Pick<Installed, 'manifest'>): string {
  return `${manifest.name}@${manifest.version}`;
}

/** Where a package finds another one, as Node looks for it: in the nearest node_modules that has it. */
function resolve(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (`${folder}/` === ROOT || folder === dirname(folder)) return undefined;
  }
}

const OWN: ReadonlySet<string> = new Set(PACKAGES.map(({ manifest }) => manifest.name));

/**
 * What a package brings along when it is installed: its dependencies, theirs, and so on, without itself. What it expects
 * of the application (its peers) is not brought along, but what a dependency expects is.
 *
 * @param optional whether to count what a dependency would use if it were there (its optional peers), and is there in this workspace
 */
export function broughtAlong({ path, manifest }: Package, optional = false): Installed[] {
  const found = new Map<string, Installed>();
  const visit = (from: string, { name: dependent, dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} }: Manifest): void => {
    const wished = Object.keys({ ...peerDependencies, ...peerDependenciesMeta }).filter((name) => optional || peerDependenciesMeta[name]?.optional !== true);
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...(OWN.has(dependent) ? [] : wished)]) {
      const at = resolve(from, name);
      // One that this machine does not need, such as a binary for another one.
      if (at === undefined && (name in optionalDependencies || !(name in dependencies))) continue;
      if (at === undefined) throw new Error(`${dependent} has no ${name}`);
      if (found.has(at)) continue;
      const one = { path: at, manifest: manifestOf(at) };
      found.set(at, one);
      visit(at, one.manifest);
    }
  };
  visit(path, manifest);
  return [...found.values()];
}

/** What the published packages bring along together, each once. */
export const EVERYTHING: readonly Installed[] = [
  ...new Map(PACKAGES.flatMap((one) => broughtAlong(one)).map((one) => [one.path, one])).values(),
].filter(({ manifest }) => !OWN.has(manifest.name));
