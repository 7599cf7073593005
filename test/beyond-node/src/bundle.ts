import { build } from 'esbuild';
import type { BuildOptions } from 'esbuild';
import { PACKAGE } from './process.ts';

/**
 * Bundles an application for a runtime that loads one file, as its vendor's tool would.
 *
 * @param entry relative to the package
 */
export async function bundle(entry: string, outfile: string, options: Pick<BuildOptions, 'format' | 'conditions'>): Promise<void> {
  await build({
    ...options,
    absWorkingDir: PACKAGE,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'browser',
    mainFields: ['browser', 'module', 'main'],
    // Only Node's own modules, which workerd has by that name.
    alias: { async_hooks: 'node:async_hooks' },
    external: ['node:*', 'cloudflare:*'],
    logLevel: 'error',
  });
}
