import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT: string = fileURLToPath(new URL('../../../../', import.meta.url));

/** A package as it would be published. */
export interface Packed {
  readonly name: string;
  readonly version: string;
  /** Its package.json as published: without `workspace:` and `catalog:`. */
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly tarball: Buffer;
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? `${stdout}${stderr}`}`);
  return stdout;
}

function text(manifest: Readonly<Record<string, unknown>>, field: string): string {
  const value = manifest[field];
  if (typeof value !== 'string') throw new Error(`a packed package has no ${field}`);
  return value;
}

/**
 * Packs every package of packages/, as publishing does.
 *
 * @throws Error with pnpm's output where a package cannot be packed
 */
export function packAll(): Packed[] {
  const folder = mkdtempSync(join(tmpdir(), 'outspan-packed-'));
  try {
    run(process.execPath, [join(ROOT, 'node_modules/pnpm/bin/pnpm.mjs'), '--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder], ROOT);
    return readdirSync(folder)
      .sort()
      .map((file) => {
        const manifest = JSON.parse(run('tar', ['-xzOf', file, 'package/package.json'], folder)) as Readonly<Record<string, unknown>>;
        return { name: text(manifest, 'name'), version: text(manifest, 'version'), manifest, tarball: readFileSync(join(folder, file)) };
      });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Names the content of all packages. The same sources give the same bytes. */
export function hashOf(packed: readonly Packed[]): string {
  const hash = createHash('sha256');
  for (const { name, tarball } of packed) hash.update(`${name}\n`).update(tarball);
  return hash.digest('hex').slice(0, 16);
}
