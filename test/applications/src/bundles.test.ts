import { copyFile, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { nodeFileTrace } from '@vercel/nft';
import { build, type BuildOptions } from 'esbuild';
import { afterAll } from 'vitest';
import { checkSetUps } from './check.ts';
import { recordSafety } from './safety-rows.ts';
import { calls, type SetUp } from './set-up.ts';
import { NOTHING, SDK_301 } from './trees.ts';

recordSafety('bundles', 'not run from where it was installed');

// Applications that are not run from where they were installed: only the files that a tracer finds are there, or one file.

const made: string[] = [];
afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true }))));

let makers = 0;
const done = new Map<string, Promise<string>>();

/** What is made once, for every Node that runs it. */
function once(make: (apps: string) => Promise<string>): Pick<SetUp, 'prepare'> {
  const maker = makers++;
  return {
    prepare(apps) {
      const key = `${maker} ${apps}`;
      const found = done.get(key) ?? make(apps);
      done.set(key, found);
      return found;
    },
  };
}

/** Copies what @vercel/nft finds from these files on, as platforms do that deploy a function, to a folder with nothing else. */
function traced(...entries: readonly string[]): Pick<SetUp, 'prepare'> {
  return once(async (apps) => {
    const root = await realpath(dirname(apps));
    const { fileList } = await nodeFileTrace(entries.map((entry) => join(apps, entry)), { base: root });
    const target = await mkdtemp(join(await realpath(tmpdir()), 'outspan-traced-'));
    made.push(target);
    for (const file of fileList) {
      await mkdir(dirname(join(target, file)), { recursive: true });
      await copyFile(join(root, file), join(target, file));
    }
    return join(target, relative(root, apps));
  });
}

const REGISTER = '@outspan/node/register';
const INSTRUMENT = '@outspan/node/instrument';

const TRACED: readonly SetUp[] = [
  { tree: NOTHING, name: 'files traced by @vercel/nft: register by --import, an ES module', ...traced('preload-register.mjs', 'plain.mjs'), with: ['--import', REGISTER], app: ['plain.mjs'], sees: calls('sdk', 'nothing') },
  { tree: NOTHING, name: 'files traced by @vercel/nft: register by --require, CommonJS', ...traced('preload-register.cjs', 'plain.cjs'), with: ['--require', REGISTER], app: ['plain.cjs'], sees: calls('sdk', 'nothing') },
  { tree: NOTHING, name: 'files traced by @vercel/nft: register by --require, an ES module', ...traced('preload-register.cjs', 'plain.mjs'), with: ['--require', REGISTER], app: ['plain.mjs'], sees: calls('sdk', 'nothing') },
  { tree: SDK_301, name: 'files traced by @vercel/nft: instrument by --import, an ES module', ...traced('preload-instrument.mjs', 'sdk.mjs', 'calls.mjs'), with: ['--import', INSTRUMENT], node: ['--import', './sdk.mjs'], app: ['calls.mjs'], sees: calls('sdk') },
  { tree: SDK_301, name: 'files traced by @vercel/nft: instrument by --require, CommonJS', ...traced('preload-instrument.cjs', 'sdk.cjs', 'calls.cjs'), with: ['--require', INSTRUMENT], node: ['--require', './sdk.cjs'], app: ['calls.cjs'], sees: calls('sdk') },
];

/** esbuild's ES modules have no `require`, which CommonJS dependencies ask for. */
const REQUIRE = "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

function bundled(source: string, to: string, options: BuildOptions): Pick<SetUp, 'prepare' | 'app'> {
  return {
    app: [`bundles/${to}`],
    ...once(async (apps) => {
      await build({ entryPoints: [source], outfile: `bundles/${to}`, absWorkingDir: apps, bundle: true, platform: 'node', logLevel: 'error', ...options });
      return apps;
    }),
  };
}

const EXTERNAL = { packages: 'external' } as const;
const SEEN_ON_THE_WIRE: Pick<SetUp, 'sees' | 'says'> = { sees: calls('inferred', 'nothing'), says: ['openai is not hooked'] };
const SEEN_BY_THE_SDK: Pick<SetUp, 'sees'> = { sees: calls('sdk', 'nothing') };

const BUNDLED: readonly Omit<SetUp, 'tree' | 'withoutApp'>[] = [
  { name: 'ES modules, packages external, register by --import', ...bundled('source.mjs', 'external.mjs', { ...EXTERNAL, format: 'esm' }), with: ['--import', REGISTER], ...SEEN_BY_THE_SDK },
  { name: 'CommonJS, packages external, register by --import', ...bundled('source.mjs', 'external.cjs', { ...EXTERNAL, format: 'cjs' }), with: ['--import', REGISTER], ...SEEN_BY_THE_SDK },
  { name: 'CommonJS, packages external, register by --require', ...bundled('source.mjs', 'external-required.cjs', { ...EXTERNAL, format: 'cjs' }), with: ['--require', REGISTER], ...SEEN_BY_THE_SDK },
  { name: 'CommonJS, packages external, register on the first line', ...bundled('source-with-outspan.mjs', 'external-within.cjs', { ...EXTERNAL, format: 'cjs' }), ...SEEN_BY_THE_SDK },
  { name: 'ES modules, packages external, register on the first line, which is too late for ES modules', ...bundled('source-with-outspan.mjs', 'external-within.mjs', { ...EXTERNAL, format: 'esm' }), ...SEEN_ON_THE_WIRE },
  { name: 'ES modules, the SDK inside, register by --import', ...bundled('source.mjs', 'whole.mjs', { format: 'esm', banner: { js: REQUIRE } }), with: ['--import', REGISTER], ...SEEN_ON_THE_WIRE },
  { name: 'CommonJS, the SDK inside, register by --require', ...bundled('source.mjs', 'whole.cjs', { format: 'cjs' }), with: ['--require', REGISTER], ...SEEN_ON_THE_WIRE },
  { name: 'ES modules, Outspan and the SDK inside', ...bundled('source-with-outspan.mjs', 'everything.mjs', { format: 'esm', banner: { js: REQUIRE } }), ...SEEN_ON_THE_WIRE },
  { name: 'CommonJS, Outspan and the SDK inside', ...bundled('source-with-outspan.mjs', 'everything.cjs', { format: 'cjs' }), ...SEEN_ON_THE_WIRE },
];

checkSetUps([...TRACED, ...BUNDLED.map((row): SetUp => ({ ...row, tree: NOTHING, withoutApp: ['source.mjs'], name: `bundled by esbuild from ES modules: ${row.name}` }))]);
