import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { PairReport } from './fixtures/run-pairs.ts';
import type { Told } from './fixtures/tracing.ts';

const RUNNER = fileURLToPath(new URL('fixtures/run-pairs.ts', import.meta.url));

async function run(sdk: string, form: string, way: string, telemetry: 'on' | 'off'): Promise<PairReport> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', RUNNER, sdk, form, way, telemetry], { timeout: 170_000, maxBuffer: 10_000_000 });
  expect(stderr).toBe('');
  // Written by the fixture next to this file.
  return JSON.parse(stdout) as PairReport;
}

const HTTP = { 'network.transport': 'tcp', 'network.protocol.name': 'http' };
const PLACE = { 'server.address': '127.0.0.1', 'server.port': expect.any(Number) };

/** What a span tells of the way, on both sides and on each. */
const WAYS: Readonly<Record<string, { readonly both: object; readonly client: object; readonly server: object }>> = {
  memory: { both: {}, client: {}, server: {} },
  own: { both: {}, client: {}, server: {} },
  stdio: { both: { 'network.transport': 'pipe' }, client: {}, server: {} },
  http: { both: { ...HTTP, 'mcp.session.id': 'session-7' }, client: PLACE, server: {} },
  sse: { both: HTTP, client: PLACE, server: { 'mcp.session.id': expect.any(String) } },
};

const ROWS = ['@modelcontextprotocol/sdk-10', '@modelcontextprotocol/sdk-32'].flatMap((sdk) => [
  ...Object.keys(WAYS).map((way) => [sdk, 'esm', way] as const),
  [sdk, 'cjs', 'http'] as const,
]);

/** The second generation, in packages of its own, which has no server over SSE. */
const SECOND = [
  ['@modelcontextprotocol/2-0', 'esm', 'memory'],
  ['@modelcontextprotocol/2-0', 'cjs', 'http'],
  ['@modelcontextprotocol/2-4', 'esm', 'memory'],
  ['@modelcontextprotocol/2-4', 'cjs', 'own'],
  ['@modelcontextprotocol/2-4', 'esm', 'stdio'],
  ['@modelcontextprotocol/2-4', 'esm', 'http'],
] as const;

/** What each generation calls what it throws by itself. */
const codesOf = (sdk: string): { readonly timeout: string; readonly closed: string } => (sdk.startsWith('@modelcontextprotocol/2-') ? { timeout: 'REQUEST_TIMEOUT', closed: 'CONNECTION_CLOSED' } : { timeout: '-32001', closed: '-32000' });

/** The spans of both sides of one request, however they were gathered. */
function sides(report: PairReport, what: string, name: string): { readonly client: Told; readonly server: Told } {
  const all = Object.values(report.spans).flat();
  const root = all.find((span) => span.name === what && span.kind === 'INTERNAL');
  const client = all.find((span) => span.name === name && span.kind === 'CLIENT' && span.parentSpanId === root?.spanId);
  const server = all.find((span) => span.name === name && span.kind === 'SERVER' && span.parentSpanId === client?.spanId);
  if (client === undefined || server === undefined) throw new Error(`${what}: ${client === undefined ? 'no client span beneath it' : 'no server span beneath the client’s'}`);
  return { client, server };
}

