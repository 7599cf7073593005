import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../src/doctor/examine.ts';
import { receiveGrpc, receiveHttp, type Receiver } from './receiver.ts';

const CLI = new URL('../dist/cli.mjs', import.meta.url).pathname;
const folders: string[] = [];
const receivers: Receiver[] = [];
afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  await Promise.all(receivers.map((receiver) => receiver.close()));
});

/** A folder with packages in it: by their place, their version. */
function folderWith(packages: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'outspan-doctor-'));
  folders.push(folder);
  for (const [place, version] of Object.entries(packages)) {
    mkdirSync(join(folder, place), { recursive: true });
    writeFileSync(join(folder, place, 'package.json'), JSON.stringify({ name: place.replace(/.*node_modules\//, ''), version }));
  }
  return folder;
}

interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function doctor(folder: string, args: readonly string[] = ['doctor', '--offline'], env: Readonly<Record<string, string>> = {}): Promise<Said> {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: 50_000 });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  await once(child, 'close');
  return { code: child.exitCode, ...said };
}

async function diagnose(folder: string, env: Readonly<Record<string, string>> = {}, ...more: string[]): Promise<Diagnosis & { readonly code: number | null }> {
  const { code, stdout } = await doctor(folder, ['doctor', '--json', ...more], env);
  return { ...JSON.parse(stdout), code };
}

async function receiving(receiver: Promise<Receiver>): Promise<Receiver> {
  const made = await receiver;
  receivers.push(made);
  return made;
}

describe.concurrent('npx @outspan/node doctor', () => {
  it('tells of each SDK how it will be covered, of each version of it', async () => {
    const folder = folderWith({
      'node_modules/openai': '7.57.0',
      'node_modules/old/node_modules/openai': '4.104.0',
      'node_modules/@anthropic-ai/sdk': '1.12.0',
      'node_modules/older/node_modules/@anthropic-ai/sdk': '0.60.0',
      'node_modules/@google/genai': '9.0.0',
      'node_modules/express': '5.0.0',
    });
    const { sdks, code } = await diagnose(folder, {}, '--offline');
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
    const folder = folderWith({ 'node_modules/.pnpm/openai@7.57.0/node_modules/openai': '7.57.0', 'node_modules/.pnpm/openai@7.57.0_zod@4/node_modules/openai': '7.57.0', 'packages/app/node_modules/x': '1.0.0' });
    symlinkSync('.pnpm/openai@7.57.0/node_modules/openai', join(folder, 'node_modules/openai'));
    const { sdks } = await diagnose(join(folder, 'packages/app'), {}, '--offline');
    expect(sdks).toEqual([expect.objectContaining({ name: 'openai', version: '7.57.0', folders: ['../../node_modules/openai', '../../node_modules/.pnpm/openai@7.57.0_zod@4/node_modules/openai'] })]);
  });

  it('says what switching an instrumentation off does to an SDK', async () => {
    const folder = folderWith({ 'node_modules/openai': '7.57.0' });
    const one = await diagnose(folder, { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'openai' }, '--offline');
    expect(one.sdks).toEqual([expect.objectContaining({ boundary: 'inferred', note: '@outspan/instrumentation-openai is switched off' })]);
    const both = await diagnose(folder, { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'openai,undici,http' }, '--offline');
    expect(both).toMatchObject({ code: 1, sdks: [{ boundary: 'none' }] });
  });

  it('names other instrumentations and what happens with them', async () => {
    const { others } = await diagnose(folderWith({ 'node_modules/@traceloop/instrumentation-openai': '0.27.0', 'node_modules/dd-trace': '6.0.0', 'node_modules/@traceloop/instrumentation-utils': '0.27.0' }), {}, '--offline');
    expect(others.map(({ name, beside }) => [name, beside.split(';')[0]])).toEqual([
      ['@traceloop/instrumentation-openai', 'makes the span of a call by itself'],
      ['dd-trace', expect.stringContaining('each call is recorded in both')],
    ]);
  });

  it.for(['http/protobuf', 'http/json', 'grpc'] as const)('asks a backend over %s by an export without content, and shows no value of a header', async (protocol, { expect }) => {
    const receiver = await receiving(protocol === 'grpc' ? receiveGrpc() : receiveHttp());
    const folder = folderWith({});
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=sk-canary' };
    const { exports, code } = await diagnose(folder, env);
    expect(code).toBe(0);
    expect(exports.map(({ signal, protocol: spoken, headers, answers }) => [signal, spoken, headers, answers])).toEqual(['traces', 'metrics', 'logs'].map((signal) => [signal, protocol, ['x-api-key'], true]));
    expect(receiver.requests.map(({ path, headers }) => [path.includes('race') || path.includes('etric') || path.includes('log'), headers['x-api-key']])).toEqual([1, 2, 3].map(() => [true, 'sk-canary']));
    expect(receiver.requests.every(({ body }) => body.byteLength <= 2)).toBe(true);
    const { stdout } = await doctor(folder, ['doctor'], { ...env, OUTSPAN_RETRY_QUEUE_SIZE: '77', OUTSPAN_FLUSH_TIMEOUT: '88' });
    expect(stdout).toContain('x-api-key=***');
    expect(stdout).toMatch(/77 spans and 77 log records are kept.* at most 88 ms/);
    expect(stdout).not.toContain('canary');
  });

  it('ends with 1 where a backend refuses, and says which signal and why', async () => {
    const receiver = await receiving(receiveHttp({ answer: 401 }));
    const { code, stdout } = await doctor(folderWith({}), ['doctor'], { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' });
    expect(code).toBe(1);
    expect(stdout).toContain(`traces do not arrive at ${receiver.url}/v1/traces: 401 Unauthorized`);
    expect(stdout).not.toContain('logs');
  });

  it('tells of variables that make no sense, and hides what stands in a URL', async () => {
    const { exports, problems, code } = await diagnose(folderWith({}), { OTEL_TRACES_SAMPLER: 'maybe', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://user:sk-canary@127.0.0.1:1/v1?key=sk-canary' }, '--offline');
    expect(code).toBe(1);
    expect(problems).toEqual([expect.stringContaining('OTEL_TRACES_SAMPLER')]);
    expect(exports[0]?.url).toBe('http://127.0.0.1:1/v1?…');
    expect(JSON.stringify([exports, problems])).not.toContain('canary');
  });

  it('explains itself, and refuses what it does not know', async () => {
    expect(await doctor(tmpdir(), ['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: npx @outspan/node doctor') });
    expect(await doctor(tmpdir(), ['heal'])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage') });
    expect(await doctor(tmpdir(), ['doctor', '--loud'])).toMatchObject({ code: 2 });
  });
});
