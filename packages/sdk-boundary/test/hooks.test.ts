import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Application, application, removeApplications } from './fixtures/application.ts';

const execute = promisify(execFile);
const RUNNER = fileURLToPath(new URL('fixtures/run-hooks.mjs', import.meta.url));
const nodeOf = (alias: string): string => fileURLToPath(new URL(`../node_modules/${alias}/bin/node`, import.meta.url));

/** Where the hooks are synchronous, and where those have a defect, so that a loader in a thread of its own is used. */
const NODES = {
  '22.15.0': nodeOf('node-22-15'),
  '22.23.3': nodeOf('node-22'),
  '24.0.0': nodeOf('node-24-0'),
  current: process.execPath,
  '26.10.0': nodeOf('node-26'),
} as const;
type Node = keyof typeof NODES;

interface Told {
  readonly file: string;
  readonly name: string;
  readonly version?: string;
  readonly copy: number;
  readonly before?: true;
  readonly names: readonly string[];
  /** The loaded modules that have the class that was told. */
  readonly class: readonly string[];
}

interface Report {
  readonly told: readonly Told[];
  readonly loaded: Readonly<Record<string, { readonly names: readonly string[]; readonly facts?: Readonly<Record<string, unknown>>; readonly reads?: string }>>;
  readonly errors: Readonly<Record<string, string>>;
}

let app: Application;
beforeAll(() => {
  app = application();
});
afterAll(removeApplications);

interface More {
  readonly form?: 'esm' | 'cjs';
  readonly argv?: readonly string[];
  readonly wanted?: { readonly files: readonly string[]; readonly packages: readonly string[] };
}

async function run(node: Node, steps: readonly string[], { argv = [], ...more }: More = {}): Promise<Report> {
  const { stdout } = await execute(NODES[node], ['--no-warnings', ...argv, RUNNER, JSON.stringify({ ...app, steps, ...more })], { timeout: 60_000 });
  return JSON.parse(stdout) as Report;
}

/** Each file once, with who has the class: `sdk-esm/client.js: import sdk-esm`. */
function lines({ told }: Report): readonly string[] {
  return [...new Set(told.map(({ class: classes, copy, file }) => `${copy === 0 ? '' : `copy ${copy}: `}${file}: ${classes.join(', ')}`))].sort();
}

const ALL = ['import sdk-esm', 'import sdk-cjs', 'import sdk-dual', 'import @scope/sdk', 'require sdk-cjs', 'require sdk-dual', 'import other'];
const ALL_TOLD = ['@scope/sdk/index.js: import @scope/sdk', 'sdk-cjs/index.js: import sdk-cjs, require sdk-cjs', 'sdk-dual/index.cjs: require sdk-dual', 'sdk-dual/index.mjs: import sdk-dual', 'sdk-esm/client.js: import sdk-esm', 'sdk-esm/index.js: import sdk-esm'];

