import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { faultById } from '@outspan/fault-provider';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SocketReport, SocketReports } from './fixtures/socket-scenarios.ts';

const execute = promisify(execFile);
const RUNNER = fileURLToPath(new URL('fixtures/run-sockets.ts', import.meta.url));

async function run(...args: readonly string[]): Promise<SocketReports> {
  const { stdout } = await execute(process.execPath, [RUNNER, ...args], { timeout: 100_000, maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as SocketReports;
}

interface Verdict {
  readonly class?: unknown;
  readonly origin?: unknown;
  readonly truncation?: unknown;
}

/** As the fault provider has it. */
interface Truth {
  readonly class?: unknown;
  readonly origin?: unknown;
  readonly truncation?: readonly string[];
}

/** Where a socket's client cannot know what one of plain HTTP does. */
const OVER_SOCKETS: Readonly<Record<string, Truth>> = {
  // Of a refused handshake, nobody reads the body.
  quota_exhausted: { class: 'rate_limited', origin: 'provider' },
  model_not_found: { class: 'invalid_request', origin: 'request' },
  context_length_exceeded: { class: 'invalid_request', origin: 'request' },
  content_filtered: { class: 'invalid_request', origin: 'request' },
  error_json_200: { class: 'malformed_response', origin: 'provider' },
  // No handshake has such an answer.
  ok_wrong_content_type: { class: 'malformed_response', origin: 'provider' },
  // It is not followed.
  ok_redirect: { class: 'malformed_response', origin: 'gateway' },
  // Half a message is none.
  stream_cut_inside_event: { class: 'truncated_response', origin: 'network', truncation: ['connection_lost'] },
};

/** Where both sides end a connection at once, it is anyone's guess whose word comes first. */
function settled(key: string, seen: readonly string[] = []): readonly string[] {
  return key.endsWith('_after_terminal') ? seen.filter((one) => !/^close \d+$|^OpenAIRealtimeError|^WebSocketError/.test(one)) : seen;
}

function operationsOf({ spans }: SocketReport): SocketReport['spans'] {
  return spans.filter(({ attributes }) => 'gen_ai.operation.name' in attributes);
}

/** What only those over `ws` do not know: Node's HTTP client calls an end before the head a reset. */
const OVER_WS: Readonly<Record<string, Truth>> = { fin_before_head: { class: 'connection_reset', origin: 'network' } };

function verdictOf({ attributes, status }: SocketReport['spans'][number]): Verdict {
  expect(status === 2).toBe('outspan.error.class' in attributes);
  return { class: attributes['outspan.error.class'], origin: attributes['outspan.error.origin'], truncation: attributes['outspan.response.truncation.kind'] };
}

const FORMS = [
  ['openai-5', 'cjs', 3],
  ['openai-6', 'esm', 4],
  ['openai-7', 'esm', 4],
  ['openai-7', 'cjs', 4],
] as const;

describe.each(FORMS)('%s as %s', { timeout: 240_000 }, (alias, form, apis) => {
  let traced: SocketReports = {};
  let bare: SocketReports = {};
  // Every fault where it is told apart; elsewhere, all ways to use a client.
  const sweep = form === 'esm' ? ['every fault'] : [];
  beforeAll(async () => {
    [traced, bare] = await Promise.all([run(alias, form, 'on', ...sweep), run(alias, form, 'off', ...sweep)]);
  }, 220_000);

  const named = (name: string): SocketReport[] => Object.entries(traced).flatMap(([key, report]) => (key.endsWith(`: ${name}`) ? [report] : []));
  const all = (name: string, expected: readonly object[], where: (key: string) => boolean = () => true): void => {
    const reports = Object.entries(traced).filter(([key]) => key.endsWith(`: ${name}`) && where(key));
    expect(reports.length).toBeGreaterThan(0);
    for (const [key, report] of reports) expect.soft(operationsOf(report).map(({ attributes }) => attributes), key).toEqual(expected.map((one) => expect.objectContaining(one) as object));
  };

  it('shows the application what it shows without tracing', () => {
    expect(named('read')).toHaveLength(apis);
    for (const [key, { seen }] of Object.entries(bare)) expect.soft(settled(key, traced[key]?.seen), key).toEqual(settled(key, seen));
    expect(Object.keys(traced)).toEqual(expect.arrayContaining(Object.keys(bare)));
    const played = Object.entries(bare).filter(([key]) => key !== 'unhandled rejections');
    expect(played.flatMap(([key, { seen }]) => (seen.at(-1) === 'done' ? [] : [key]))).toEqual([]);
  });

  it('leaves no span open', () => {
    for (const [key, { open }] of Object.entries(traced)) expect.soft(open, key).toBe(0);
  });

  it('tells one operation for each response, with its tokens', () => {
    const whole = { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 21, 'gen_ai.usage.output_tokens': 12, 'gen_ai.response.finish_reasons': ['stop'], 'network.protocol.name': 'websocket', 'outspan.operation.boundary': 'sdk' };
    all('read', [whole]);
    all('through its socket', [whole]);
    all('three in turn', [whole, { ...whole, 'gen_ai.response.finish_reasons': ['tool_calls'] }, whole]);
    all('begun by speech', [whole]);
    all('sent through a Proxy', [whole]);
    all('read', [{ 'gen_ai.response.model': 'gpt-realtime' }], (key) => key.startsWith('realtime'));
    for (const report of named('three in turn')) expect(new Set(operationsOf(report).map(({ attributes }) => attributes['gen_ai.response.id'])).size).toBe(3);
  });

  it('calls the deployment on Azure the model', () => {
    expect.hasAssertions();
    all('a deployment on Azure', [{ 'gen_ai.request.model': 'my-deployment', 'gen_ai.response.finish_reasons': ['stop'] }]);
    all('refused by Azure', [{ 'gen_ai.request.model': 'my-deployment', 'outspan.error.class': 'authentication' }]);
  });

  it('keeps no content and no key', () => {
    const told = JSON.stringify(Object.values(traced).map(({ spans }) => spans));
    expect(told).toContain('my-deployment');
    for (const secret of ['sk-test', 'azure-key', 'Paris', 'Hello', 'AAAA']) expect(told).not.toContain(secret);
  });

  it('tells a response that its caller left from one that failed', () => {
    all('left in the middle', [{ 'outspan.operation.cancelled': true }]);
    all('cancelled', [{ 'outspan.operation.cancelled': true, 'gen_ai.response.finish_reasons': ['client_cancelled'] }]);
    all('closed with 1000', [{ 'outspan.error.class': 'truncated_response', 'outspan.response.truncation.kind': 'stream_unterminated', 'outspan.websocket.close_code': 1000 }]);
    all('closed with 1001', [{ 'outspan.error.class': 'truncated_response', 'outspan.error.origin': 'provider', 'outspan.websocket.close_code': 1001 }]);
    for (const name of ['left in the middle', 'cancelled']) for (const report of named(name)) expect(operationsOf(report)[0]?.status).toBe(0);
  });

  it('gives an error event to the response that it is about', () => {
    expect.hasAssertions();
    all('refused by an event, then well', [{ 'gen_ai.response.finish_reasons': ['stop'] }, { 'outspan.error.class': 'rate_limited', 'error.type': 'rate_limit_exceeded' }, { 'gen_ai.response.finish_reasons': ['stop'] }]);
    all('an error that is not the response’s', [{ 'gen_ai.response.finish_reasons': ['stop'] }]);
  });

  it('tells of a connection that failed, whether anything was asked for or not', () => {
    all('refused by the kernel', [{ 'outspan.error.class': 'connection_refused', 'error.type': 'ECONNREFUSED' }]);
    all('without a listener for errors', [{ 'outspan.error.class': 'authentication', 'outspan.error.origin': 'account' }]);
    for (const { spans } of named('without a listener for errors')) expect(spans.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([401, undefined]);
    all('left before it is connected', [], (key) => !key.startsWith('responses'));
    if (apis > 3) all('left before it is connected', [{ 'outspan.operation.cancelled': true }], (key) => key.startsWith('responses'));
    all('sent too early', []);
  });

  it.runIf(apis > 3)('follows a client that connects again: what it kept meanwhile goes out, or fails, once', () => {
    expect.hasAssertions();
    all('connecting again in the middle', [{ 'outspan.error.class': 'truncated_response' }, { 'gen_ai.response.finish_reasons': ['stop'], 'network.protocol.name': 'websocket' }]);
    if (alias === 'openai-7') all('a session that connects again', [{ 'outspan.error.class': 'truncated_response' }, { 'gen_ai.response.finish_reasons': ['stop'] }]);
    all('connecting again in vain', [{ 'outspan.error.class': 'overloaded', 'error.type': '503' }]);
  });

  it.runIf(form === 'esm')('judges every fault as over plain HTTP, but for what no client of a socket can know', () => {
    let judged = 0;
    for (const [key, report] of Object.entries(traced)) {
      const id = key.slice(key.indexOf(': ') + 2);
      const truth = faultById(id)?.truth({ dialect: 'openai.responses', mode: 'stream' });
      if (truth === undefined) continue;
      judged++;
      const expected: Truth = OVER_SOCKETS[id] ?? (key.includes('over ws') ? OVER_WS[id] : undefined) ?? truth;
      expect.soft(operationsOf(report).map(verdictOf), key).toEqual([{ class: expected.class, origin: expected.origin, truncation: expected.truncation?.join(',') }]);
    }
    expect(judged).toBeGreaterThan(200);
  });
});