describe.concurrent.for([...ROWS, ...SECOND])('%s, %s, %s', ([sdk, form, way]) => {
  it('tells of every request on both sides, in one trace, and leaves the application as it is', { timeout: 180_000 }, async () => {
    const [report, untraced] = await Promise.all([run(sdk, form, way, 'on'), run(sdk, form, way, 'off')]);

    // What baggage a server sees is the one thing that tracing changes. How a connection over HTTP breaks is chance.
    const same = (saw: PairReport['saw']): object => ({ ...saw, baggage: undefined, ...((way === 'http' || way === 'sse') && { dies: undefined }) });
    expect(same(report.saw)).toEqual(same(untraced.saw));
    expect([report.saw['baggage'], untraced.saw['baggage']]).toEqual([expect.stringContaining('acme'), expect.stringContaining('none')]);

    const ok = sides(report, 'call', 'tools/call get_weather');
    const facts = { 'mcp.method.name': 'tools/call', 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'get_weather', 'jsonrpc.request.id': '1', 'mcp.protocol.version': expect.stringMatching(/^20\d\d-\d\d-\d\d$/), ...WAYS[way]?.both };
    expect(ok.client.attributes).toEqual({ ...facts, ...WAYS[way]?.client });
    expect(ok.server.attributes).toEqual({ ...facts, ...WAYS[way]?.server });
    expect([ok.client.failed, ok.server.failed]).toEqual([false, false]);
    expect(ok.server.traceId).toBe(ok.client.traceId);

    // The SDK has a word of its own in the same place, which one version puts there in place of all others: it is seen only as it goes out.
    if (way !== 'own' || !sdk.endsWith('-10')) sides(report, 'progress', 'tools/call get_weather');
    for (const [what, name, error, status] of [
      ['fails', 'tools/call fails', 'tool_error', undefined],
      ['throws', 'tools/call throws', '-32602', '-32602'],
      ['breaks', 'tools/call breaks', '-32603', '-32603'],
      ['unknown method', 'logging/setLevel', '-32601', '-32601'],
    ] as const) {
      for (const side of Object.values(sides(report, what, name))) {
        expect([what, side.failed, side.attributes['error.type'], side.attributes['rpc.response.status_code']]).toEqual([what, true, error, status]);
      }
    }
    expect(sides(report, 'resource', 'resources/read').client.attributes['mcp.resource.uri']).toBe('note://1');

    // What the server asks of its client meanwhile, in the same trace.
    expect([report.saw['works'], report.saw['asks']]).toEqual(['[1,2]', expect.stringContaining('gpt-5')]);
    const named = (name: string, kind: string): Told | undefined => Object.values(report.spans).flat().find((span) => span.name === name && span.kind === kind);
    for (const [what, method, error] of [
      ['asks', 'sampling/createMessage', undefined],
      ['asks in vain', 'roots/list', '-32601'],
    ] as const) {
      const tool = sides(report, what, `tools/call ${what === 'asks' ? what : 'asksInVain'}`).server;
      const [asking, asked] = [named(method, 'CLIENT'), named(method, 'SERVER')];
      expect([asking?.parentSpanId, asked?.parentSpanId]).toEqual([tool.spanId, asking?.spanId]);
      for (const side of [asking, asked, tool]) expect([side?.failed, side?.attributes['error.type'], side?.attributes['rpc.response.status_code']]).toEqual([error !== undefined, error, error]);
    }
    expect(Object.values(report.spans).flat().map(({ name }) => name)).not.toContain('notifications/progress');

    // A server that is gone in the middle of a call; how soon its client knows is the transport's and the version's.
    const dead = (report.spans['dies'] ?? []).filter(({ kind }) => kind === 'CLIENT');
    expect(dead.map(({ name, failed }) => [name, failed])).toEqual(form === 'esm' ? [['tools/call dies', true]] : []);
    const knows = way === 'http' || way === 'sse' ? /./ : new RegExp(`^${codesOf(sdk).closed}$`);
    for (const { attributes } of dead) {
      expect(['connection_closed', 'connection_reset', 'timeout']).toContain(attributes['outspan.error.class']);
      expect(attributes['error.type']).toMatch(knows);
    }

    const late = sides(report, 'times out', 'tools/call slow');
    expect([late.client.attributes['error.type'], late.client.attributes['outspan.error.class'], late.client.attributes['rpc.response.status_code']]).toEqual([codesOf(sdk).timeout, 'timeout', undefined]);
    const stopped = sides(report, 'cancelled', 'tools/call slow');
    for (const side of [late.server, stopped.client, stopped.server]) expect([side.failed, side.attributes['outspan.operation.cancelled']]).toEqual([false, true]);

    const all = Object.values(report.spans).flat();
    // A client that closes a pipe may still get the answer that is on its way.
    const answered = report.saw['closed'] === '{"content":[]}';
    const closed = all.filter((span) => span.name === 'tools/call slow' && span.attributes['error.type'] === codesOf(sdk).closed);
    expect(closed.map(({ attributes }) => attributes['outspan.error.class'])).toEqual(answered ? [] : ['connection_closed']);

    // Who sets the trace keeps it.
    expect(all.filter((span) => span.kind === 'SERVER' && span.traceId === '0af7651916cd43dd8448eb211c80319c').map(({ parentSpanId }) => parentSpanId)).toEqual(['b7ad6b7169203331']);

    const parallel = all.filter((span) => span.kind === 'CLIENT' && span.parentSpanId === all.find(({ name }) => name === 'parallel')?.spanId);
    expect(parallel).toHaveLength(3);
    for (const { spanId, name, failed } of parallel) {
      expect(all.filter((span) => span.kind === 'SERVER' && span.parentSpanId === spanId).map((span) => [span.name, span.failed])).toEqual([[name, failed]]);
    }
    expect(JSON.stringify(report.spans)).not.toContain('PROMPT-CANARY');
  });
});