describe.concurrent.each(Object.keys(NODES) as Node[])('the module hooks on Node %s', { timeout: 120_000 }, (node) => {
  it.for(['esm', 'cjs'] as const)('tell of every wanted file, however it is loaded, and of no other (%s)', async (form, { expect }) => {
    const report = await run(node, ['watch', ...ALL], { form });
    expect(report.errors).toEqual({});
    expect(lines(report)).toEqual(ALL_TOLD);
    expect(report.told.find(({ file }) => file === 'sdk-esm/index.js')).toMatchObject({ name: 'sdk-esm', version: '1.2.3', names: ['Client', 'default', 'more'] });
    expect(report.told.find(({ file }) => file === 'sdk-cjs/index.js')).toMatchObject({ name: 'sdk-cjs', version: '2.0.0', names: ['Client', 'facts'] });
  });

  it('leave what they load as it is without them', async ({ expect }) => {
    const steps = [...ALL, 'import sdk-odd', 'import sdk-cyclic', 'import sdk-broken'];
    const [watched, bare] = [await run(node, ['watch', ...steps]), await run(node, steps)];
    expect(watched.loaded).toEqual(bare.loaded);
    expect(watched.errors).toEqual(bare.errors);
    expect(bare.errors).toEqual({ 'import sdk-broken': 'RangeError: not today' });
  });

  it('tell of what is written in an unusual way, and of the modules of a cycle', async ({ expect }) => {
    const report = await run(node, ['watch', 'import sdk-odd', 'import sdk-cyclic'], { wanted: { files: ['sdk-cyclic/part.js', 'sdk-cyclic/index.js'], packages: ['sdk-odd'] } });
    expect(report.errors).toEqual({});
    expect(lines(report)).toEqual(['sdk-cyclic/index.js: import sdk-cyclic', 'sdk-cyclic/part.js: import sdk-cyclic', 'sdk-odd/index.js: import sdk-odd']);
    expect(report.told.find(({ name }) => name === 'sdk-odd')?.names).toEqual(['Client', 'data', 'the client', 'waited']);
  });

  it('tell of ES modules that are required', async ({ expect }) => {
    const report = await run(node, ['watch', 'require sdk-esm', 'require @scope/sdk', 'import sdk-esm']);
    expect(report.errors).toEqual({});
    expect(lines(report)).toEqual(expect.arrayContaining(['@scope/sdk/index.js: require @scope/sdk', 'sdk-esm/index.js: require sdk-esm, import sdk-esm']));
  });

  it('find what was required before, and tell of no ES module that was', async ({ expect }) => {
    const report = await run(node, ['require sdk-cjs', 'require sdk-dual', 'import sdk-dual', 'import @scope/sdk', 'before', 'watch', 'import sdk-esm']);
    expect(report.errors).toEqual({});
    expect(report.told.filter(({ before }) => before).map(({ file, class: classes }) => `${file}: ${classes.join()}`).sort()).toEqual(['sdk-cjs/index.js: require sdk-cjs', 'sdk-dual/index.cjs: require sdk-dual']);
    expect(report.told.filter(({ before }) => before !== true).map(({ file }) => file).sort()).toEqual(['sdk-esm/client.js', 'sdk-esm/index.js']);
  });

  it('tell nobody who has stopped, and whoever watches still', async ({ expect }) => {
    expect((await run(node, ['watch', 'stop', 'import sdk-esm', 'require sdk-cjs'])).told).toEqual([]);
    expect(lines(await run(node, ['watch', 'watch', 'stop', 'import @scope/sdk', 'require sdk-dual']))).toEqual(['@scope/sdk/index.js: import @scope/sdk', 'sdk-dual/index.cjs: require sdk-dual']);
  });

  it('tell of what is required where ES modules must not be hooked', async ({ expect }) => {
    const report = await run(node, ['forbid', 'watch', 'import sdk-esm', 'import sdk-cjs', 'require sdk-dual', 'stop', 'import other']);
    expect(report.errors).toEqual({});
    expect(lines(report)).toEqual(['sdk-cjs/index.js: import sdk-cjs', 'sdk-dual/index.cjs: require sdk-dual']);
  });

  it('tell of what is wanted later, too', async ({ expect }) => {
    const report = await run(node, ['watch', 'import sdk-esm', 'also other', 'import other', 'import @scope/sdk'], { wanted: { files: [], packages: ['sdk-esm', '@scope/sdk'] } });
    expect(report.errors).toEqual({});
    expect(lines(report)).toEqual(['@scope/sdk/index.js: import @scope/sdk', 'other/index.js: import other', 'sdk-esm/index.js: import sdk-esm']);
    expect(report.told).toHaveLength(3);
  });

  it('tell the others where one who is told throws', async ({ expect }) => {
    const report = await run(node, ['throwing', 'watch', 'import sdk-esm', 'require sdk-cjs']);
    expect(report.errors).toEqual({});
    expect(lines(report)).toEqual(['sdk-cjs/index.js: require sdk-cjs', 'sdk-esm/client.js: import sdk-esm', 'sdk-esm/index.js: import sdk-esm']);
  });

  it('tell both of two copies of the package', async ({ expect }) => {
    const report = await run(node, ['watch 0', 'watch 1', 'import sdk-esm', 'require sdk-cjs', 'import sdk-dual']);
    expect(report.errors).toEqual({});
    const ofOne = ['sdk-cjs/index.js: require sdk-cjs', 'sdk-dual/index.mjs: import sdk-dual', 'sdk-esm/client.js: import sdk-esm', 'sdk-esm/index.js: import sdk-esm'];
    expect(lines(report)).toEqual([...ofOne.map((line) => `copy 1: ${line}`), ...ofOne].sort());
  });

  it.for([
    ['loader', 'watch'],
    ['watch', 'loader'],
    ['own', 'watch'],
    ['watch', 'own'],
    ['datadog', 'watch'],
    ['watch', 'datadog'],
    ['datadog', 'watch', 'loader'],
  ])('work beside other loaders: %s, %s', async (order, { expect }) => {
    const report = await run(node, [...order, ...ALL]);
    expect(report.errors).toEqual({});
    expect(lines(report)).toEqual(ALL_TOLD);
  });

  it.skipIf(node === '22.15.0' || node === '24.0.0').for([
    ['middle', 'watch'],
    ['watch', 'middle'],
    ['middle', 'watch', 'loader'],
    ['loader', 'watch', 'middle'],
  ])('work beside hooks of import-in-the-middle in this thread: %s, %s', async (order, { expect }) => {
    const report = await run(node, [...order, ...ALL]);
    expect(report.errors).toEqual({});
    expect(lines(report)).toEqual(ALL_TOLD);
  });
});
