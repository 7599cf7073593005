import { defineConfig } from 'tsdown';
import { base } from '../../tsdown.base.ts';

export default defineConfig([
  // Which module hooks there are is for the runtime, or the bundler, to choose: see `imports` in package.json.
  { ...base, deps: { neverBundle: ['#module-hooks'] } },
  { ...base, entry: { 'module-hooks': 'src/modules/watch.ts', 'no-module-hooks': 'src/modules/absent.ts' }, dts: false, clean: false },
  // Node's asynchronous loader is an ES module in every case.
  { ...base, entry: { loader: 'src/modules/loader.ts' }, format: ['esm'], dts: false, clean: false },
]);
