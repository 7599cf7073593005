import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { honeycombFiles } from '../../../packages/slo/src/honeycomb/generate.ts';
import { DEFAULT_MODEL } from '../../../packages/slo/src/model/defaults.ts';

interface Call {
  readonly path: string;
  readonly key: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers as Honeycomb's API does: an id for what is new, 409 for a column that is there, 422 for a field that is made of unknown ones. */
async function startHoneycomb(existing: readonly string[]): Promise<{ readonly url: string; readonly calls: Call[]; close(): void }> {
  const calls: Call[] = [];
  const columns = new Set(existing);
  const respond = (path: string, body: Readonly<Record<string, unknown>>): { status: number; body: unknown } => {
    const id = `id-${calls.length}`;
    if (path.startsWith('/1/columns/')) {
      if (columns.has(String(body['key_name']))) return { status: 409, body: { error: 'it exists' } };
      columns.add(String(body['key_name']));
    }
    const unknown = path.startsWith('/1/derived_columns/') ? [...String(body['expression']).matchAll(/\$([\w.]+)/g)].find(([, field]) => !columns.has(field ?? '')) : undefined;
    return unknown === undefined ? { status: 201, body: { ...body, id, links: { board_url: `https://ui.example/${id}` } } } : { status: 422, body: { error: `unknown column ${unknown[1]}` } };
  };
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.once('end', () => {
      const key = request.headers['x-honeycomb-team'];
      const path = request.url ?? '';
      const body: unknown = JSON.parse(text);
      const { status, body: answer } = isObject(body) ? respond(path, body) : { status: 400, body: {} };
      if (isObject(body)) calls.push({ path, key: typeof key === 'string' ? key : undefined, body });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return { url: `http://127.0.0.1:${address.port}`, calls, close: () => void server.close() };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const haveTools = ['sh', 'curl', 'jq'].every((tool) => spawnSync(tool, ['-h']).error === undefined);
const run = promisify(execFile);

describe.runIf(haveTools)('the script that sends everything to Honeycomb', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outspan-honeycomb-'));
    for (const { path, text } of honeycombFiles(DEFAULT_MODEL)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function apply(url: string): Promise<{ stdout: string; stderr: string }> {
    const env = { PATH: process.env['PATH'], HONEYCOMB_API: url, HONEYCOMB_API_KEY: 'key', HONEYCOMB_DATASET: 'shop', HONEYCOMB_PAGE_RECIPIENT: 'pager', HONEYCOMB_TICKET_RECIPIENT: 'tracker' };
    return run('sh', [join(folder, 'honeycomb/apply.sh')], { env });
  }

  it('creates columns, fields, SLOs, alerts, queries and a board, each with the ids of what it refers to', async () => {
    const honeycomb = await startHoneycomb(['duration_ms']);
    try {
      const { stdout } = await apply(honeycomb.url);
      const { calls } = honeycomb;
      expect(new Set(calls.map(({ key }) => key))).toEqual(new Set(['key']));
      const kinds = calls.map(({ path }) => path.replace(/^\/1\//, ''));
      expect([...new Set(kinds)]).toEqual(['columns/shop', 'derived_columns/shop', 'slos/shop', 'burn_alerts/shop', 'queries/shop', 'query_annotations/shop', 'boards']);

      const ids = (path: string): string[] => calls.flatMap((call, index) => (call.path === path ? [`id-${index}`] : []));
      const alerts = calls.filter(({ path }) => path === '/1/burn_alerts/shop').map(({ body }) => body);
      expect(new Set(alerts.map(({ slo }) => JSON.stringify(slo)))).toEqual(new Set(ids('/1/slos/shop').map((id) => JSON.stringify({ id }))));
      expect(new Set(alerts.map(({ recipients }) => JSON.stringify(recipients)))).toEqual(new Set(['[{"id":"pager"}]', '[{"id":"tracker"}]']));
      const annotations = calls.filter(({ path }) => path === '/1/query_annotations/shop').map(({ body }) => body['query_id']);
      expect(annotations).toEqual(ids('/1/queries/shop'));
      const panels = calls.at(-1)?.body['panels'];
      expect(panels).toEqual([
        ...ids('/1/slos/shop').map((slo_id) => ({ type: 'slo', slo_panel: { slo_id } })),
        ...ids('/1/queries/shop').map((query_id, index) => ({ type: 'query', query_panel: { query_id, query_annotation_id: ids('/1/query_annotations/shop')[index], query_style: expect.any(String) } })),
      ]);
      expect(stdout.trim()).toBe(`https://ui.example/id-${calls.length - 1}`);
    } finally {
      honeycomb.close();
    }
  });

  it('stops at the first call that fails, and says which', async () => {
    await writeFile(join(folder, 'honeycomb/columns.json'), '[]');
    const honeycomb = await startHoneycomb([]);
    try {
      await expect(apply(honeycomb.url)).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/^derived_columns\/shop: 422 .*unknown column outspan\.operation\.boundary/) });
      expect(honeycomb.calls).toHaveLength(1);
    } finally {
      honeycomb.close();
    }
  });
});
