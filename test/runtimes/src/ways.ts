import { BUNDLES, SECOND_COPY } from './built.ts';

/** One way to run an application that makes one whole call, one that is retried and one stream that is cut. */
export interface Way {
  /** Completes "run …". */
  readonly name: string;
  /** Major version of Node. Default: the one that runs the tests. */
  readonly on?: NodeMajor;
  /** Node's own arguments, with and without Outspan. */
  readonly node?: readonly string[];
  /** Node's arguments that bring Outspan. Default: the one import. */
  readonly with?: readonly string[];
  /** The application and its arguments. */
  readonly app: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Variables that bring Outspan. */
  readonly withEnv?: Readonly<Record<string, string>>;
  /** Variables of the run without Outspan. */
  readonly bareEnv?: Readonly<Record<string, string>>;
  /** Default: the package. */
  readonly cwd?: string;
  /** How many threads or processes make the calls. Default: 1. */
  readonly parties?: number;
  /** How many of them are recorded. Default: all. */
  readonly recorded?: number;
  /** How many `service.instance.id` there are. Default: as many as are recorded. */
  readonly instances?: number;
  /** Default: `sdk`. */
  readonly boundary?: 'sdk' | 'inferred';
  /** What the lines that Outspan writes to standard error are, each written once. Default: none. */
  readonly says?: readonly RegExp[];
  /** Test runners print times: of their output only the lines of the calls are compared. */
  readonly runner?: true;
  /** What a reader should know where it is not as in a plain run. */
  readonly differs?: string;
  /** It should be as in a plain run, and is not. */
  readonly loses?: true;
}

export type NodeMajor = 22 | 24 | 26;

const IMPORT = ['--import', '@outspan/node/register'];
const REQUIRE = ['--require', '@outspan/node/register'];
const INSTRUMENT = ['--import', '@outspan/node/instrument'];
const ESM = ['apps/esm.mjs'];
const COMMONJS = ['apps/commonjs.cjs'];
const NOTHING: readonly string[] = [];
const BY_VARIABLE = { with: NOTHING, withEnv: { NODE_OPTIONS: '--import @outspan/node/register' } };
const UNHOOKED = /The OpenAI SDK is in use but is not hooked/;
const FROM_THE_WIRE = { boundary: 'inferred', says: [UNHOOKED] } as const;

/** The package and its dependencies, which are all that an application has to be allowed to read. */
const WORKSPACE = new URL('../../..', import.meta.url).pathname;
const PACKAGE = new URL('..', import.meta.url).pathname;
const REGISTER = import.meta.resolve('@outspan/node/register');
const MAJORS: readonly NodeMajor[] = [22, 24, 26];
/** From Node.js 25 on the network needs a grant too. */
const network = (on: NodeMajor): string[] => (on >= 25 ? ['--allow-net'] : []);
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--root', 'apps/vitest'];
const JEST = ['node_modules/jest/bin/jest.js', '--config', 'apps/jest.config.cjs'];
const JEST_CACHE = { CACHE: `${PACKAGE}dist/ways/jest` };

/** A plain run, with which all others are compared. */
export const PLAIN: Way = { name: 'an ES module, by --import', app: ESM };

