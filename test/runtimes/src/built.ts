import { readdirSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type BuildOptions } from 'esbuild';

const PACKAGE = new URL('..', import.meta.url).pathname;
const PACKAGES = new URL('../../../packages', import.meta.url).pathname;
/** Not of the repository: built before the tests. */
const BUILT = `${PACKAGE}dist/ways`;

/** The applications as bundles, relative to the package. */
export const BUNDLES = {
  esm: 'dist/ways/esm.mjs',
  commonjs: 'dist/ways/commonjs.cjs',
  minified: 'dist/ways/minified.mjs',
  esmExternal: 'dist/ways/esm-external.mjs',
  commonjsExternal: 'dist/ways/commonjs-external.cjs',
  everythingEsm: 'dist/ways/everything.mjs',
  everythingCommonjs: 'dist/ways/everything.cjs',
} as const;

const TREE = `${BUILT}/second`;

/** What brings a second copy of Outspan, of version 999.0.0. URLs for `--import`. */
export const SECOND_COPY: Readonly<Record<'register' | 'code' | 'instances', string>> = {
  register: pathToFileURL(`${TREE}/register.mjs`).href,
  code: pathToFileURL(`${TREE}/code.mjs`).href,
  instances: pathToFileURL(`${TREE}/instances.mjs`).href,
};

const SECOND_ENTRIES: Readonly<Record<string, string>> = {
  'register.mjs': "import '@outspan/node/register';\n",
  'code.mjs': "import { registerInstrumentations } from '@opentelemetry/instrumentation';\nimport { outspanInstrumentations } from '@outspan/node';\nregisterInstrumentations({ instrumentations: outspanInstrumentations() });\n",
  'instances.mjs':
    "import { OpenAIInstrumentation } from '@outspan/instrumentation-openai';\nimport { UndiciInstrumentation } from '@outspan/instrumentation-undici';\nnew UndiciInstrumentation();\nnew OpenAIInstrumentation();\n",
};

const COPIED: readonly string[] = readdirSync(PACKAGES).filter((name) => /^(?:core|sdk-boundary|node|instrumentation-.+)$/.test(name));

/** esbuild's ES modules have no `require`, which CommonJS dependencies ask for. */
const REQUIRE = "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

const BUILDS: readonly (BuildOptions & { readonly entry: string; readonly to: string })[] = [
  { entry: 'apps/esm.mjs', to: BUNDLES.esm, format: 'esm' },
  { entry: 'apps/commonjs.cjs', to: BUNDLES.commonjs, format: 'cjs' },
  { entry: 'apps/esm.mjs', to: BUNDLES.minified, format: 'esm', minify: true },
  { entry: 'apps/esm.mjs', to: BUNDLES.esmExternal, format: 'esm', external: ['openai'] },
  { entry: 'apps/commonjs.cjs', to: BUNDLES.commonjsExternal, format: 'cjs', external: ['openai'] },
  { entry: 'apps/everything.mjs', to: BUNDLES.everythingEsm, format: 'esm', banner: { js: REQUIRE } },
  { entry: 'apps/everything.cjs', to: BUNDLES.everythingCommonjs, format: 'cjs' },
];

async function bundle(): Promise<void> {
  for (const { entry, to, ...options } of BUILDS) {
    await build({ ...options, absWorkingDir: PACKAGE, entryPoints: [entry], outfile: to, bundle: true, platform: 'node', logLevel: 'error' });
  }
}

function isManifest(value: unknown): value is { readonly version: string; readonly dependencies?: Readonly<Record<string, string>>; readonly peerDependencies?: Readonly<Record<string, string>> } {
  return typeof value === 'object' && value !== null && 'version' in value;
}

/** The packages as npm would put them a second time: their files, another version, and the dependencies that they have. */
async function copyPackages(): Promise<void> {
  for (const name of COPIED) {
    const from = `${PACKAGES}/${name}`;
    const to = `${TREE}/node_modules/@outspan/${name}`;
    await cp(`${from}/dist`, `${to}/dist`, { recursive: true });
    const text = await readFile(`${from}/package.json`, 'utf8');
    const manifest: unknown = JSON.parse(text);
    if (!isManifest(manifest)) throw new Error(`${name} has no manifest`);
    await writeFile(`${to}/package.json`, text.replace(`"version": "${manifest.version}"`, '"version": "999.0.0"'));
    for (const file of await readdir(`${to}/dist`)) {
      if (!/\.[cm]js$/.test(file)) continue;
      const code = await readFile(`${to}/dist/${file}`, 'utf8');
      await writeFile(`${to}/dist/${file}`, code.replaceAll(`version: "${manifest.version}"`, 'version: "999.0.0"').replaceAll(`version = "${manifest.version}"`, 'version = "999.0.0"'));
    }
    for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      if (dependency.startsWith('@outspan/')) continue;
      const link = `${TREE}/node_modules/${dependency}`;
      await mkdir(dirname(link), { recursive: true });
      await symlink(await realpath(`${from}/node_modules/${dependency}`), link).catch((error: unknown) => {
        // Two of the packages have the same one.
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      });
    }
  }
  for (const [file, code] of Object.entries(SECOND_ENTRIES)) await writeFile(`${TREE}/${file}`, code);
}

/** Builds what the ways need: vitest runs it once before the tests. */
export async function setup(): Promise<void> {
  await rm(BUILT, { recursive: true, force: true });
  await mkdir(BUILT, { recursive: true });
  await Promise.all([bundle(), copyPackages()]);
}
