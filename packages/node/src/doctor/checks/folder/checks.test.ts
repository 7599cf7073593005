import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';
import type { Manifest } from '../../folder/manifest.ts';
import type { ExaminedStart } from '../../folder/starts.ts';
import { readCommand } from '../../starts/command.ts';
import { commandsIn } from '../../starts/words.ts';
import { FOLDER_CHECKS } from './table.ts';

const MANIFEST: Manifest = { name: 'app', version: '1.0.0', type: 'module', scripts: {}, dependencies: { '@outspan/node': '*' }, devDependencies: {}, peerDependencies: {}, optionalDependencies: {}, hasWorkspaces: false };

function start(line: string, more: Partial<ExaminedStart> = {}): ExaminedStart {
  return {
    place: { file: 'package.json', name: 'scripts.start' },
    line,
    command: readCommand({ words: commandsIn(line)[0] ?? [], environment: {} }),
    use: 'production',
    environment: {},
    outspan: { state: 'yes', entry: 'register', by: '--import' },
    variables: {},
    preloads: [{ by: '--import', of: '@outspan/node/register' }],
    reached: [],
    usesSdk: undefined,
    loadedFirst: undefined,
    ...more,
  };
}

const NO = { outspan: { state: 'no' }, preloads: [] } as const;
const REGISTERED = 'node --import @outspan/node/register app.js';
const OWN = { file: 'telemetry.js', format: 'commonjs', by: 'NodeSDK' } as const;

const OPENAI = { name: 'openai', version: '7.0.0', folders: ['x'], tested: 'any', inTestedRange: true, boundary: 'sdk' } as const;

/** A folder in which all is well. */
const WELL: FolderFacts = {
  folder: '/app',
  node: { version: '24.0.0', supported: true },
  disabled: false,
  manifest: MANIFEST,
  workspace: undefined,
  installation: 'node_modules',
  marks: { bun: undefined, deno: undefined },
  packages: [
    { name: '@outspan/node', version: '0.1.0', folders: ['node_modules/@outspan/node'] },
    { name: '@opentelemetry/api', version: '1.10.0', folders: ['node_modules/@opentelemetry/api'] },
  ],
  sdks: [],
  others: [],
  starts: [start(REGISTERED)],
  nextExternals: [],
  ownSdks: [],
  exports: { settings: [], patience: { keptItems: 1, keptBytes: 1, flushTimeout: 1 }, complaints: [] },
};

/** What is found where something is not well: the checks with their severities, and the last fix. */
function found(facts: Partial<FolderFacts>): { readonly checks: readonly string[]; readonly fix: string | undefined } {
  const findings = findingsOf(FOLDER_CHECKS, { ...WELL, ...facts });
  return { checks: findings.map(({ check, severity }) => `${severity} ${check}`), fix: findings.at(-1)?.fix };
}

