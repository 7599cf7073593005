import { copyFileSync, writeFileSync } from 'node:fs';
import { defineConfig } from 'tsdown';
import { base } from '../../tsdown.base.ts';

/** What is preloaded is CommonJS, as the SDK is that it starts: so that there is one copy of everything, and half to load. */
const PRELOADED = ['register', 'instrument'];

function writeEsmEntries(): void {
  for (const name of PRELOADED) {
    writeFileSync(`dist/${name}.mjs`, `import './${name}.cjs';\n`);
    copyFileSync(`dist/${name}.d.cts`, `dist/${name}.d.mts`);
  }
}

export default defineConfig([
  { ...base, entry: ['src/index.ts'] },
  { ...base, entry: PRELOADED.map((name) => `src/${name}.ts`), format: ['cjs'], clean: false, hooks: { 'build:done': writeEsmEntries } },
  // The doctor preloads it into any application, by any Node.js.
  { ...base, entry: { 'doctor-probe': 'src/doctor/probe/probe.ts' }, format: ['cjs'], target: 'es2019', dts: false, sourcemap: false, clean: false },
  // Its command is only run, never imported.
  { ...base, entry: ['src/cli.ts'], format: ['esm'], dts: false, clean: false },
]);