export const WAYS: readonly Way[] = [
  PLAIN,
  { name: 'an ES module, by --require', with: REQUIRE, app: ESM },
  { name: 'CommonJS, by --require', with: REQUIRE, app: COMMONJS },
  { name: 'CommonJS, by --import', app: COMMONJS },
  ...([22, 26] as const).flatMap((on): Way[] => [
    { name: `an ES module on Node.js ${on}`, on, app: ESM },
    { name: `CommonJS on Node.js ${on}`, on, with: REQUIRE, app: COMMONJS },
  ]),

  { name: 'register imported twice', with: [...IMPORT, ...IMPORT], app: ESM },
  { name: 'register by --import and --require', with: [...IMPORT, ...REQUIRE], app: ESM },
  { name: 'register and instrument', with: [...IMPORT, ...INSTRUMENT], app: ESM },
  { name: 'instrument and register', with: [...INSTRUMENT, ...IMPORT], app: ESM },
  {
    name: 'two copies of Outspan, versions apart, both by register',
    with: [...IMPORT, '--import', SECOND_COPY.register],
    app: ESM,
    says: [/two versions of @outspan\/node are in use: \S+ came first and acts, 999\.0\.0 leaves the calls to it/],
  },
  {
    name: 'two copies of Outspan, versions apart, one by register and one in code',
    with: [...IMPORT, '--import', SECOND_COPY.code],
    app: ESM,
    says: [/two versions of @outspan\/node are in use/],
  },
  {
    name: "two copies of Outspan's instrumentations, versions apart, each created by itself",
    with: [...IMPORT, '--import', SECOND_COPY.instances],
    app: ESM,
    says: [/@outspan\/instrumentation-undici \S+ is active in this thread already: another one, of version 999\.0\.0, stays off/, /@outspan\/instrumentation-openai \S+ is active in this thread already/],
  },

  ...MAJORS.map((on): Way => ({ name: `worker_threads that inherit --import, Node.js ${on}`, on, app: ['apps/in-threads.mjs'], parties: 3 })),
  {
    name: 'worker_threads with arguments of their own (execArgv: [])',
    app: ['apps/in-threads.mjs'],
    env: { WORKER_ARGV: '' },
    parties: 3,
    recorded: 1,
    differs: 'the threads are not recorded: nothing brings Outspan to them',
  },
  { name: 'worker_threads with arguments of their own, by NODE_OPTIONS', ...BY_VARIABLE, app: ['apps/in-threads.mjs'], env: { WORKER_ARGV: '' }, parties: 3 },
  { name: 'cluster', app: ['apps/in-cluster.mjs'], parties: 2 },
  { name: 'a reload: cluster workers replaced while calls are under way', app: ['apps/reloads.mjs'], parties: 2 },
  { name: 'child processes (fork and spawn), by NODE_OPTIONS', ...BY_VARIABLE, app: ['apps/forks.mjs'], parties: 2 },
  {
    name: 'child processes (fork and spawn), by --import',
    app: ['apps/forks.mjs'],
    parties: 2,
    recorded: 1,
    differs: 'fork inherits --import; spawn does not, and its process is not recorded',
  },

  {
    name: 'Jest',
    app: JEST,
    env: { ...JEST_CACHE, TESTS: 'jest' },
    parties: 2,
    instances: 1,
    runner: true,
    ...FROM_THE_WIRE,
    differs: 'its module registry cannot be hooked: boundary `inferred`, said once',
  },
  {
    name: 'Jest, with Outspan started inside of each test file as well',
    app: JEST,
    env: { ...JEST_CACHE, TESTS: 'jest-inside' },
    bareEnv: { UNTRACED: '1' },
    parties: 2,
    instances: 1,
    runner: true,
    ...FROM_THE_WIRE,
    differs: 'each test file has its own global scope, and records its calls once more to the provider of that scope',
  },
  { name: 'Vitest, pool forks', ...BY_VARIABLE, app: [...VITEST, '--pool', 'forks'], parties: 2, runner: true },
  {
    name: 'Vitest, pool vmForks',
    ...BY_VARIABLE,
    app: [...VITEST, '--pool', 'vmForks', '--maxWorkers', '1'],
    parties: 2,
    runner: true,
    ...FROM_THE_WIRE,
    instances: 1,
    differs: 'its module registry cannot be hooked: boundary `inferred`, said once',
  },
  {
    name: 'Vitest, pool threads',
    ...BY_VARIABLE,
    app: [...VITEST, '--pool', 'threads'],
    parties: 2,
    recorded: 0,
    runner: true,
    loses: true,
    differs: 'the runner terminates its threads, which leaves no moment to export: what was not exported by then (every 5 s) is lost',
  },

  ...MAJORS.map((on): Way => ({
    name: `--permission with the grants that it needs, Node.js ${on}`,
    on,
    node: ['--permission', `--allow-fs-read=${WORKSPACE}`, ...network(on)],
    app: ESM,
  })),
  ...MAJORS.map((on): Way => ({
    name: `a file system that cannot be written, no temporary folder, no home, Node.js ${on}`,
    on,
    node: ['--permission', '--allow-fs-read=*', ...network(on)],
    with: ['--import', REGISTER],
    app: [`${PACKAGE}apps/esm.mjs`],
    env: { HOME: '/proc/none', TMPDIR: '/proc/none' },
    cwd: '/proc',
  })),
  {
    name: '--permission without the network, Node.js 26',
    on: 26,
    node: ['--permission', `--allow-fs-read=${WORKSPACE}`],
    app: ['apps/tells-failures.mjs'],
    recorded: 0,
    says: [/ERR_ACCESS_DENIED/],
    differs: 'neither the calls nor the telemetry get out; the application fails as without it',
  },
  {
    name: '--permission with --allow-child-process, ended by process.exit()',
    node: ['--permission', `--allow-fs-read=${WORKSPACE}`, '--allow-child-process'],
    app: ['apps/exits.mjs'],
  },
  {
    name: '--permission without --allow-child-process, ended by process.exit()',
    node: ['--permission', `--allow-fs-read=${WORKSPACE}`],
    app: ['apps/exits.mjs'],
    recorded: 0,
    loses: true,
    differs: 'what is pending at `process.exit()` is delivered by a child process, which may not be started there',
  },
  ...([24, 26] as const).map((on): Way => ({ name: `--frozen-intrinsics, an ES module, Node.js ${on}`, on, node: ['--frozen-intrinsics'], app: ESM })),
  ...([24, 26] as const).map((on): Way => ({ name: `--frozen-intrinsics, CommonJS, Node.js ${on}`, on, node: ['--frozen-intrinsics'], with: REQUIRE, app: COMMONJS })),
  ...MAJORS.map((on): Way => ({ name: `--disallow-code-generation-from-strings, Node.js ${on}`, on, node: ['--disallow-code-generation-from-strings'], app: ESM })),

  { name: 'an ES module bundle of esbuild, the SDK inside', app: [BUNDLES.esm], ...FROM_THE_WIRE, differs: 'boundary `inferred`, said once' },
  { name: 'a CommonJS bundle of esbuild, the SDK inside', app: [BUNDLES.commonjs], ...FROM_THE_WIRE, differs: 'boundary `inferred`, said once' },
  { name: 'a minified bundle of esbuild, the SDK inside', app: [BUNDLES.minified], ...FROM_THE_WIRE, differs: 'boundary `inferred`, said once' },
  { name: 'an ES module bundle of esbuild, the SDK external', app: [BUNDLES.esmExternal] },
  { name: 'a CommonJS bundle of esbuild, the SDK external', with: REQUIRE, app: [BUNDLES.commonjsExternal] },
  {
    name: 'an ES module bundle of esbuild, Outspan and the SDK inside',
    with: NOTHING,
    app: [BUNDLES.everythingEsm],
    bareEnv: { OTEL_SDK_DISABLED: 'true' },
    ...FROM_THE_WIRE,
    differs: 'boundary `inferred`, said once',
  },
  {
    name: 'a CommonJS bundle of esbuild, Outspan and the SDK inside',
    with: NOTHING,
    app: [BUNDLES.everythingCommonjs],
    bareEnv: { OTEL_SDK_DISABLED: 'true' },
    ...FROM_THE_WIRE,
    differs: 'boundary `inferred`, said once',
  },
];
