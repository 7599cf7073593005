import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReportedFinding, ReportedThread, RunReport } from '../../src/doctor/report.ts';
import { closeReceivers, receiveHttp, receiving } from '../receiver.ts';
import { APPLICATION, INSTRUMENT, REGISTER } from './applications.ts';
import { doctor, project, removeProjects, reportOf, steady, stored, visit, type Files } from './project.ts';

afterAll(async () => {
  removeProjects();
  await closeReceivers();
});

function application(files: Files = {}): string {
  return project({ ...APPLICATION, ...files });
}

/** The report of a run of a command, without asking a backend. */
const runOf = (folder: string, command: readonly string[], env: Readonly<Record<string, string>> = {}, options: readonly string[] = []) => reportOf<RunReport>(folder, ['--offline', ...options, '--', ...command], env);

const byText = (one: unknown, other: unknown): number => JSON.stringify(one).localeCompare(JSON.stringify(other));

const checks = (findings: readonly ReportedFinding[]): string[] => findings.map(({ check }) => check);

function only({ threads }: RunReport): ReportedThread {
  const [first, ...others] = threads;
  if (first === undefined || others.length > 0) throw new Error(`${threads.length} threads`);
  return first;
}

describe.concurrent('npx @outspan/node doctor -- COMMAND', () => {
  it('tells what is in the process of an ES module, and finds no problem', async () => {
    const folder = application();
    const report = await runOf(folder, ['node', ...REGISTER, 'app.mjs']);
    expect(report).toMatchObject({ code: 0, schema: 'outspan.doctor.run/1', command: 'node --import @outspan/node/register app.mjs', ended: { by: 'itself', code: 0, killed: false }, problems: [], unknown: [] });
    const thread = only(report);
    expect(thread).toMatchObject({
      thread: 0,
      node: process.versions.node,
      outspan: { version: '0.0.0', entry: 'register', instrumentations: { '@outspan/instrumentation-openai': '0.0.0' } },
      registry: { version: '1.10.0', tracerProvider: { name: 'TracerProvider', processors: ['BatchSpanProcessor → OTLPTraceExporter'] }, meterProvider: 'MeterProvider', loggerProvider: { by: 'api' }, contextManager: 'AsyncLocalStorageContextManager', propagator: { fields: ['traceparent', 'tracestate', 'baggage'] } },
      sdks: [{ name: 'openai', version: '7.57.0', format: 'esm', boundary: 'sdk', hooked: true }],
      calls: { sdk: { seen: 1, recorded: 1 }, native: { seen: 0 }, inferred: { seen: 0 } },
    });
    expect(thread.copies.filter(({ holdsRegistry }) => holdsRegistry)).toEqual([expect.objectContaining({ name: '@opentelemetry/api', format: 'commonjs' })]);
    expect(report.exports.map(({ signal, protocol }) => [signal, protocol])).toEqual(['traces', 'metrics', 'logs'].map((signal) => [signal, 'http/protobuf']));
    // The application's own output is passed through, beside the document.
    expect(report.stderr).toContain('answered Hi');
  });

  it('tells of CommonJS, of child processes and of worker threads', async () => {
    const more = `
      const { Worker } = require('node:worker_threads');
      const { fork } = require('node:child_process');
      fork('./app.cjs').on('exit', () => new Worker('./app.cjs'));
    `;
    const { code, problems, threads } = await runOf(application({ 'more.cjs': more }), ['node', '--require', '@outspan/node/register', 'more.cjs']);
    expect(threads.map(({ thread, sdks, calls, outspan }) => [thread, sdks.map(({ name, format, hooked }) => [name, format, hooked]), calls.sdk.recorded, outspan?.entry]).toSorted(byText)).toEqual([
      [0, [['openai', 'commonjs', true]], 1, 'register'],
      [1, [['openai', 'commonjs', true]], 1, 'register'],
    ]);
    expect([code, problems]).toEqual([0, []]);
  });

  it.for([
    ['start() in code', { 'start.mjs': "import { start } from '@outspan/node'; start();" }, ['--import', './start.mjs'], 'start'],
    ['outspanInstrumentations() in code', { 'start.mjs': "import { NodeSDK } from '@opentelemetry/sdk-node'; import { outspanInstrumentations } from '@outspan/node'; new NodeSDK({ instrumentations: outspanInstrumentations() }).start();" }, ['--import', './start.mjs'], 'code'],
    ['instrument, beside an SDK of its own', { 'start.mjs': "import { NodeSDK } from '@opentelemetry/sdk-node'; new NodeSDK().start();" }, [...INSTRUMENT, '--import', './start.mjs'], 'instrument'],
  ] as const)('knows %s', async ([, files, options, entry], { expect }) => {
    const report = await runOf(application(files), ['node', ...options, 'app.mjs']);
    expect(report).toMatchObject({ code: 0, problems: [], threads: [{ outspan: { entry }, calls: { sdk: { seen: 1, recorded: 1 } } }] });
  });

  it('runs a script of the package.json, and shows the line to write in it', async () => {
    const report = await runOf(application(), ['start']);
    expect(report).toMatchObject({ code: 1, command: 'node app.mjs', threads: [{ sdks: [{ name: 'openai', boundary: 'none', hooked: false }] }] });
    expect(report.threads[0]?.outspan).toBeUndefined();
    expect(report.problems).toEqual([{ check: 'import', says: expect.stringContaining('Outspan is not in the process'), fix: 'package.json, scripts.start: "start": "node --import @outspan/node/register app.mjs"' }]);
  });

  it('stops a server when its time is over, by SIGTERM, with all that a script has started', async () => {
    const folder = application({ 'package.json': { name: 'application', scripts: { start: 'node --import @outspan/node/register server.mjs' } }, 'server.mjs': "import 'openai'; import { createServer } from 'node:http'; createServer().listen(0); process.on('SIGTERM', () => { console.log('stopping'); process.exit(0); }); console.log(`pid ${process.pid}.`);" });
    const report = await runOf(folder, ['start'], {}, ['--for', '12']);
    expect(report).toMatchObject({ code: 1, ended: { by: 'time', killed: false }, problems: [{ check: 'calls', fix: expect.stringContaining('--for SECONDS') }] });
    expect(report.stderr).toContain('stopping');
    const [, pid] = /pid (\d+)\./.exec(report.stderr) ?? [];
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  });

  it('kills what does not end', async () => {
    const report = await runOf(application({ 'stubborn.mjs': "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1_000);" }), ['node', ...REGISTER, 'stubborn.mjs'], {}, ['--for', '9']);
    expect(report).toMatchObject({ ended: { by: 'time', killed: true, signal: 'SIGKILL' }, notes: [{ check: 'ended', says: expect.stringContaining('was killed') }] });
  });

  it.for(['SIGTERM', 'SIGINT'] as const)('passes %s and standard input on, and reports', async (signal, { expect }) => {
    const folder = application({ 'reads.mjs': `process.on('${signal}', () => { console.log('got ${signal}'); process.exit(7); }); process.stdin.setEncoding('utf8').on('data', (text) => console.log('read ' + text)); setInterval(() => undefined, 1_000);` });
    const visited = visit(folder, ['--offline', '--', 'node', ...REGISTER, 'reads.mjs'], {}, 'hello');
    await visited.says('read hello');
    visited.child.kill(signal);
    const { code, stdout } = await visited.ended;
    expect(code).toBe(1);
    expect(stdout).toContain(`got ${signal}`);
    expect(stdout).toContain('was stopped by a signal');
  });

  it('does not change the application', async () => {
    const shows = `
      const { createHook } = require('node:async_hooks');
      const handles = process.getActiveResourcesInfo().filter((name) => !/TTY|Pipe/.test(name));
      const { NODE_OPTIONS, OUTSPAN_DOCTOR, ...env } = process.env;
      for (let i = 0; i < 10; i++) process.on('exit', () => undefined);
      console.log(JSON.stringify({ globals: Object.keys(globalThis), own: Object.getOwnPropertyNames(globalThis).length, listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]), handles, execArgv: process.execArgv, argv: process.argv.slice(1), env: Object.keys(env).sort(), cache: Object.keys(require.cache).filter((path) => !/outspan-doctor/.test(path)).length, maxListeners: process.getMaxListeners(), exitCode: process.exitCode }));
      process.exitCode = 5;
    `;
    const folder = application({ 'shows.cjs': shows });
    const plain = spawnSync(process.execPath, ['shows.cjs', 'one'], { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', OTEL_EXPORTER_OTLP_ENDPOINT: 'x', OUTSPAN_FLUSH_TIMEOUT: '1' } });
    const probed = await doctor(folder, ['--offline', '--', process.execPath, 'shows.cjs', 'one'], { OTEL_EXPORTER_OTLP_ENDPOINT: 'x', OUTSPAN_FLUSH_TIMEOUT: '1' });
    expect(plain.stderr).toBe('');
    expect(probed.stderr).toBe('');
    expect(probed.stdout.split('\n')[0]).toBe(plain.stdout.trim());
    expect(probed.stdout).toContain('ended by itself with exit code 5');
  });

  it.for(['node-22', 'node-26'] as const)('works on %s', async (name, { expect }) => {
    const node = new URL(`../../../../test/runtimes/node_modules/${name}/bin/node`, import.meta.url).pathname;
    expect(existsSync(node)).toBe(true);
    const report = await runOf(application(), [node, ...REGISTER, 'app.mjs']);
    expect(report).toMatchObject({ code: 0, problems: [], threads: [{ sdks: [{ name: 'openai', format: 'esm', hooked: true }], calls: { sdk: { recorded: 1 } } }] });
  });

  it('works under --permission, where the application is allowed no more than it needs', async () => {
    const folder = application();
    const workspace = new URL('../../../../', import.meta.url).pathname;
    const report = await runOf(folder, ['node', '--permission', `--allow-fs-read=${folder}`, `--allow-fs-read=${workspace}`, ...REGISTER, 'app.mjs']);
    expect(report).toMatchObject({ problems: [], threads: [{ calls: { sdk: { recorded: 1 } } }] });
  });

  it('asks each backend by itself, and shows and leaves no secret', async () => {
    const receiver = await receiving(receiveHttp());
    const folder = application({ 'start.mjs': "import { diag } from '@opentelemetry/api'; import { start } from '@outspan/node'; start(); setTimeout(() => diag.warn('the key is sk-header-canary'), 10);" });
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('outspan-doctor-') && !name.includes('test'));
    const { code, stdout, stderr } = await doctor(folder, ['--json', '--', 'node', '--import', './start.mjs', 'app.mjs', '--key=sk-argument-canary'], { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=sk-header-canary' });
    const report: RunReport = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(report.command).toBe('node --import ./start.mjs app.mjs …');
    expect(report.exports.map(({ answers, headers }) => [answers, headers])).toEqual([1, 2, 3].map(() => [true, ['x-api-key']]));
    expect(receiver.requests.filter(({ body, headers }) => body.byteLength === 0 && headers['x-api-key'] === 'sk-header-canary')).toHaveLength(3);
    expect(report.said).toContainEqual({ by: 'opentelemetry', level: 'warn', text: 'the key is ***' });
    expect(stdout + stderr.replace('the key is sk-header-canary', '')).not.toContain('canary');
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('outspan-doctor-') && !name.includes('test'));
    expect(after.filter((name) => !before.includes(name)).length).toBeLessThanOrEqual(before.length);
  });

  it('has the words of nobody’s logger, too', async () => {
    const files = { 'start.cjs': "const { NodeSDK } = require('@opentelemetry/sdk-node'); new NodeSDK().start(); require('@opentelemetry/api').diag.warn('nobody hears this');" };
    const report = await runOf(application(files), ['node', ...INSTRUMENT, '--require', './start.cjs', 'app.mjs']);
    expect(report.said).toContainEqual({ by: 'opentelemetry', level: 'warn', text: 'nobody hears this' });
    expect(report.stderr).not.toContain('nobody hears this');
  });

  it('ends with 2 where there is no such command', async () => {
    expect(await doctor(application(), ['--', 'no-such-command'])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('no-such-command cannot be started') });
  });
});

describe.concurrent('a problem of a run', () => {
  it('is that no process of Node.js started', async () => {
    const report = await runOf(application(), ['sh', '-c', 'echo nothing']);
    expect(report).toMatchObject({ code: 1, threads: [], problems: [{ check: 'no-process', fix: expect.stringContaining('doctor -- node app.js') }] });
  });

  it('is another runtime', async () => {
    const folder = application({ 'bin/bun': '#!/bin/sh\necho run by bun\n' });
    chmodSync(`${folder}/bin/bun`, 0o755);
    const report = await runOf(folder, ['./bin/bun', 'app.ts']);
    expect(report.problems).toEqual([{ check: 'no-process', says: expect.stringContaining('runs on Bun'), fix: expect.stringContaining('instrumentation-fetch') }]);
  });

  it('is a thread or a child process without Outspan', async () => {
    const more = "const { Worker } = require('node:worker_threads'); const { fork } = require('node:child_process'); require('./app.cjs'); fork('./app.cjs', { execArgv: [] }); new Worker('./app.cjs', { execArgv: [] });";
    const { problems, threads } = await runOf(application({ 'more.cjs': more }), ['node', ...REGISTER, 'more.cjs']);
    expect(threads).toHaveLength(3);
    expect(problems.map(({ check, says }) => [check, says.replaceAll(/\d+/g, 'N')]).toSorted(byText)).toEqual([
      ['import', 'Process N (app.cjs) uses openai, but Outspan is not in it.'],
      ['import', 'Worker thread N of process N uses openai, but Outspan is not in it.'],
    ]);
  });

  it('is OTEL_SDK_DISABLED', async () => {
    const report = await runOf(application(), ['traced'], { OTEL_SDK_DISABLED: 'true' });
    expect(checks(report.problems)).toEqual(['disabled']);
  });

  it('is that nothing is registered', async () => {
    const report = await runOf(application(), ['node', ...INSTRUMENT, 'app.mjs']);
    expect(report).toMatchObject({ threads: [{ calls: { sdk: { seen: 1, recorded: 0 } } }], problems: [{ check: 'provider' }] });
  });

  it('is a provider without an exporter', async () => {
    const files = { 'start.mjs': "import { trace } from '@opentelemetry/api'; import { TracerProvider } from '@opentelemetry/sdk-trace'; trace.setGlobalTracerProvider(new TracerProvider());" };
    const report = await runOf(application(files), ['node', ...INSTRUMENT, '--import', './start.mjs', 'app.mjs']);
    expect(report.problems).toEqual([{ check: 'exporter', says: expect.stringContaining('has no span processor'), fix: expect.any(String) }]);
  });

  it('is a registration that was refused, for two versions of the API, with both paths', async () => {
    const folder = application({
      'node_modules/telemetry/package.json': { name: 'telemetry', version: '1.0.0' },
      'node_modules/telemetry/node_modules/@opentelemetry/api': { link: stored('@opentelemetry/api', '1.9.1') },
      'node_modules/telemetry/index.js': "const { trace } = require('@opentelemetry/api'); trace.setGlobalTracerProvider({ getTracer: () => undefined });",
      'start.cjs': "require('@opentelemetry/api').diag.setLogger({ error() {}, warn() {}, info() {}, debug() {}, verbose() {} }); require('telemetry');",
    });
    const report = await runOf(folder, ['node', ...INSTRUMENT, '--require', './start.cjs', 'app.mjs']);
    expect(report.problems).toEqual([{ check: 'api-versions', says: expect.any(String), fix: expect.stringContaining('npm dedupe') }]);
    expect(report.problems[0]?.says).toMatch(/\(trace\).* 1\.10\.0 in \S+@opentelemetry\/api registered first; 1\.9\.1 in \S+@opentelemetry\/api was refused, asked by \S+\/node_modules\/telemetry\/index\.js:1\./);
  });

  it('is a second OpenTelemetry SDK', async () => {
    const files = { 'own.mjs': "import { NodeSDK } from '@opentelemetry/sdk-node'; new NodeSDK().start(); await import('./app.mjs');" };
    const report = await runOf(application(files), ['node', ...REGISTER, 'own.mjs']);
    expect(report.problems).toEqual([{ check: 'two-sdks', says: expect.stringMatching(/a second OpenTelemetry SDK was started \(by \S+own\.mjs:1\)/), fix: expect.stringContaining('@outspan/node/instrument') }]);
  });

  it('is an SDK whose instrumentation is off', async () => {
    const report = await runOf(application(), ['traced'], { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'openai' });
    expect(report.problems).toEqual([{ check: 'hooked', says: expect.stringContaining('is not hooked: @outspan/instrumentation-openai is off'), fix: expect.stringContaining('OTEL_NODE_DISABLED_INSTRUMENTATIONS') }]);
    expect(only(report).calls.inferred).toEqual({ seen: 1, recorded: 1 });
  });

  it('is an SDK that was loaded before Outspan', async () => {
    const report = await runOf(application({ 'late.mjs': "import './app.mjs'; import '@outspan/node/register';", 'early.mjs': "import OpenAI from 'openai'; import '@outspan/node/register'; await import('./app.mjs');" }), ['node', 'early.mjs']);
    expect(report.problems).toEqual([{ check: 'hooked', says: expect.stringContaining('(ES module) is not hooked: it was loaded before Outspan'), fix: expect.stringContaining('node --import @outspan/node/register early.mjs') }]);
  });

  it('is an SDK that is built in another way', async () => {
    const folder = project({
      ...Object.fromEntries(Object.entries(APPLICATION).filter(([path]) => path !== 'node_modules/openai')),
      'node_modules/openai/package.json': { name: 'openai', version: '99.0.0', type: 'module', exports: './index.mjs' },
      'node_modules/openai/index.mjs': 'export default class Client {}',
      'app.mjs': "import 'openai';",
    });
    const report = await runOf(folder, ['traced']);
    expect(report.problems.map(({ check, says }) => [check, says.replace(/^.*?: /, '')])).toEqual([
      ['hooked', 'openai 99.0.0 (ES module) is not hooked: 99.0.0 is not built as the versions that are known (5.0.0 to below 8.0.0). Its calls are only known by their requests.'],
      ['calls', 'No LLM call was seen during the run.'],
    ]);
  });

  it('is an SDK inside a bundle', async () => {
    const bundle = "import { serve, ASK } from './provider.cjs'; await serve((url) => fetch(url + '/chat/completions', { method: 'POST', body: JSON.stringify(ASK), headers: { 'content-type': 'application/json', 'user-agent': 'OpenAI/JS 7.57.0' } }).then((response) => response.text()));";
    const report = await runOf(application({ 'bundle.mjs': bundle }), ['node', ...REGISTER, 'bundle.mjs']);
    expect(report.problems).toEqual([{ check: 'hooked', says: expect.stringContaining('the SDK of openai is in use, but none of its files was loaded. It is part of a bundle'), fix: expect.stringContaining('out of the bundle') }]);
  });

  it('is that no call was seen', async () => {
    const report = await runOf(application({ 'idle.mjs': "import 'openai';" }), ['node', ...REGISTER, 'idle.mjs']);
    expect(checks(report.problems)).toEqual(['calls']);
  });

  it('is a sampler that leaves calls out', async () => {
    const report = await runOf(application(), ['traced'], { OTEL_TRACES_SAMPLER: 'always_off' });
    expect(report.problems).toEqual([{ check: 'recorded', says: expect.stringContaining('1 of 1 calls were seen but not recorded: the sampler is AlwaysOffSampler'), fix: expect.stringContaining('OTEL_TRACES_SAMPLER') }]);
  });

  it('is a backend that is down', async () => {
    const report = await reportOf<RunReport>(application(), ['--', 'traced'], { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' });
    expect(report.problems).toEqual([{ check: 'backend', says: expect.stringContaining('traces do not arrive at http://127.0.0.1:1/v1/traces: connect ECONNREFUSED'), fix: expect.any(String) }]);
  });

  it('is a version of OpenTelemetry that is not supported, or two of Outspan', async () => {
    const folder = application({
      'node_modules/old/node_modules/@opentelemetry/api/package.json': { name: '@opentelemetry/api', version: '1.8.0' },
      'node_modules/old/node_modules/@opentelemetry/api/index.js': '',
      'node_modules/old/node_modules/@outspan/core/package.json': { name: '@outspan/core', version: '9.0.0' },
      'node_modules/old/node_modules/@outspan/core/index.js': '',
      'node_modules/old/index.js': "require('@opentelemetry/api'); require('@outspan/core');",
      'with-old.cjs': "require('old'); require('./app.cjs');",
    });
    const report = await runOf(folder, ['node', ...REGISTER, 'with-old.cjs']);
    expect(report.problems.map(({ check }) => check)).toEqual(['outspan-versions', 'opentelemetry-versions']);
  });
});

describe.concurrent('the words of the doctor', () => {
  it('are these for a run', async ({ expect }) => {
    const folder = application();
    // One that answers: how an export fails, and when, differs from run to run.
    const receiver = await receiving(receiveHttp());
    const { stdout } = await doctor(folder, ['--', 'node', ...REGISTER, 'app.mjs', '--verbose'], { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'undici', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OUTSPAN_FLUSH_TIMEOUT: '20000' });
    await expect(steady(stdout, folder)).toMatchFileSnapshot('golden/run.txt');
  });
});
