import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FolderReport, ReportedFinding } from '../../src/doctor/report.ts';
import { closeReceivers, receiveGrpc, receiveHttp, receiving } from '../receiver.ts';
import { doctor, installed, linked, project, removeProjects, reportOf, steady, type Files } from './project.ts';

afterAll(async () => {
  removeProjects();
  await closeReceivers();
});

const examine = (folder: string, env: Readonly<Record<string, string>> = {}, args: readonly string[] = ['--offline']) => reportOf<FolderReport>(folder, args, env);

/** An application with openai and Outspan installed. */
function application(manifest: object, files: Files = {}): string {
  return project({
    ...installed({ 'node_modules/openai': '7.57.0', 'node_modules/@outspan/node': '0.1.0' }),
    'package.json': { name: 'app', dependencies: { openai: '^7.0.0', '@outspan/node': '^0.1.0' }, ...manifest },
    ...files,
  });
}

const checks = (findings: readonly ReportedFinding[]): string[] => findings.map(({ check }) => check);

describe.concurrent('npx @outspan/node doctor', () => {
  it('tells of each SDK how it will be covered, of each version of it', async () => {
    const folder = project(
      installed({
        'node_modules/openai': '7.57.0',
        'node_modules/old/node_modules/openai': '4.104.0',
        'node_modules/@anthropic-ai/sdk': '1.12.0',
        'node_modules/older/node_modules/@anthropic-ai/sdk': '0.60.0',
        'node_modules/@google/genai': '9.0.0',
        'node_modules/express': '5.0.0',
      }),
    );
    const { sdks, code } = await examine(folder);
    const told = sdks.map(({ name, version, boundary, inTestedRange }) => [name, version, boundary, inTestedRange]);
    expect(told.toSorted((one, other) => String(one).localeCompare(String(other)))).toEqual([
      ['@anthropic-ai/sdk', '0.60.0', 'sdk', true],
      ['@anthropic-ai/sdk', '1.12.0', 'native', true],
      ['@google/genai', '9.0.0', expect.stringMatching(/^(?:sdk|inferred)$/), false],
      ['openai', '4.104.0', 'sdk', false],
      ['openai', '7.57.0', 'sdk', true],
    ]);
    expect(sdks.find(({ version }) => version === '4.104.0')?.folders).toEqual(['node_modules/old/node_modules/openai']);
    expect(code).toBe(0);
  });

  it('finds what pnpm keeps in its store, once, and what a folder above has', async () => {
    const folder = project({
      ...installed({ 'node_modules/.pnpm/openai@7.57.0/node_modules/openai': '7.57.0', 'node_modules/.pnpm/openai@7.57.0_zod@4/node_modules/openai': '7.57.0', 'packages/app/node_modules/x': '1.0.0' }),
      'node_modules/openai': { link: '.pnpm/openai@7.57.0/node_modules/openai' },
    });
    const { sdks } = await examine(join(folder, 'packages/app'));
    expect(sdks).toEqual([expect.objectContaining({ name: 'openai', version: '7.57.0', folders: ['../../node_modules/openai', '../../node_modules/.pnpm/openai@7.57.0_zod@4/node_modules/openai'] })]);
  });

  it('says what switching an instrumentation off does to an SDK', async () => {
    const folder = project(installed({ 'node_modules/openai': '7.57.0' }));
    const one = await examine(folder, { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'openai' });
    expect(one.sdks).toEqual([expect.objectContaining({ boundary: 'inferred', note: '@outspan/instrumentation-openai is switched off' })]);
    const both = await examine(folder, { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'openai,undici,http' });
    expect(both).toMatchObject({ code: 1, sdks: [{ boundary: 'none' }], problems: [{ check: 'not-covered' }] });
  });

  it('names other instrumentations and what happens with them', async () => {
    const { others } = await examine(project(installed({ 'node_modules/@traceloop/instrumentation-openai': '0.27.0', 'node_modules/dd-trace': '6.0.0', 'node_modules/@traceloop/instrumentation-utils': '0.27.0' })));
    expect(others.map(({ name, beside }) => [name, beside.split(';')[0]])).toEqual([
      ['@traceloop/instrumentation-openai', 'makes the span of a call by itself'],
      ['dd-trace', expect.stringContaining('each call is recorded in both')],
    ]);
  });

  it.for(['http/protobuf', 'http/json', 'grpc'] as const)('asks a backend over %s by an export without content, and shows no value of a header', async (protocol, { expect }) => {
    const receiver = await receiving(protocol === 'grpc' ? receiveGrpc() : receiveHttp());
    const folder = project({});
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=sk-canary' };
    const { exports = [], code } = await examine(folder, env, []);
    expect(code).toBe(0);
    expect(exports.map(({ signal, protocol: spoken, headers, answers }) => [signal, spoken, headers, answers])).toEqual(['traces', 'metrics', 'logs'].map((signal) => [signal, protocol, ['x-api-key'], true]));
    expect(receiver.requests.map(({ path, headers }) => [path.includes('race') || path.includes('etric') || path.includes('log'), headers['x-api-key']])).toEqual([1, 2, 3].map(() => [true, 'sk-canary']));
    expect(receiver.requests.every(({ body }) => body.byteLength <= 2)).toBe(true);
    const { stdout } = await doctor(folder, [], { ...env, OUTSPAN_RETRY_QUEUE_SIZE: '77', OUTSPAN_FLUSH_TIMEOUT: '88' });
    expect(stdout).toContain('x-api-key=***');
    expect(stdout).toMatch(/77 spans and 77 log records are kept.* at most 88 ms/);
    expect(stdout).not.toContain('canary');
  });

  it('ends with 1 where a backend refuses, and says which signal and why', async () => {
    const receiver = await receiving(receiveHttp({ answer: 401 }));
    const { code, stdout } = await doctor(project({}), [], { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' });
    expect(code).toBe(1);
    expect(stdout).toContain(`traces do not arrive at ${receiver.url}/v1/traces: 401 Unauthorized`);
    expect(stdout).not.toContain('logs ·');
  });

  it('tells of variables that make no sense, and hides what stands in a URL', async () => {
    const { exports, problems, code } = await examine(project({}), { OTEL_TRACES_SAMPLER: 'maybe', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://user:sk-canary@127.0.0.1:1/v1?key=sk-canary' });
    expect(code).toBe(1);
    expect(problems).toEqual([{ check: 'variables', says: expect.stringContaining('OTEL_TRACES_SAMPLER') }]);
    expect(exports?.[0]?.url).toBe('http://127.0.0.1:1/v1?…');
    expect(JSON.stringify([exports, problems])).not.toContain('canary');
  });

  it('explains itself, and refuses what it does not know', async () => {
    expect(await doctor(tmpdir(), ['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: npx @outspan/node doctor') });
    for (const args of [['heal'], ['--loud'], ['--'], ['--for', 'ever', '--', 'node'], ['--for', '3']]) expect(await doctor(tmpdir(), args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage') });
  });
});

describe.concurrent('a folder where nothing would be recorded', () => {
  it('is a problem where a start script lacks the import, with the line to write', async () => {
    const folder = application({ scripts: { start: 'NODE_ENV=production node --enable-source-maps app.js' } }, { 'app.js': "const OpenAI = require('openai');" });
    const { code, problems } = await examine(folder);
    expect(code).toBe(1);
    expect(problems).toEqual([
      {
        check: 'import',
        says: 'package.json, scripts.start: `NODE_ENV=production node --enable-source-maps app.js` does not import Outspan, so nothing is recorded.',
        fix: 'package.json, scripts.start: "start": "NODE_ENV=production node --import @outspan/node/register --enable-source-maps app.js"',
      },
    ]);
  });

  it('reads Dockerfile and Procfile, and the images in them', async () => {
    const folder = application(
      {},
      {
        'server.js': "require('openai')",
        Dockerfile: 'FROM node:22 AS build\nRUN npm ci\nFROM node:20.11-slim\nWORKDIR /app\nCMD ["node", \\\n  "/app/server.js"]\n',
        Procfile: 'release: node migrate.js\nweb: node server.js\n',
      },
    );
    const { problems } = await examine(folder);
    expect(problems.map(({ check, fix }) => [check, fix])).toEqual([
      ['node-version', 'Use Node.js 22.15 or newer.'],
      ['import', 'Dockerfile, line 5: CMD ["node", "--import", "@outspan/node/register", "/app/server.js"]'],
      ['import', 'Procfile, line 2: web: node --import @outspan/node/register server.js'],
    ]);
  });

  it.for([
    ['.npmrc', 'node app.js', { '.npmrc': 'node-options=--require @outspan/node/register\n' }],
    ['a file that is loaded first', 'node --import ./telemetry.mjs app.js', { 'telemetry.mjs': "import '@outspan/node/register';" }],
    ['a file of variables', 'node --env-file=.env app.js', { '.env': 'NODE_OPTIONS="--import @outspan/node/register"\n' }],
    ['another script', 'npm run inner', {}],
  ] as const)('finds the import in %s', async ([, start, files], { expect }) => {
    const folder = application({ scripts: { start, inner: "NODE_OPTIONS='--import @outspan/node/register' node app.js" } }, { 'app.js': "require('openai')", ...files });
    expect(await examine(folder)).toMatchObject({ code: 0, problems: [], unknown: [], starts: [{ outspan: 'register' }] });
  });

  it('finds the import in NODE_OPTIONS, which the doctor itself then runs with', async () => {
    const folder = project({ ...linked('@outspan/node', 'openai'), 'package.json': { name: 'app', scripts: { start: 'node app.js' }, dependencies: { '@outspan/node': '*', openai: '*' } }, 'app.js': "require('openai')" });
    const without = await examine(folder, { NODE_OPTIONS: '--enable-source-maps' });
    expect(checks(without.problems)).toEqual(['import']);
    const within = await examine(folder, { NODE_OPTIONS: '--import "@outspan/node/register"' });
    expect(within).toMatchObject({ problems: [], exports: [{ signal: 'traces' }, { signal: 'metrics' }, { signal: 'logs' }] });
  });

  it('is a problem where Outspan is not installed for the application', async () => {
    const { problems } = await examine(project({ ...installed({ 'node_modules/openai': '7.57.0' }), 'package.json': { name: 'app', scripts: { start: 'node --import @outspan/node/register app.js' }, dependencies: { openai: '7' } }, 'app.js': '' }));
    expect(checks(problems)).toEqual(['installation']);
  });

  it.for([
    ['Bun', { scripts: { start: 'bun run src/index.ts' } }, { 'bun.lock': '', 'src/index.ts': "import 'openai'" }],
    ['Deno', { scripts: { start: 'deno run -A main.ts' } }, { 'deno.json': '{}', 'main.ts': '' }],
    ['Cloudflare Workers', { scripts: { dev: 'wrangler dev' } }, { 'wrangler.toml': '' }],
  ] as const)('is a problem on %s, with what to use there', async ([name, manifest, files], { expect }) => {
    const { problems } = await examine(application(manifest, files));
    expect(problems).toEqual([{ check: 'runtime', says: expect.stringContaining(`runs on ${name}`), fix: expect.stringContaining('@outspan/instrumentation-fetch') }]);
  });

  it('is a problem for Deno without a package.json, and not known where a lockfile of Bun is all there is', async () => {
    expect(await examine(project({ 'deno.json': '{}' }))).toMatchObject({ code: 1, problems: [{ check: 'runtime' }] });
    const bun = await examine(application({}, { 'bun.lock': '' }));
    expect([checks(bun.problems), checks(bun.unknown)]).toEqual([[], ['runtime']]);
  });

  it('says that it cannot know where nothing is found that starts the application', async () => {
    const report = await examine(application({ scripts: { build: 'tsc' } }));
    expect(report).toMatchObject({ code: 0, problems: [], unknown: [{ check: 'import', fix: expect.stringContaining('doctor -- node app.js') }] });
  });
});

describe.concurrent('an application', () => {
  it('in a workspace hears of its own needs, and not of its neighbours’, wherever those are installed', async () => {
    const folder = project({
      ...installed({ 'node_modules/@google/genai': '3.1.0', 'node_modules/@outspan/node': '0.1.0', 'packages/app/node_modules/openai': '7.57.0' }),
      'node_modules/llm/package.json': { name: 'llm', version: '1.0.0', dependencies: { cohere: '*', 'cohere-ai': '*' } },
      ...installed({ 'node_modules/cohere-ai': '8.1.0' }),
      'package.json': { private: true, workspaces: ['packages/*'] },
      'packages/app/package.json': { name: 'app', type: 'module', scripts: { start: 'node --import @outspan/node/register index.js' }, dependencies: { openai: '*', llm: '*' }, devDependencies: { '@outspan/node': '*' } },
      'packages/app/index.js': "import 'openai'; import 'llm';",
      'packages/other/package.json': { name: 'other', dependencies: { '@google/genai': '*' } },
    });
    const report = await examine(join(folder, 'packages/app'));
    expect(report.sdks.map(({ name, folders }) => [name, folders])).toEqual([
      ['openai', ['node_modules/openai']],
      ['cohere-ai', ['../../node_modules/cohere-ai']],
    ]);
    expect(report).toMatchObject({ code: 0, workspace: folder, problems: [], notes: [{ check: 'installation' }] });
    expect((await examine(folder)).unknown).toEqual([expect.objectContaining({ check: 'project' })]);
  });

  it("under Yarn's Plug'n'Play is read from its map, which is not run", async () => {
    const map = `throw new Error('not to be run');\n${readFileSync(new URL('pnp.fixture.txt', import.meta.url), 'utf8')}`;
    const folder = project({ '.pnp.cjs': map, 'package.json': { name: 'app', scripts: { start: 'node --import @outspan/node/register app.mjs' }, dependencies: { openai: '*', '@outspan/node': '*' } }, 'app.mjs': "import 'openai'" });
    const report = await examine(folder);
    expect(report).toMatchObject({ code: 0, installation: 'pnp', sdks: [{ name: 'openai', version: '7.57.0' }], problems: [], unknown: [] });
    expect(report.packages).toEqual(expect.arrayContaining([expect.objectContaining({ name: '@opentelemetry/api', version: '1.10.0' }), expect.objectContaining({ name: '@outspan/node', version: 'unknown' })]));
  });

  it('that runs a bundle cannot be seen into: its SDK is known by its requests', async () => {
    const bundle = '// node_modules/openai/client.mjs\nvar OpenAI = class { key = process.env.OPENAI_API_KEY };\n';
    const report = await examine(application({ scripts: { build: 'esbuild src/index.ts --bundle', start: 'node --import @outspan/node/register dist/index.js' } }, { 'dist/index.js': bundle, 'src/index.ts': "import OpenAI from 'openai'" }));
    expect(report.sdks).toEqual([expect.objectContaining({ name: 'openai', boundary: 'inferred', note: 'it is bundled into dist/index.js' })]);
    expect(report).toMatchObject({ code: 0, problems: [], unknown: [{ check: 'bundle', says: expect.stringContaining('Expect the boundary inferred') }] });
  });

  it('that is not built yet is known as far as its sources tell', async () => {
    const scripts = { start: 'node dist/index.js' };
    const without = await examine(application({ scripts }, { 'src/index.ts': "import OpenAI from 'openai'" }));
    expect(checks(without.problems)).toEqual(['import']);
    const within = await examine(application({ scripts }, { 'src/index.ts': "import '@outspan/node/register'; import OpenAI from 'openai'" }));
    expect([checks(within.problems), checks(within.unknown)]).toEqual([[], ['unclear-start']]);
  });

  it('with an SDK of its own and register has one too many', async () => {
    const files = { 'app.js': "require('./telemetry'); require('openai');", 'telemetry.js': "const { NodeSDK } = require('@opentelemetry/sdk-node'); new NodeSDK().start();" };
    const report = await examine(application({ scripts: { start: 'node --import @outspan/node/register app.js' } }, files));
    expect(report.problems).toEqual([{ check: 'two-sdks', says: expect.stringContaining('telemetry.js starts an OpenTelemetry SDK of its own (NodeSDK)'), fix: 'package.json, scripts.start: node --import @outspan/node/instrument app.js' }]);
    expect(report.ownSdks).toEqual([{ file: 'telemetry.js', format: 'commonjs', by: 'NodeSDK' }]);
  });

  it('with an SDK of its own in the other module format than the import of Outspan decides itself where telemetry goes', async () => {
    const files = { 'app.cjs': "require('./telemetry.cjs'); require('openai');", 'telemetry.cjs': "const { NodeSDK } = require('@opentelemetry/sdk-node'); new NodeSDK().start();" };
    const report = await examine(application({ scripts: { start: 'node --import @outspan/node/instrument app.cjs' } }, files));
    expect(report).toMatchObject({ code: 0, problems: [], unknown: [{ check: 'own-sdk', says: expect.stringContaining('telemetry.cjs (CommonJS)') }] });
    expect(report.exports).toBeUndefined();
  });

  it('whose ES modules import Outspan beside an SDK loads the SDK first', async () => {
    const report = await examine(application({ type: 'module', scripts: { start: 'node app.js' } }, { 'app.js': "import '@outspan/node/register';\nimport OpenAI from 'openai';\n" }));
    expect(report.problems).toEqual([{ check: 'loaded-first', says: expect.stringContaining('app.js imports Outspan in the same graph of ES modules as openai'), fix: expect.stringContaining('node --import @outspan/node/register app.js') }]);
  });

  it('has one version of the API, and those that are supported', async () => {
    const folder = project({
      ...installed({ 'node_modules/@outspan/node': '0.1.0', 'node_modules/@opentelemetry/api': '1.8.0', 'node_modules/telemetry/node_modules/@opentelemetry/api': '1.10.0', 'node_modules/@opentelemetry/sdk-node': '0.57.0' }),
      'node_modules/telemetry/package.json': { name: 'telemetry', version: '1.0.0', dependencies: { '@opentelemetry/api': '*' } },
      'package.json': { name: 'app', scripts: { start: 'node --import @outspan/node/instrument app.js' }, dependencies: { '@outspan/node': '*', '@opentelemetry/api': '*', '@opentelemetry/sdk-node': '*', telemetry: '*' } },
      'app.js': "const { NodeSDK } = require('@opentelemetry/sdk-node'); new NodeSDK().start();",
    });
    const { problems } = await examine(folder);
    expect(problems.map(({ check, says }) => [check, says.split(':')[0]])).toEqual([
      ['opentelemetry-versions', '@opentelemetry/api 1.8.0 (node_modules/@opentelemetry/api) is not supported'],
      ['opentelemetry-versions', '@opentelemetry/sdk-node 0.57.0 (node_modules/@opentelemetry/sdk-node) is not supported'],
      ['api-versions', 'Two versions of @opentelemetry/api can be loaded'],
    ]);
  });

  it('with dd-trace loads its SDKs as ES modules or not: each call is recorded in both', async () => {
    const folder = application(
      { type: 'module', scripts: { start: 'node --import dd-trace/initialize.mjs --import @outspan/node/register app.js' }, dependencies: { openai: '*', '@outspan/node': '*', 'dd-trace': '*' } },
      { ...installed({ 'node_modules/dd-trace': '6.21.0' }), 'app.js': "import OpenAI from 'openai'" },
    );
    expect(await examine(folder)).toMatchObject({ code: 0, sdks: [{ name: 'openai', boundary: 'sdk' }], others: [{ name: 'dd-trace' }], problems: [] });
  });
});

describe.concurrent('the words of the doctor', () => {
  it('are these for a folder', async ({ expect }) => {
    const folder = application(
      { type: 'module', scripts: { start: 'node --import @outspan/node/register app.js', dev: 'node --watch app.js', worker: 'node worker.js' } },
      { 'app.js': "import OpenAI from 'openai'", 'worker.js': "import 'openai'", ...installed({ 'node_modules/dd-trace': '6.21.0' }), 'package-lock.json': '{}' },
    );
    const { stdout } = await doctor(folder, [], { OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=sk-canary' });
    await expect(steady(stdout, folder)).toMatchFileSnapshot('golden/folder.txt');
  });
});
