import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { placeOf } from '../application/modules.ts';
import { DRIVERS } from '../drivers/catalogue.ts';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
/** Folders in which each SDK has its own name, whatever its version. */
export const APPLICATIONS: string = join(PACKAGE, '.applications');
/** Jobs and reports of the processes under way. */
export const RESULTS: string = join(PACKAGE, '.results');
/** The application's entry. */
export const MAIN: string = join(PACKAGE, 'src', 'application', 'main.ts');

/** The Node releases in which everything is proven. */
export const NODE_VERSIONS = ['22', '24', '26'] as const;
/** A Node release line. */
export type NodeVersion = (typeof NODE_VERSIONS)[number];

/** The page that `npm run truth` writes. */
export const TRUTH_PAGE: string = join(PACKAGE, '..', '..', 'docs', 'truth.md');

/** The page that tells of each SDK what is proven. */
export const README: string = join(PACKAGE, '..', '..', 'README.md');

/** Where the binary of a release is. */
export function nodeBinary(version: NodeVersion): string {
  const name = version === '24' ? 'node' : `node-${version}`;
  return join(PACKAGE, 'node_modules', name, 'bin', 'node');
}

/**
 * Makes the folders from which applications load: in each, one package has its own name, as an application has it.
 * (An import of `openai-6` would be no `openai` to a module hook.)
 */
export function layOutApplications(): void {
  for (const name of new Set(DRIVERS.flatMap(({ modules }) => modules))) {
    const { folder, specifier } = placeOf(name);
    const link = join(APPLICATIONS, folder, 'node_modules', specifier);
    const target = realpathSync(join(PACKAGE, 'node_modules', name));
    mkdirSync(dirname(link), { recursive: true });
    if (!existsSync(link) || realpathSync(link) !== target) {
      rmSync(link, { recursive: true, force: true });
      symlinkSync(target, link);
    }
    writeFileSync(join(APPLICATIONS, folder, 'load.mjs'), 'export const load = (specifier) => import(specifier);\n');
  }
  mkdirSync(RESULTS, { recursive: true });
}

/** The release behind a line: `22.23.3`. */
export function nodeRelease(version: NodeVersion): string {
  return versionOf(version === '24' ? 'node' : `node-${version}`);
}

/** The versions of what is proven, for the documentation. */
export function versionOf(name: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(PACKAGE, 'node_modules', name, 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest && typeof manifest.version === 'string' ? manifest.version : '';
}
