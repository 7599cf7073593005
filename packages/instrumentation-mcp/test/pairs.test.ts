import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { PairReport } from './fixtures/run-pairs.ts';
import type { Told } from './fixtures/tracing.ts';

const RUNNER = fileURLToPath(new URL('fixtures/run-pairs.ts', import.meta.url));

async function run(sdk: string, form: string, way: string, telemetry: 'on' | 'off'): Promise<PairReport> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', RUNNER, sdk, form, way, telemetry], { timeout: 110_000, maxBuffer: 10_000_000 });
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

const ROWS = [
  ['@modelcontextprotocol/sdk-10', 'esm'],
  ['@modelcontextprotocol/sdk-10', 'cjs'],
  ['@modelcontextprotocol/sdk-32', 'esm'],
  ['@modelcontextprotocol/sdk-32', 'cjs'],
].flatMap(([sdk = '', form = '']) => Object.keys(WAYS).map((way) => [sdk, form, way] as const));

/** The spans of both sides of one request, however they were gathered. */
function sides(report: PairReport, what: string, name: string): { readonly client: Told; readonly server: Told } {
  const all = Object.values(report.spans).flat();
  const root = all.find((span) => span.name === what && span.kind === 'INTERNAL');
  const client = all.find((span) => span.name === name && span.kind === 'CLIENT' && span.parentSpanId === root?.spanId);
  const server = all.find((span) => span.name === name && span.kind === 'SERVER' && span.parentSpanId === client?.spanId);
  if (client === undefined || server === undefined) throw new Error(`${what}: ${client === undefined ? 'no client span beneath it' : 'no server span beneath the client’s'}`);
  return { client, server };
}

describe.concurrent.for(ROWS)('%s, %s, %s', ([sdk, form, way]) => {
  it('tells of every request on both sides, in one trace, and leaves the application as it is', { timeout: 120_000 }, async () => {
    const [report, untraced] = await Promise.all([run(sdk, form, way, 'on'), run(sdk, form, way, 'off')]);

    // What baggage a server sees is the one thing that tracing changes.
    expect({ ...report.saw, baggage: undefined }).toEqual({ ...untraced.saw, baggage: undefined });
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

    const late = sides(report, 'times out', 'tools/call slow');
    expect([late.client.attributes['error.type'], late.client.attributes['outspan.error.class'], late.client.attributes['rpc.response.status_code']]).toEqual(['-32001', 'timeout', undefined]);
    const stopped = sides(report, 'cancelled', 'tools/call slow');
    for (const side of [late.server, stopped.client, stopped.server]) expect([side.failed, side.attributes['outspan.operation.cancelled']]).toEqual([false, true]);

    const all = Object.values(report.spans).flat();
    // A client that closes a pipe may still get the answer that is on its way.
    const answered = report.saw['closed'] === '{"content":[]}';
    const closed = all.filter((span) => span.name === 'tools/call slow' && span.attributes['error.type'] === '-32000');
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
