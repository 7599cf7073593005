import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const PACKAGE = fileURLToPath(new URL('../', import.meta.url));
const COMMAND = join(PACKAGE, 'dist/cli.mjs');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outspan-slo-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function ran(command: string, ...argv: readonly string[]): Promise<Ran> {
  const child = spawn(command, argv, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

const slo = (...argv: readonly string[]): Promise<Ran> => ran(process.execPath, COMMAND, ...argv);
const model = (content: string | Buffer): Promise<void> => writeFile(join(folder, 'outspan.slo.yaml'), content);

async function files(): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

describe('the built command', () => {
  it('goes from an empty folder to files that are up to date', async () => {
    expect(await slo('generate')).toMatchObject({ code: 0, err: '' });
    const generated = await files();
    for (const path of ['prometheus/outspan.rules.yaml', 'alertmanager/alertmanager.yaml', 'alertmanager/outspan.tmpl', 'runbooks/README.md', 'openslo/openslo.yaml', 'sloth/sloth.yaml', '.outspan-slo.json']) expect(generated).toContain(`slo/${path}`);
    expect(generated.some((path) => /^slo\/grafana\/.+\.json$/.test(path))).toBe(true);
    expect(generated.some((path) => /^slo\/honeycomb\/.+\.json$/.test(path))).toBe(true);
    expect(generated.every((path) => path.startsWith('slo/'))).toBe(true);
    expect(await slo('check', '--out', 'slo')).toMatchObject({ code: 0, err: '' });
  });

  it('generates the same from what init writes as from nothing', async () => {
    await slo('generate');
    expect(await slo('init')).toMatchObject({ code: 0 });
    expect(await slo('check', '--out', 'slo')).toMatchObject({ code: 0, err: '' });
    expect(await slo('init')).toMatchObject({ code: 1 });
  });

  it.each([
    ['an unknown key', 'interval: 1m\nslo: []', ":2:1: unknown key 'slo'; did you mean 'slos'?"],
    ['an objective of 0', 'slos: [{ name: availability, objective: 0 }]', ':1:41: 0 is not a percentage'],
    ['an objective of 100', 'slos: [{ name: availability, objective: 100 }]', ':1:41: 100 is not a percentage'],
    ['an objective of 101', 'slos: [{ name: availability, objective: 101 }]', ':1:41: 101 is not a percentage'],
    ['a window that does not fit', 'slos: [{ name: availability, window: 1h }]', ':1:38: a window of 1h is too short'],
    ['a label value of 10 KB', `slos: [{ name: availability, where: { model: ${'x'.repeat(10_240)} } }]`, ':1:46: this label value has 10240 bytes'],
    ['a label value with a newline', 'slos: [{ name: availability, where: { model: "a\\nb" } }]', ':1:46: '],
    ['two SLOs of one name', 'slos: [{ name: latency }, { name: latency }]', ":1:35: there is another SLO named 'latency'"],
    ['a threshold that is no bucket bound', 'slos: [{ name: latency, threshold: 15s }]', ':1:36: 15s is no bucket bound, so nobody can tell how many calls were faster; its neighbours are 10.24s and 20.48s'],
    ['an unknown alert', 'alerts: { disabled: [OutspanRetryStrom] }', ":1:22: there is no 'OutspanRetryStrom' here; did you mean 'OutspanRetryStorm'?"],
    ['broken YAML', 'slos: [', ':1:8: YAML: '],
    ['10 MB', Buffer.alloc(10_000_000, 'x'), ':1:1: the file has 10000000 bytes'],
  ])('writes nothing for a model with %s, and leaves what was there', async (_, content, message) => {
    await slo('generate', '--only', 'sloth');
    const before = await files();
    await model(content);
    for (const command of ['generate', 'check']) {
      const { code, out, err } = await slo(command);
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain(`outspan.slo.yaml${message}`);
      expect(err.trim().split('\n')).toHaveLength(1);
    }
    expect(await files()).toEqual([...before, 'outspan.slo.yaml'].toSorted());
  });

  it('generates from label values that want to break out, each file still whole', async () => {
    const values = ['"} or vector(1) #', "'; drop", '{{ .ExternalURL }}', '\\', '${x}', '</script>', ': - &a'];
    await model(JSON.stringify({ slos: [{ name: 'availability', where: { model: values } }] }));
    expect(await slo('generate')).toMatchObject({ code: 0, err: '' });
    expect(await slo('check', '--out', 'slo')).toMatchObject({ code: 0, err: '' });
    for (const path of await files()) if (path.endsWith('.json')) JSON.parse(await readFile(join(folder, path), 'utf8'));
  });

  it('writes nothing at all where one file cannot be written', async () => {
    await mkdir(join(folder, 'slo/sloth/sloth.yaml'), { recursive: true });
    const { code, err } = await slo('generate');
    expect(code).toBe(1);
    expect(err).toContain('sloth.yaml is a folder, where a file belongs');
    expect(await files()).toEqual([]);
  });

  it('exits with 2 for arguments that it does not understand', async () => {
    expect(await slo('generate', '--nonsense')).toMatchObject({ code: 2, out: '' });
    expect(await slo()).toMatchObject({ code: 2, out: '' });
  });

  it('says which metric a Prometheus lacks', async () => {
    const prometheus = createServer((_, response) => response.end('{"status":"success","data":[]}'));
    await new Promise<void>((resolve) => prometheus.listen(0, '127.0.0.1', resolve));
    const address = prometheus.address();
    const { code, err } = await slo('check', '--prometheus', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    prometheus.close();
    expect(code).toBe(1);
    expect(err).toContain('outspan_client_operations_total: missing; see that the application exports metrics');
  });

  it('explains without end when nobody reads any more', async () => {
    const { code } = await ran('bash', '-c', `"${process.execPath}" "${COMMAND}" explain | head -1; exit "\${PIPESTATUS[0]}"`);
    expect(code).toBe(0);
  });

  it('is what npx runs for the name of the package', async () => {
    // As npm lays out an installed package.
    await mkdir(join(folder, 'node_modules/@outspan'), { recursive: true });
    await mkdir(join(folder, 'node_modules/.bin'));
    await symlink(PACKAGE, join(folder, 'node_modules/@outspan/slo'));
    await symlink('../@outspan/slo/dist/cli.mjs', join(folder, 'node_modules/.bin/outspan-slo'));
    await writeFile(join(folder, 'package.json'), '{"private":true,"dependencies":{"@outspan/slo":"*"}}');
    const { code, out } = await ran('npx', '--no', '--offline', '@outspan/slo', 'explain', 'requests');
    expect(code).toBe(0);
    expect(out).toContain('requests: 99 % over 30 d');
  });
});

describe('the built library', () => {
  it('parses and generates in memory, by import and by require alike', async () => {
    const imported = await import('@outspan/slo');
    const required: typeof imported = createRequire(import.meta.url)('@outspan/slo');
    for (const { parseModel, generate, DEFAULT_MODEL } of [imported, required]) {
      const { model } = parseModel('', { file: 'outspan.slo.yaml' });
      expect(model).toEqual(DEFAULT_MODEL);
      expect(generate(model ?? DEFAULT_MODEL, ['sloth']).map(({ path }) => path)).toEqual(['sloth/sloth.yaml']);
    }
    expect(Object.keys(required).toSorted()).toEqual(Object.keys(imported).filter((name) => name !== 'default' && name !== 'module.exports').toSorted());
  });

  it('ships the schema of the model file', () => {
    const path = createRequire(import.meta.url).resolve('@outspan/slo/outspan.slo.schema.json');
    expect(existsSync(path)).toBe(true);
  });
});