describe('the checks of a folder', () => {
  it('find nothing where all is well', () => {
    expect(found({}).checks).toEqual([]);
  });

  it('have names of their own', () => {
    expect(new Set(FOLDER_CHECKS.map(({ name }) => name)).size).toBe(FOLDER_CHECKS.length);
  });

  it.each<[string, Partial<FolderFacts>, readonly string[]]>([
    ['an old Node.js', { node: { version: '20.0.0', supported: false } }, ['problem node-version']],
    ['an old image', { starts: [start(REGISTERED, { image: '18' })] }, ['problem node-version']],
    ['a new image', { starts: [start(REGISTERED, { image: '22' })] }, []],
    ['OTEL_SDK_DISABLED', { disabled: true }, ['problem disabled']],
    ['no package.json', { manifest: undefined, starts: [] }, ['unknown project']],
    ['the root of a workspace', { workspace: { root: '/app', isRoot: true }, starts: [] }, ['unknown project']],
    ['nothing installed', { installation: 'none', packages: [] }, ['problem installation']],
    ['Outspan not installed', { packages: [] }, ['problem installation']],
    ['Outspan for development only', { manifest: { ...MANIFEST, dependencies: {}, devDependencies: { '@outspan/node': '*' } } }, ['note installation']],
    ['Bun', { starts: [start('bun app.ts', NO)] }, ['problem runtime']],
    ['a lockfile of Bun', { starts: [], marks: { bun: 'bun.lock', deno: undefined } }, ['unknown runtime']],
    ['Deno alone', { manifest: undefined, starts: [], marks: { bun: undefined, deno: 'deno.json' } }, ['problem runtime']],
    ['no start', { starts: [] }, ['unknown import']],
    ['a start without the import', { starts: [start('node app.js', NO)] }, ['problem import']],
    ['a start for development without it, beside one with it', { starts: [start(REGISTERED), start('node app.js', { ...NO, use: 'development' })] }, ['note import']],
    ['a start that makes no calls, beside one that does', { starts: [start(REGISTERED, { usesSdk: true }), start('node docs.js', { ...NO, usesSdk: false })] }, []],
    ['a script that a Dockerfile starts with it', { starts: [start('node app.js', NO), start('node app.js', { variables: {} })] }, ['note import']],
    ['a start that may have it', { starts: [start('node app.js', { ...NO, outspan: { state: 'maybe', why: 'x depends on Outspan' } })] }, ['unknown unclear-start']],
    ['a program that is not known', { starts: [start('./run.sh', NO)] }, ['unknown unclear-start']],
    ['SDKs that are loaded first', { starts: [start('node app.js', { preloads: [], outspan: { state: 'yes', entry: 'register', by: 'source', file: 'app.js' }, loadedFirst: { file: 'app.js', sdks: ['openai'] } })] }, ['problem loaded-first']],
    ['an SDK of its own beside register', { ownSdks: [OWN], exports: undefined }, ['problem two-sdks', 'unknown own-sdk']],
    ['an SDK of its own beside instrument', { ownSdks: [OWN], exports: undefined, starts: [start('node app.js', { outspan: { state: 'yes', entry: 'instrument', by: '--import' } })] }, ['unknown own-sdk']],
    ['an SDK that is preloaded before register', { ownSdks: [{ file: 'auto', format: undefined, by: 'auto' }], exports: undefined, starts: [start(REGISTERED, { preloads: [{ by: '--import', of: 'auto' }, { by: '--import', of: '@outspan/node/register' }] })] }, ['unknown own-sdk']],
    ['an SDK that is only depended on', { manifest: { ...MANIFEST, dependencies: { '@opentelemetry/sdk-node': '*' } }, starts: [start('node app.js', { outspan: { state: 'yes', entry: 'code', by: 'source', file: 'a.js' } })] }, ['unknown own-sdk']],
    ['an API that is too old', { packages: [...WELL.packages.slice(0, 1), { name: '@opentelemetry/api', version: '1.8.0', folders: ['x'] }] }, ['problem opentelemetry-versions']],
    ['an SDK that is too old, which nobody starts', { packages: [...WELL.packages, { name: '@opentelemetry/sdk-node', version: '0.57.0', folders: ['x'] }] }, ['note opentelemetry-versions']],
    ['two versions of the API', { packages: [...WELL.packages, { name: '@opentelemetry/api', version: '1.9.0', folders: ['y'] }] }, ['problem api-versions']],
    ['two copies of one version', { packages: [...WELL.packages, { name: '@opentelemetry/api', version: '1.10.0', folders: ['y'] }] }, []],
    ['an SDK that nothing sees', { sdks: [{ ...OPENAI, boundary: 'none', note: 'off' }] }, ['problem not-covered']],
    ['a bundle', { starts: [start(REGISTERED, { reached: [{ path: '/app/dist/a.js', format: 'esm', code: { imports: [], syntax: undefined, startsSdk: undefined, outspan: undefined }, bundles: ['openai'] }] })] }, ['unknown bundle']],
    ['Next.js', { starts: [start('next start')], sdks: [OPENAI] }, ['unknown bundle']],
    ['Next.js that leaves the SDK out', { starts: [start('next start')], sdks: [OPENAI], nextExternals: ['openai'] }, []],
    ['variables that make no sense', { exports: { settings: [], patience: { keptItems: 1, keptBytes: 1, flushTimeout: 1 }, complaints: ['OTEL_X'] } }, ['problem variables']],
    ['a backend that is down', { exports: { settings: [{ signal: 'traces', protocol: 'grpc', url: 'http://x', answers: false, reason: 'no answer' }], patience: { keptItems: 1, keptBytes: 1, flushTimeout: 1 }, complaints: [] } }, ['problem backend']],
  ])('tell of %s', (_, facts, checks) => {
    expect(found(facts).checks).toEqual(checks);
  });

  it.each([
    ['package.json', start('node app.js', NO), 'package.json, scripts.start: "start": "node --import @outspan/node/register app.js"'],
    ['a Procfile', start('node app.js', { ...NO, place: { file: 'Procfile', name: 'web', line: 2 } }), 'Procfile, line 2: web: node --import @outspan/node/register app.js'],
    ['a Dockerfile', start('node app.js', { ...NO, words: ['node', 'app.js'], place: { file: 'Dockerfile', name: 'CMD', line: 9 } }), 'Dockerfile, line 9: CMD ["node", "--import", "@outspan/node/register", "app.js"]'],
    ['a Dockerfile whose command is not a list', start('sh -c "node app.js"', { ...NO, place: { file: 'Dockerfile', name: 'CMD', line: 9 } }), 'Dockerfile, line 9: ENV NODE_OPTIONS="--import @outspan/node/register"'],
    ['a server that takes no options', start('nest start', NO), String.raw`package.json, scripts.start: "start": "NODE_OPTIONS=\"--import @outspan/node/register\" nest start"`],
  ])('show the line to write in %s', (_, one, fix) => {
    expect(found({ starts: [one] }).fix).toBe(fix);
  });

  it('ask for instrument beside an SDK of its own', () => {
    const findings = findingsOf(FOLDER_CHECKS, { ...WELL, starts: [start('node app.js', NO)], ownSdks: [OWN], exports: undefined });
    expect(findings.find(({ check }) => check === 'import')?.fix).toContain('--import @outspan/node/instrument');
  });
});
