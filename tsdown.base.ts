import type { UserConfig } from 'tsdown';

/** What every package's build shares: ESM and CJS, each with its own declarations, no bundled dependencies. */
export const base: UserConfig = {
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  platform: 'node',
  target: 'node22',
  dts: true,
  sourcemap: true,
  clean: true,
  fixedExtension: true,
};
