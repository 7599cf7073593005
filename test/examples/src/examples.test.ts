import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an example's own `start` script, as its README says. */
async function start(example: string, env: Record<string, string>): Promise<Run> {
  const cwd = fileURLToPath(new URL(`../../../examples/${example}/`, import.meta.url));
  const child = spawn('npm', ['run', '--silent', 'start'], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, stdout, stderr };
}

interface SpanJson {
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceId: string;
  readonly name: string;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface OtlpJson {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly (Omit<SpanJson, 'attributes' | 'scope'> & { readonly attributes: readonly { readonly key: string; readonly value: object }[] })[];
    }[];
  }[];
}

/** A backend that takes OTLP/JSON. */
async function startBackend(): Promise<{ url: string; spans: SpanJson[]; paths: string[]; close: () => void }> {
  const spans: SpanJson[] = [];
  const paths: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      paths.push(request.url ?? '');
      const payload: OtlpJson = JSON.parse(body);
      for (const { scopeSpans } of payload.resourceSpans ?? []) {
        for (const { scope, spans: some } of scopeSpans) {
          for (const span of some) {
            spans.push({ ...span, scope: scope.name, attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]])) });
          }
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    paths,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

let provider: FaultProvider;
beforeAll(async () => {
  provider = await startFaultProvider();
});
afterAll(() => provider.close());

