import { afterAll, describe, it } from 'vitest';
import { receiveHttp, type Receiver } from './receiver.ts';
import { REQUIRE, run } from './run.ts';

const receivers: Receiver[] = [];

afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.close()));
});

/** The tree without its durations, which differ. */
function withoutTimes(text: string): string[] {
  return text.trim().split('\n').map((line) => line.replaceAll(/\d+ ms/g, '_ ms'));
}

const TREE = [
  '✗ chat gpt-5 · openai · _ ms · FAILED truncated_response (network, retryable) · stream_unterminated',
  '│ tokens 12 in / 40 out · finish error · 2 retries, 1.00 s waiting · boundary sdk · request id req_123',
  '├─ 1  502 bad_gateway (gateway)  _ ms  512 B',
  '├─ 2  502 bad_gateway (gateway)  _ ms  512 B',
  '└─ 3  200 truncated: stream_unterminated  _ ms  512 B',
];

describe.concurrent('OUTSPAN_CONSOLE=tree', () => {
  it('prints each operation to standard error, and exports nowhere when no backend is named', async ({ expect }) => {
    const ended = await run({ app: ['one-call.mjs'], env: { OUTSPAN_CONSOLE: 'tree' } });
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(withoutTimes(ended.stderr)).toEqual(TREE);
  });

  it('prints the same under --require', async ({ expect }) => {
    const ended = await run({ node: REQUIRE, app: ['one-call.mjs'], env: { OUTSPAN_CONSOLE: 'tree' } });
    expect(withoutTimes(ended.stderr)).toEqual(TREE);
  });

  it('prints beside the export when a backend is named', async ({ expect }) => {
    const receiver = await receiveHttp();
    receivers.push(receiver);
    const ended = await run({ app: ['one-call.mjs'], env: { OUTSPAN_CONSOLE: 'tree', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
    expect(withoutTimes(ended.stderr)).toEqual(TREE);
    expect(receiver.requests.map((request) => request.path).sort()).toEqual(['/v1/logs', '/v1/metrics', '/v1/traces']);
  });

  it('exports only the signals whose exporter is named', async ({ expect }) => {
    const receiver = await receiveHttp();
    receivers.push(receiver);
    const ended = await run({ app: ['one-call.mjs'], env: { OUTSPAN_CONSOLE: 'tree', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${receiver.url}/v1/logs` } });
    expect(withoutTimes(ended.stderr)).toEqual(TREE);
    expect(receiver.requests.map((request) => request.path)).toEqual(['/v1/logs']);
  });

  it('FORCE_COLOR colours it, NO_COLOR does not', async ({ expect }) => {
    const coloured = await run({ app: ['one-call.mjs'], env: { OUTSPAN_CONSOLE: 'tree', FORCE_COLOR: '1' } });
    expect(coloured.stderr).toContain('\u001b[31m✗');
    const plain = await run({ app: ['one-call.mjs'], env: { OUTSPAN_CONSOLE: 'tree', NO_COLOR: '1' } });
    expect(plain.stderr).not.toContain('\u001b');
  });
});
