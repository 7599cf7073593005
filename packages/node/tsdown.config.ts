import { defineConfig } from 'tsdown';
import { base } from '../../tsdown.base.ts';

export default defineConfig([
  { ...base, entry: ['src/index.ts', 'src/register.ts', 'src/instrument.ts'] },
  // Its command is only run, never imported.
  { ...base, entry: ['src/cli.ts'], format: ['esm'], dts: false, clean: false },
  // Node's asynchronous loader is an ES module in every case.
  { ...base, entry: ['src/module-loader.ts'], format: ['esm'], dts: false, clean: false },
]);
