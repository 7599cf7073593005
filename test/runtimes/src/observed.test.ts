import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';
import { type FaultProvider, startFaultProvider } from '@outspan/fault-provider';
import { build, type BuildOptions } from 'esbuild';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { PACKAGE, run } from './run.ts';

/** esbuild's ES modules have no `require`, which CommonJS dependencies ask for. */
const REQUIRE = "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

const FORMS: Readonly<Record<string, BuildOptions>> = {
  'as an ES module': { format: 'esm', banner: { js: REQUIRE } },
  'as an ES module, minified': { format: 'esm', minify: true, banner: { js: REQUIRE } },
  'as CommonJS': { format: 'cjs' },
  'as CommonJS, minified': { format: 'cjs', minify: true },
};

/** The operations of each use. Not every client has all of them. */
const EXPECTED = { success: ['sdk 0'], stream: ['sdk 0'], repaired: ['sdk 1'], late: ['sdk 0 timeout'], cancelled: ['sdk 0 cancelled'] } as const;

type Results = Readonly<Record<string, { readonly [use in keyof typeof EXPECTED]?: readonly string[] }>>;

/** More than there are clients. */
const CLIENTS = 30;

let provider: FaultProvider;
let folder: string;

beforeAll(async () => {
  provider = await startFaultProvider();
  folder = await mkdtemp(join(PACKAGE, 'dist/observed-'));
});
afterAll(async () => {
  await provider.close();
  await rm(folder, { recursive: true });
});

/** Bundles the application with everything in it, and runs it. */
async function bundled(options: BuildOptions): Promise<{ readonly results: Results; readonly said: readonly string[] }> {
  const outfile = join(folder, `${options.minify === true ? 'minified' : 'plain'}.${options.format === 'esm' ? 'mjs' : 'cjs'}`);
  await build({ ...options, absWorkingDir: PACKAGE, entryPoints: ['apps/observed/app.mjs'], outfile, bundle: true, platform: 'node', logLevel: 'error' });
  const address = (script: string): string => provider.session(script).baseUrl;
  const sessions = { success: address('ok'), silent: address('hang_before_head'), repaired: Array.from({ length: CLIENTS }, () => address('unavailable,ok')) };
  const ended = await run({ argv: [outfile, JSON.stringify(sessions)], env: {} });
  if (ended.code !== 0) throw new Error(ended.stderr);
  return JSON.parse(ended.stdout) as Awaited<ReturnType<typeof bundled>>;
}

describe.concurrent('a client in a bundle that is observed by hand', () => {
  it.for(Object.entries(FORMS))('has the boundary of a hooked one, bundled %s', async ([, options], { expect }) => {
    const { results, said } = await bundled(options);
    expect(Object.keys(results)).toHaveLength(17);
    for (const [name, uses] of Object.entries(results)) expect.soft({ ...EXPECTED, ...uses }, name).toEqual(EXPECTED);
    expect(said).toEqual([]);
  });
});

/** What bundlers for runtimes other than Node ask packages for. */
const CONDITIONS: Readonly<Record<string, readonly string[]>> = { workerd: ['workerd', 'worker', 'browser'], 'edge functions': ['edge-light', 'worker', 'browser'], browsers: ['browser'] };

/** What such a runtime has in common with all others. */
const GLOBALS = ['AbortController', 'AbortSignal', 'Blob', 'DOMException', 'Event', 'EventTarget', 'File', 'FormData', 'Headers', 'ReadableStream', 'Request', 'Response', 'TextDecoder', 'TextEncoder', 'TransformStream', 'URL', 'URLSearchParams', 'clearTimeout', 'crypto', 'fetch', 'performance', 'queueMicrotask', 'setTimeout', 'structuredClone'] as const;

interface Elsewhere {
  readonly same: boolean;
  readonly answers: readonly string[];
  readonly operations: readonly string[];
}

async function bundledFor(conditions: readonly string[]): Promise<{ readonly code: string; readonly inputs: readonly string[] }> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: PACKAGE,
    entryPoints: ['apps/observed/elsewhere.mjs'],
    bundle: true,
    write: false,
    metafile: true,
    // A module of Node's would be an error.
    platform: 'browser',
    conditions: [...conditions],
    format: 'iife',
    globalName: 'application',
    logLevel: 'silent',
  });
  return { code: outputFiles[0]?.text ?? '', inputs: Object.keys(metafile.inputs) };
}

/** Runs the bundle where there is nothing of Node's. */
async function runElsewhere(code: string, more: object): Promise<Elsewhere & { readonly said: readonly string[] }> {
  const said: string[] = [];
  const console = { warn: (text: string) => said.push(text), log: () => undefined, error: () => undefined, debug: () => undefined, info: () => undefined };
  const context = createContext({ ...Object.fromEntries(GLOBALS.map((name): [string, unknown] => [name, Reflect.get(globalThis, name)])), console, ...more });
  new Script(code).runInContext(context);
  const { application } = context as { readonly application: { readonly calls: (baseUrl: string) => Promise<Elsewhere> } };
  return { ...(await application.calls(`${provider.session('unavailable,ok').baseUrl}/v1`)), said };
}

describe.concurrent.each(Object.entries(CONDITIONS))('a client in a bundle for %s', (_runtime, conditions) => {
  it('is observed without anything of Node, nor what hooks modules there', async ({ expect }) => {
    const { code, inputs } = await bundledFor(conditions);
    expect(inputs.filter((input) => /es-module-lexer|\/module-hooks\./.test(input))).toEqual([]);
    const { answers, operations, said, same } = await runElsewhere(code, { AsyncLocalStorage });
    expect({ same, operations, said }).toEqual({ same: true, operations: ['sdk 1 [503,200]', 'sdk 0 [200]'], said: [] });
    expect(answers).toEqual([expect.stringContaining('Paris'), expect.stringContaining('Paris')]);
  });

  it('works on untraced where the runtime has no AsyncLocalStorage, and one line says so', async ({ expect }) => {
    const { code } = await bundledFor(conditions);
    const { answers, operations, said } = await runElsewhere(code, {});
    expect([answers.length, operations]).toEqual([2, []]);
    expect(said).toEqual([expect.stringContaining('This runtime has no AsyncLocalStorage')]);
  });
});