describe('examples', () => {
  it('quickstart shows a call as a tree, with the SDK untouched', async () => {
    const { baseUrl } = provider.session('bad_gateway_page,ok');
    const { code, stdout, stderr } = await start('quickstart', { OUTSPAN_CONSOLE: 'tree', OPENAI_API_KEY: 'sk-example', OPENAI_BASE_URL: `${baseUrl}/v1` });
    expect(stderr).toContain('chat gpt-5');
    expect(stderr).toContain('502');
    expect(stderr).not.toContain('sk-example');
    expect(stdout.trim()).not.toBe('');
    expect(code).toBe(0);
  });

  it('commonjs shows a cut stream that the application took for whole', async () => {
    const { baseUrl } = provider.session('stream_cut_between_events');
    const { code, stderr } = await start('commonjs', { OUTSPAN_CONSOLE: 'tree', ANTHROPIC_API_KEY: 'sk-ant-example', ANTHROPIC_BASE_URL: baseUrl });
    expect(stderr).toContain('truncated_response');
    expect(stderr).toContain('stream_unterminated');
    expect(code).toBe(0);
  });

  it('own-sdk traces through the NodeSDK that the application set up', async () => {
    const backend = await startBackend();
    const { baseUrl } = provider.session('ok');
    const { code, stderr } = await start('own-sdk', {
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OPENAI_API_KEY: 'sk-example',
      OPENAI_BASE_URL: `${baseUrl}/v1`,
      GEMINI_API_KEY: 'gm-example',
      GEMINI_BASE_URL: baseUrl,
    });
    backend.close();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const operations = backend.spans.filter((span) => 'gen_ai.operation.name' in span.attributes);
    expect(Object.fromEntries(operations.map((span) => [span.attributes['gen_ai.provider.name'], span.attributes['outspan.operation.boundary']]))).toEqual({ openai: 'sdk', 'gcp.gemini': 'sdk' });
  });

  it('serverless exports what an invocation did before the process is frozen, and loses nothing when it is killed', async () => {
    const backend = await startBackend();
    const { baseUrl } = provider.session('ok,bad_gateway_page*3');
    const cwd = fileURLToPath(new URL('../../../examples/serverless/', import.meta.url));
    const child = spawn(process.execPath, ['--import', '@outspan/node/register', 'platform.mjs'], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', OTEL_EXPORTER_OTLP_ENDPOINT: backend.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OUTSPAN_FLUSH_TIMEOUT: '20000', OPENAI_API_KEY: 'sk-example', OPENAI_BASE_URL: `${baseUrl}/v1` },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const invoke = async (): Promise<unknown> => {
      child.stdin.write(`${JSON.stringify({ question: 'Hello?' })}\n`);
      const { value }: { value?: unknown } = await answers.next();
      child.kill('SIGSTOP');
      return JSON.parse(String(value));
    };
    const operations = (): readonly unknown[] => backend.spans.filter((span) => 'gen_ai.operation.name' in span.attributes).map((span) => span.attributes['outspan.error.class']);
    expect(await invoke()).toMatchObject({ statusCode: 200 });
    expect(operations()).toEqual([undefined]);
    child.kill('SIGCONT');
    expect(await invoke()).toMatchObject({ statusCode: 502 });
    expect(operations()).toEqual([undefined, 'bad_gateway']);
    expect(backend.paths).toEqual(expect.arrayContaining(['/v1/traces', '/v1/metrics', '/v1/logs']));
    child.kill('SIGKILL');
    backend.close();
  });

  it('http-server puts each call beneath the request that it was made for', async () => {
    const backend = await startBackend();
    const { baseUrl } = provider.session('ok');
    const { code, stderr } = await start('http-server', { OTEL_EXPORTER_OTLP_ENDPOINT: backend.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OPENAI_API_KEY: 'sk-example', OPENAI_BASE_URL: `${baseUrl}/v1` });
    backend.close();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [request, ...others] = backend.spans.filter((span) => span.scope === '@opentelemetry/instrumentation-http');
    expect(others).toEqual([]);
    const operation = backend.spans.find((span) => 'gen_ai.operation.name' in span.attributes);
    expect([operation?.traceId, operation?.parentSpanId]).toEqual([request?.traceId, request?.spanId]);
  });

  it('auto-instrumentations gives one span per attempt, beneath the operation', async () => {
    const backend = await startBackend();
    const { baseUrl } = provider.session('unavailable,ok');
    const { code } = await start('auto-instrumentations', {
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'undici,http,openai',
      OPENAI_API_KEY: 'sk-example',
      OPENAI_BASE_URL: `${baseUrl}/v1`,
    });
    backend.close();
    expect(code).toBe(0);
    const operations = backend.spans.filter((span) => 'outspan.operation.boundary' in span.attributes);
    expect(operations).toHaveLength(1);
    const attempts = backend.spans.filter((span) => span.parentSpanId === operations[0]?.spanId);
    expect(attempts.map((span) => [span.name, span.attributes['outspan.attempt.number'], span.attributes['http.response.status_code']])).toEqual([
      ['POST', 1, 503],
      ['POST', 2, 200],
    ]);
    expect(backend.spans.filter((span) => span.name === 'POST')).toHaveLength(2);
  });

  it('demo prints the trees, and the table that sets what the application saw beside what happened', async () => {
    const cwd = fileURLToPath(new URL('../../../examples/demo/', import.meta.url));
    const backend = await startBackend();
    const child = spawn(process.execPath, ['run.mjs'], { cwd, env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: backend.url }, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    backend.close();
    expect(code).toBe(0);
    expect(stderr).toContain('chat gpt-5');
    const row = (call: string): string => stdout.split('\n').find((line) => line.startsWith(`${call} `)) ?? '';
    expect(row('repaired_by_retries')).toContain('whole after 2 retries');
    expect(row('cut_stream')).toMatch(/no error;.*FAILED: truncated_response \(stream_unterminated\)/);
    expect(row('cut_claude_stream')).toMatch(/no error;.*FAILED: truncated_response/);
    expect(row('html_under_200')).toMatch(/no error;.*FAILED: malformed_response.*gateway/);
    expect(row('half_tool_call')).toMatch(/no error;.*FAILED: invalid_tool_call/);
    expect(row('out_of_quota')).toMatch(/FAILED: quota_exhausted, on the side of: account/);
    expect(row('stopped_by_us')).toContain('cancelled by the application');
    expect(backend.spans.length).toBeGreaterThan(20);
  });

  it('slo has a pager that says whose fault it is, and lets no name from outside break its lines', async () => {
    const cwd = fileURLToPath(new URL('../../../examples/slo/', import.meta.url));
    const child = spawn(process.execPath, ['pager.mjs'], { cwd, env: { ...process.env, PAGER_PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 });
    const printed = text(child.stdout);
    const url = await new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(/http:\S+/.exec(String(chunk))?.[0] ?? '')));
    const alert = {
      labels: { alertname: 'OutspanReleaseRegression', severity: 'page', outspan_fault: 'release' },
      annotations: { summary: 'the version "1\n[page] Forged\u001b[2J" fails', description: 'More than the others.', runbook_url: 'runbooks/OutspanReleaseRegression.md' },
    };
    const post = async (body: string): Promise<number> => (await fetch(url, { method: 'POST', body })).status;
    expect(await post(JSON.stringify({ alerts: [{ ...alert, status: 'firing' }, { ...alert, status: 'resolved' }] }))).toBe(200);
    expect(await post('no JSON')).toBe(400);
    child.kill('SIGTERM');
    expect((await printed).split('\n').slice(1)).toEqual([
      '',
      '[page] OutspanReleaseRegression',
      "  Whose fault: our release's",
      '  the version "1 [page] Forged [2J" fails',
      '  More than the others.',
      '  Runbook: runbooks/OutspanReleaseRegression.md',
      '',
      '[page resolved] OutspanReleaseRegression',
      '  It was: the version "1 [page] Forged [2J" fails',
      '',
    ]);
  });
});
