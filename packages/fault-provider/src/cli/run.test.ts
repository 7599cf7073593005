import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../faults/catalogue.ts';
import { run } from './run.ts';

interface Ran {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** Runs the command; `meanwhile` gets its output as it grows, and stops it by returning. */
async function ran(argv: readonly string[], meanwhile?: (out: readonly string[]) => Promise<void>): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const stop = new AbortController();
  const ending = run(argv, { out: (line) => out.push(line), err: (line) => err.push(line), stop: stop.signal });
  if (meanwhile) {
    while (out.length === 0 && err.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await meanwhile(out);
    stop.abort();
  }
  return { code: await ending, out, err };
}

async function untilLines(out: readonly string[], count: number): Promise<void> {
  while (out.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('npx @outspan/fault-provider', () => {
  it.each([
    [['--port', 'x'], '--port x: expected a whole number'],
    [['--port', '70000'], '--port 70000'],
    [['--latency', '-1'], '--latency'],
    [['--script', 'nonsense'], "there is no fault 'nonsense'"],
    [['--script', 'refused'], '--script refused'],
    [['--host', 'not a host'], '--host not a host'],
    [['--host', ''], '--host'],
    [['--nonsense'], '--nonsense'],
    [['stray'], 'stray'],
  ])('refuses %j with a reason and exit code 2', async (argv, reason) => {
    const { code, out, err } = await ran(argv);
    expect(code).toBe(2);
    expect(out).toEqual([]);
    expect(err[0]).toContain(reason);
  });

  it('prints the catalogue with what is true about each entry', async () => {
    const { code, out } = await ran(['--list']);
    const text = out.join('\n');
    expect(code).toBe(0);
    for (const { id } of FAULTS) expect(text).toContain(id);
    expect(text).toContain('truth: bad_gateway · gateway · retryable');
  });

  it('prints the catalogue as JSON, one entry a line', async () => {
    const { out } = await ran(['--list', '--json']);
    const entries: unknown[] = out.map((line) => JSON.parse(line));
    expect(entries).toHaveLength(FAULTS.length);
    expect(entries).toContainEqual(expect.objectContaining({ id: 'server_error', truths: expect.arrayContaining([expect.objectContaining({ dialect: 'openai.chat', mode: 'unary', failed: true, status: 500 })]) }));
  });

  it('prints where each SDK finds it and a line per request, without the key', async () => {
    const { code, out } = await ran(['--port', '0', '--script', '502,ok', '--latency', '1', '--jitter', '1'], async (lines) => {
      const url = /http:\/\/[\d.:]+/.exec(lines[0] ?? '')?.[0] ?? '';
      for (let i = 0; i < 2; i++) {
        const response = await fetch(`${url}/v1/chat/completions?key=secret-key`, { method: 'POST', headers: { authorization: 'Bearer secret-key' }, body: '{"model":"m"}' });
        await response.text();
      }
      await untilLines(lines, 6);
    });
    expect(code).toBe(0);
    expect(out.slice(1, 4).map((line) => /[A-Z_]+_BASE_URL=\S+/.exec(line)?.[0].replace(/\d+$|\d+(?=\/)/, 'PORT'))).toEqual([
      'OPENAI_BASE_URL=http://127.0.0.1:PORT/v1',
      'ANTHROPIC_BASE_URL=http://127.0.0.1:PORT',
      'GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:PORT',
    ]);
    expect(out[4]).toContain('POST /v1/chat/completions  openai.chat unary  bad_gateway_page  ->  502');
    expect(out[5]).toContain('ok  ->  200');
    expect(out.join()).not.toContain('secret-key');
  });

  it('listens on the address that it is given, and says so where that is not the loopback', async () => {
    const { code, err, out } = await ran(['--port', '0', '--host', '0.0.0.0'], async (lines) => {
      await untilLines(lines, 1);
      const port = /:(\d+),/.exec(lines[0] ?? '')?.[1] ?? '';
      expect((await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, { method: 'POST', body: '{"model":"m"}' })).status).toBe(200);
    });
    expect(code).toBe(0);
    expect(out[0]).toContain(`Listening on http://${hostname()}:`);
    expect(err).toEqual([expect.stringContaining('Whoever reaches 0.0.0.0')]);
  });

  it('says nothing of the kind on the loopback', async () => {
    const { err } = await ran(['--port', '0', '--host', 'localhost'], (lines) => untilLines(lines, 1));
    expect(err).toEqual([]);
  });

  it('prints JSON when it is told to', async () => {
    const { out } = await ran(['--port', '0', '--json'], async (lines) => {
      const opening: unknown = JSON.parse(lines[0] ?? '');
      const url = String(Object.values(opening ?? {})[0]);
      await (await fetch(`${url}/v1/messages?key=secret-key`, { method: 'POST', headers: { 'x-api-key': 'secret-key' }, body: '{"model":"m"}' })).text();
      await untilLines(lines, 2);
    });
    const line: unknown = JSON.parse(out[1] ?? '');
    expect(line).toMatchObject({ attempt: 1, dialect: 'anthropic.messages', fault: 'ok', status: 200, endedBy: 'complete', said: { finishReasons: ['end_turn'] } });
    expect(out.join()).not.toContain('secret-key');
  });

  it('exits with 1 when it cannot listen', async () => {
    const { code } = await ran(['--port', '0'], async (lines) => {
      const port = /127\.0\.0\.1:(\d+)/.exec(lines[0] ?? '')?.[1] ?? '';
      const second = await ran(['--port', port]);
      expect(second.code).toBe(1);
      expect(second.err[0]).toContain(`cannot listen on port ${port}`);
    });
    expect(code).toBe(0);
  });
});
