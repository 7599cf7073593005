import { copyFile, mkdir, mkdtemp, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compareOutput, type Difference } from './compare.ts';
import { MANIFEST, manifestOf, writeManifest } from './manifest.ts';
import { OutputError } from './output-error.ts';
import type { OutputFile } from './output-file.ts';

/**
 * Makes a folder hold these files: all of them, or, when anything fails, none, and everything is as it was. Files that are as they should be
 * are not touched. Files of an earlier run that are no longer generated are removed, unless somebody changed them since.
 *
 * @param covers see {@link compareOutput}
 * @returns what was found, and so what was done
 * @throws OutputError
 */
export async function writeOutput(folder: string, files: readonly OutputFile[], covers: (path: string) => boolean): Promise<Difference> {
  const found = await compareOutput(folder, files, covers);
  if (found.foreign.length > 0) {
    const paths = found.foreign.map(({ path }) => join(folder, path));
    throw new OutputError(`${paths.join(', ')}: there already, and not known to be generated; move ${paths.length === 1 ? 'it' : 'them'} away, or choose another folder`);
  }
  const others = [...found.manifest].filter(([path]) => !covers(path) || found.edited.includes(path));
  const manifest = writeManifest(new Map([...others, ...manifestOf(files)]));
  const changed = [...found.missing, ...found.outdated];
  if (changed.length === 0 && found.stale.length === 0 && manifest === writeManifest(found.manifest)) return found;
  await exchange(folder, [...changed, { path: MANIFEST, text: manifest }], found.stale);
  return found;
}

/** Undone in reverse, should a later step fail. */
type Undo = () => Promise<unknown>;

async function exchange(folder: string, changed: readonly OutputFile[], stale: readonly string[]): Promise<void> {
  const undo: Undo[] = [];
  try {
    const made = await mkdir(folder, { recursive: true });
    if (made !== undefined) undo.push(() => rm(made, { recursive: true }));
    // Inside of the folder, so that it is the same file system, and renaming is one step.
    const staging = await mkdtemp(join(folder, `${MANIFEST}-`));
    undo.push(() => rm(staging, { recursive: true, force: true }));
    for (const [index, { text }] of changed.entries()) await writeFile(join(staging, `new-${index}`), text);
    for (const [index, { path }] of changed.entries()) {
      const target = join(folder, path);
      const parent = await mkdir(dirname(target), { recursive: true });
      if (parent !== undefined) undo.push(() => rm(parent, { recursive: true }));
      const old = join(staging, `old-${index}`);
      const existed = await copyFile(target, old).then(() => true, isMissing);
      undo.push(() => (existed ? rename(old, target) : rm(target, { force: true })));
      await rename(join(staging, `new-${index}`), target);
    }
    for (const [index, path] of stale.entries()) {
      const old = join(staging, `stale-${index}`);
      await rename(join(folder, path), old);
      undo.push(() => rename(old, join(folder, path)));
    }
    await rm(staging, { recursive: true });
  } catch (error) {
    for (const step of undo.toReversed()) await step().catch(() => undefined);
    throw new OutputError(`nothing was written: ${error instanceof Error ? error.message : String(error)}`);
  }
  // An empty folder is no harm, so that it cannot be removed is none either.
  for (const path of stale) await rmdir(dirname(join(folder, path))).catch(() => undefined);
}

function isMissing(error: unknown): false {
  if (Object(error)['code'] === 'ENOENT') return false;
  throw error;
}
