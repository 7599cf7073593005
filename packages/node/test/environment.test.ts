import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { metricNamesOf, spansOf } from './otlp-json.ts';
import { certificate, closeReceivers, receiveGrpc, receiveHttp, type Receiver, receiving, unusedPort } from './receiver.ts';
import { EVERY, everyBut } from './every-instrumentation.ts';
import { diagLines, run, start } from './run.ts';

afterAll(closeReceivers);

/** Spans only, readable. */
const TRACES_ONLY = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
const JSON_TRACES = { ...TRACES_ONLY, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };

async function exported(env: Record<string, string>, app: readonly [string, ...string[]] = ['one-call.mjs']): Promise<{ receiver: Receiver; stderr: string[] }> {
  const receiver = await receiving(receiveHttp());
  const ended = await run({ app, env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env } });
  expect(ended).toMatchObject({ code: 0 });
  return { receiver, stderr: diagLines(ended) };
}

function paths(receiver: Receiver): string[] {
  return receiver.requests.map((request) => request.path).sort();
}

interface Probe {
  readonly recording: boolean;
  readonly fields: readonly string[];
  readonly started?: string;
  readonly instrumentations: readonly string[];
  readonly signals: readonly number[];
  readonly variables?: string;
}

async function probed(env: Record<string, string>): Promise<{ probe: Probe; stderr: string[] }> {
  const ended = await run({ app: ['probe.mjs'], env: { OTEL_TRACES_EXPORTER: 'none', ...TRACES_ONLY, ...env } });
  expect(ended).toMatchObject({ code: 0 });
  return { probe: JSON.parse(ended.stdout.split('\n')[0] ?? ''), stderr: diagLines(ended) };
}

describe.concurrent('which generation of names is recorded', () => {
  const EARLIER = ['gen_ai.client.operation.duration', 'gen_ai.client.operation.time_per_output_chunk', 'gen_ai.client.operation.time_to_first_chunk', 'gen_ai.client.token.usage'];
  const LATEST = ['duration', 'operation.input_tokens', 'operation.output_tokens', 'time_per_output_chunk', 'time_to_first_chunk', 'usage.cache_read.input_tokens', 'usage.cache_write.input_tokens', 'usage.input_tokens', 'usage.output_tokens'].map((rest) => `gen_ai.client.inference.${rest}`);
  const UNKNOWN = expect.stringContaining('OTEL_SEMCONV_STABILITY_OPT_IN has an entry for GenAI that is not known.');

  it.for([
    [undefined, 'cache_creation', [...LATEST, ...EARLIER], []],
    ['http/dup,database', 'cache_creation', [...LATEST, ...EARLIER], []],
    ['gen_ai_latest', 'cache_creation', [...LATEST, ...EARLIER], [UNKNOWN]],
    ['http, gen_ai_latest_experimental', 'cache_write', LATEST, []],
  ] as const)('OTEL_SEMCONV_STABILITY_OPT_IN=%s', async ([value, cacheWrites, metrics, said], { expect }) => {
    const { receiver, stderr } = await exported({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', ...(value !== undefined && { OTEL_SEMCONV_STABILITY_OPT_IN: value }) }, ['streamed-call.mjs']);
    expect(metricNamesOf(receiver.requests).filter((name) => name.startsWith('gen_ai.'))).toEqual([...metrics].sort());
    const tokens = spansOf(receiver.requests).flatMap(({ attributes }) => Object.keys(attributes).filter((name) => name.startsWith('gen_ai.usage.')));
    expect(tokens.sort()).toEqual(['cache_read.input_tokens', `${cacheWrites}.input_tokens`, 'input_tokens', 'output_tokens'].map((rest) => `gen_ai.usage.${rest}`).sort());
    expect(stderr).toEqual(said);
  });
});

describe.concurrent('where telemetry goes', () => {
  it('OTEL_EXPORTER_OTLP_ENDPOINT takes all three signals, as protobuf by default', async ({ expect }) => {
    const { receiver, stderr } = await exported({});
    expect(paths(receiver)).toEqual(['/v1/logs', '/v1/metrics', '/v1/traces']);
    for (const request of receiver.requests) expect(request.headers['content-type']).toBe('application/x-protobuf');
    const sent = (path: string): string => receiver.requests.find((request) => request.path === path)?.body.toString('latin1') ?? '';
    expect(sent('/v1/traces')).toContain('chat gpt-5');
    expect(sent('/v1/metrics')).toContain('outspan.client.operations');
    expect(sent('/v1/logs')).toContain('gen_ai.client.operation.exception');
    expect(stderr).toEqual([]);
  });

  it.for(['TRACES', 'METRICS', 'LOGS'] as const)('OTEL_EXPORTER_OTLP_%s_ENDPOINT is used as it is, for that signal', async (signal, { expect }) => {
    const own = await receiving(receiveHttp());
    const { receiver } = await exported({ [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]: `${own.url}/elsewhere` });
    expect(paths(own)).toEqual(['/elsewhere']);
    expect(paths(receiver)).not.toContain(`/v1/${signal.toLowerCase()}`);
    expect(receiver.requests).toHaveLength(2);
  });

  it('OTEL_EXPORTER_OTLP_PROTOCOL=http/json sends JSON', async ({ expect }) => {
    const { receiver } = await exported({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' });
    expect(receiver.requests).toHaveLength(3);
    for (const request of receiver.requests) {
      expect(request.headers['content-type']).toBe('application/json');
      expect(() => JSON.parse(request.body.toString())).not.toThrow();
    }
    expect(spansOf(receiver.requests).map((span) => span.name).sort()).toEqual(['POST', 'POST', 'POST', 'chat gpt-5']);
  });

  it('OTEL_EXPORTER_OTLP_PROTOCOL=grpc sends gRPC', async ({ expect }) => {
    const receiver = await receiving(receiveGrpc());
    const ended = await run({ app: ['one-call.mjs'], env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
    expect(diagLines(ended)).toEqual([]);
    expect(paths(receiver)).toEqual([
      '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
      '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    ]);
    expect(receiver.requests.some((request) => request.body.toString('latin1').includes('chat gpt-5'))).toBe(true);
  });

  it('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL holds for traces alone', async ({ expect }) => {
    const { receiver } = await exported({ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' });
    const types = Object.fromEntries(receiver.requests.map((request) => [request.path, request.headers['content-type']]));
    expect(types).toEqual({ '/v1/traces': 'application/json', '/v1/metrics': 'application/x-protobuf', '/v1/logs': 'application/x-protobuf' });
  });

  it('OTEL_EXPORTER_OTLP_HEADERS go with every signal, a signal\'s own win', async ({ expect }) => {
    const { receiver } = await exported({ OTEL_EXPORTER_OTLP_HEADERS: 'x-team=a%20b,x-key=all', OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-key=traces' });
    const keys = Object.fromEntries(receiver.requests.map((request) => [request.path, request.headers['x-key']]));
    expect(keys).toEqual({ '/v1/traces': 'traces', '/v1/metrics': 'all', '/v1/logs': 'all' });
    for (const request of receiver.requests) expect(request.headers['x-team']).toBe('a b');
  });

  it('OTEL_EXPORTER_OTLP_COMPRESSION=gzip compresses', async ({ expect }) => {
    const { receiver } = await exported({ ...JSON_TRACES, OTEL_EXPORTER_OTLP_COMPRESSION: 'GZIP' });
    expect(receiver.requests.map((request) => request.headers['content-encoding'])).toEqual(['gzip']);
    expect(spansOf(receiver.requests)).toHaveLength(4);
  });

  it('OTEL_EXPORTER_OTLP_TIMEOUT ends an export that gets no answer', async ({ expect }) => {
    const silent = await receiving(receiveHttp({ answer: 'never' }));
    const ended = await run({ app: ['one-call.mjs'], env: { ...TRACES_ONLY, OTEL_EXPORTER_OTLP_ENDPOINT: silent.url, OTEL_EXPORTER_OTLP_TIMEOUT: '100' } });
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(diagLines(ended)).toEqual([expect.stringContaining('timed out')]);
  });

  it('OTEL_EXPORTER_OTLP_CERTIFICATE makes the backend trusted', async ({ expect }) => {
    const receiver = await receiving(receiveHttp({ tls: 'server' }));
    const env = { ...JSON_TRACES, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const without = await run({ app: ['one-call.mjs'], env });
    expect(diagLines(without)).toEqual([expect.stringMatching(/certificate|issuer/)]);
    expect(receiver.requests).toEqual([]);
    const trusted = await run({ app: ['one-call.mjs'], env: { ...env, OTEL_EXPORTER_OTLP_CERTIFICATE: certificate('ca.pem') } });
    expect(diagLines(trusted)).toEqual([]);
    expect(spansOf(receiver.requests)).toHaveLength(4);
  });

  it('OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and _CLIENT_KEY are shown to the backend', async ({ expect }) => {
    const receiver = await receiving(receiveHttp({ tls: 'mutual' }));
    const ended = await run({
      app: ['one-call.mjs'],
      env: {
        ...JSON_TRACES,
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_CERTIFICATE: certificate('ca.pem'),
        OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: certificate('client.pem'),
        OTEL_EXPORTER_OTLP_CLIENT_KEY: certificate('client.key'),
      },
    });
    expect(diagLines(ended)).toEqual([]);
    expect(receiver.requests.map((request) => request.client)).toEqual(['client']);
  });

  it('OTEL_EXPORTER_OTLP_CERTIFICATE holds for gRPC as well', async ({ expect }) => {
    const receiver = await receiving(receiveGrpc({ tls: true }));
    const ended = await run({
      app: ['one-call.mjs'],
      env: { ...TRACES_ONLY, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_CERTIFICATE: certificate('ca.pem') },
    });
    expect(diagLines(ended)).toEqual([]);
    expect(receiver.requests).toHaveLength(1);
  });

  it('OTEL_TRACES_EXPORTER=console prints spans to standard output', async ({ expect }) => {
    const { receiver } = await exported({ ...TRACES_ONLY, OTEL_TRACES_EXPORTER: 'console' });
    expect(receiver.requests).toEqual([]);
    const ended = await run({ app: ['one-call.mjs'], env: { ...TRACES_ONLY, OTEL_TRACES_EXPORTER: 'console' } });
    expect(ended.stdout).toContain("name: 'chat gpt-5'");
  });

  it('OTEL_TRACES_EXPORTER takes a list', async ({ expect }) => {
    const receiver = await receiving(receiveHttp());
    const ended = await run({ app: ['one-call.mjs'], env: { ...JSON_TRACES, OTEL_TRACES_EXPORTER: 'otlp, console', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
    expect(ended.stdout).toContain("name: 'chat gpt-5'");
    expect(spansOf(receiver.requests)).toHaveLength(4);
  });

  it.for([
    ['OTEL_TRACES_EXPORTER', '/v1/traces'],
    ['OTEL_METRICS_EXPORTER', '/v1/metrics'],
    ['OTEL_LOGS_EXPORTER', '/v1/logs'],
  ] as const)('%s=none leaves %s out, without a word', async ([variable, path], { expect }) => {
    const { receiver, stderr } = await exported({ [variable]: 'none' });
    expect(receiver.requests).toHaveLength(2);
    expect(paths(receiver)).not.toContain(path);
    expect(stderr).toEqual([]);
  });

  it('OTEL_METRICS_EXPORTER=console and OTEL_LOGS_EXPORTER=console print to standard output', async ({ expect }) => {
    const ended = await run({ app: ['one-call.mjs'], env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'console', OTEL_LOGS_EXPORTER: 'console' } });
    expect(ended.stdout).toContain('outspan.client.operations');
    expect(ended.stdout).toContain('gen_ai.client.operation.exception');
  });

  it('OTEL_METRIC_EXPORT_INTERVAL sends metrics while the application runs', async ({ expect }) => {
    const receiver = await receiving(receiveHttp());
    const app = start({ app: ['many-spans.mjs', 'stay'], env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRIC_EXPORT_INTERVAL: '50', OTEL_METRIC_EXPORT_TIMEOUT: '50', OTEL_BSP_SCHEDULE_DELAY: '20' } });
    await app.says('ready');
    await expect.poll(() => paths(receiver).includes('/v1/traces'), { timeout: 10_000 }).toBe(true);
    app.kill('SIGKILL');
    await app.ended;
  });
});

describe.concurrent('what is sent', () => {
  it('OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES describe the service', async ({ expect }) => {
    const { receiver } = await exported({ ...JSON_TRACES, OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.2,team=a%20b,service.name=other' });
    expect(spansOf(receiver.requests)[0]?.resource).toMatchObject({ 'service.name': 'shop', 'service.version': '1.2', team: 'a b', 'telemetry.sdk.language': 'nodejs' });
  });

  it('describes host and process by default, but not the arguments, which may hold keys', async ({ expect }) => {
    const { receiver } = await exported(JSON_TRACES, ['one-call.mjs', '--api-key=sk-secret']);
    const resource = spansOf(receiver.requests)[0]?.resource ?? {};
    expect(Object.keys(resource)).toEqual(expect.arrayContaining(['service.instance.id', 'host.name', 'os.type', 'process.pid', 'process.runtime.version']));
    expect(receiver.requests[0]?.body.toString()).not.toContain('sk-secret');
  });

  it('OTEL_NODE_RESOURCE_DETECTORS chooses detectors, under their older names too', async ({ expect }) => {
    const { receiver, stderr } = await exported({ ...JSON_TRACES, OTEL_NODE_RESOURCE_DETECTORS: 'env,os' });
    const names = Object.keys(spansOf(receiver.requests)[0]?.resource ?? {});
    expect(names).toContain('os.type');
    expect(names).not.toContain('process.pid');
    expect(stderr).toEqual([]);
  });

  it('OTEL_TRACES_SAMPLER and _ARG decide which traces are recorded', async ({ expect }) => {
    const { receiver } = await exported({ ...JSON_TRACES, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' });
    expect(receiver.requests).toEqual([]);
    const all = await exported({ ...JSON_TRACES, OTEL_TRACES_SAMPLER: 'always_on' });
    expect(spansOf(all.receiver.requests)).toHaveLength(4);
  });

  it('OTEL_BSP_MAX_EXPORT_BATCH_SIZE cuts the batches', async ({ expect }) => {
    const { receiver } = await exported({ ...JSON_TRACES, OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4' }, ['many-spans.mjs']);
    expect(receiver.requests.map((request) => spansOf([request]).length).sort((one, other) => one - other)).toEqual([2, 4, 4]);
  });

  it('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT and OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT bound a span', async ({ expect }) => {
    const { receiver } = await exported({ ...JSON_TRACES, OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '2', OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '7' }, ['many-spans.mjs']);
    expect(spansOf(receiver.requests)[0]?.attributes).toEqual({ first: 'aaaaaaa', second: 'b' });
  });

  it('OTEL_CONFIG_FILE replaces the variables by a declarative configuration', async ({ expect }) => {
    const receiver = await receiving(receiveHttp());
    const file = join(await mkdtemp(join(tmpdir(), 'outspan-')), 'otel.yaml');
    await writeFile(
      file,
      `file_format: "1.0"\nresource:\n  attributes:\n    - name: service.name\n      value: from-file\ntracer_provider:\n  processors:\n    - batch:\n        exporter:\n          otlp_http:\n            endpoint: ${receiver.url}/v1/traces\n            encoding: json\n`,
    );
    const ended = await run({ app: ['one-call.mjs'], env: { OTEL_CONFIG_FILE: file } });
    expect(diagLines(ended)).toEqual([]);
    expect(spansOf(receiver.requests)[0]?.resource).toMatchObject({ 'service.name': 'from-file' });
    const sent = spansOf(receiver.requests).length;
    const older = await run({ app: ['one-call.mjs'], env: { OTEL_EXPERIMENTAL_CONFIG_FILE: file } });
    expect([diagLines(older), spansOf(receiver.requests).filter(({ resource }) => resource['service.name'] === 'from-file').length]).toEqual([[], 2 * sent]);
  });

  it.for(['OTEL_CONFIG_FILE', 'OTEL_EXPERIMENTAL_CONFIG_FILE'])('%s that does not exist is said to be ignored, and the variables hold', async (variable, { expect }) => {
    const receiver = await receiving(receiveHttp());
    const ended = await run({ app: ['one-call.mjs'], env: { ...JSON_TRACES, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, [variable]: 'nowhere/otel.yaml' } });
    expect(diagLines(ended)).toEqual([expect.stringMatching(new RegExp(`${variable}: value "nowhere/otel.yaml" .*expected a readable file`))]);
    expect(spansOf(receiver.requests).length).toBeGreaterThan(0);
  });

  it.for([
    ['OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION', 'base2_exponential_bucket_histogram'],
    ['OTEL_METRICS_EXEMPLAR_FILTER', 'trace_based'],
  ])('%s=%s, which cannot be had, is said to be ignored', async ([variable = '', value = ''], { expect }) => {
    const ended = await run({ app: ['no-call.mjs'], env: { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', [variable]: value } });
    expect(diagLines(ended)).toEqual([expect.stringContaining(`${variable}: value "${value}"`)]);
  });

  it('a receiver that answers protobuf with JSON has taken it: nothing is said', async ({ expect }) => {
    const bodies: number[] = [];
    const server = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.byteLength)).once('end', () => response.setHeader('content-type', 'application/json').end('{"partialSuccess":{}}'));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const ended = await run({ app: ['one-call.mjs'], env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_METRICS_EXPORTER: 'none' } });
    server.close();
    expect(diagLines(ended)).toEqual([]);
    expect(bodies.length).toBeGreaterThan(0);
  });
});

describe.concurrent('what is on', () => {
  it('everything, by default', async ({ expect }) => {
    const { probe, stderr } = await probed({ OTEL_TRACES_EXPORTER: 'console' });
    expect(probe).toMatchObject({
      recording: true,
      started: 'register',
      fields: ['baggage', 'traceparent', 'tracestate'],
      instrumentations: EVERY,
      variables: 'console',
    });
    expect(stderr).toEqual([]);
  });

  it('OTEL_SDK_DISABLED=true starts nothing, hooks nothing, listens to nothing', async ({ expect }) => {
    const { probe, stderr } = await probed({ OTEL_SDK_DISABLED: 'TRUE', OTEL_TRACES_EXPORTER: 'otlp' });
    expect(probe).toMatchObject({ recording: false, fields: [], instrumentations: [], signals: [0, 0] });
    expect(stderr).toEqual([]);
  });

  it.for([
    [{ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'undici, http' }, ['@outspan/instrumentation-undici', '@outspan/instrumentation-http']],
    [{ OTEL_NODE_ENABLED_INSTRUMENTATIONS: '@outspan/instrumentation-openai' }, ['@outspan/instrumentation-openai']],
    [{ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'openai' }, everyBut('@outspan/instrumentation-openai')],
    [{ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'fs,@outspan/instrumentation-undici' }, everyBut('@outspan/instrumentation-undici')],
    [{ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'undici,openai', OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'undici' }, ['@outspan/instrumentation-openai']],
  ] as const)('OTEL_NODE_ENABLED/DISABLED_INSTRUMENTATIONS: %j leaves %j', async ([env, left], { expect }) => {
    const { probe, stderr } = await probed(env);
    expect(probe.instrumentations).toEqual(left);
    expect(stderr).toEqual([]);
  });

  it('says so when the variables leave nothing on', async ({ expect }) => {
    const { probe, stderr } = await probed({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'express' });
    expect(probe.instrumentations).toEqual([]);
    expect(stderr).toEqual([expect.stringContaining('no LLM call is traced')]);
  });

  it('OTEL_PROPAGATORS chooses how trace context travels', async ({ expect }) => {
    const { probe } = await probed({ OTEL_PROPAGATORS: 'b3' });
    expect(probe.fields).toEqual(['b3']);
  });
});

describe.concurrent('what is said', () => {
  it('OTEL_LOG_LEVEL=debug writes to standard error, never to standard output', async ({ expect }) => {
    const ended = await run({ app: ['probe.mjs'], env: { OTEL_TRACES_EXPORTER: 'none', ...TRACES_ONLY, OTEL_LOG_LEVEL: 'DEBUG' } });
    expect(ended.stderr).toContain('[opentelemetry] debug: a debug line of the application');
    expect(ended.stdout.trim().split('\n')).toHaveLength(1);
  });

  it('warnings are visible by default, information is not', async ({ expect }) => {
    const ended = await run({ app: ['probe.mjs'], env: { OTEL_TRACES_EXPORTER: 'none', ...TRACES_ONLY, OTEL_PROPAGATORS: 'pigeon' } });
    expect(diagLines(ended)).toEqual([expect.stringContaining('OTEL_PROPAGATORS')]);
  });

  it('OTEL_LOG_LEVEL=none is silent', async ({ expect }) => {
    const ended = await run({ app: ['probe.mjs'], env: { OTEL_TRACES_EXPORTER: 'none', ...TRACES_ONLY, OTEL_LOG_LEVEL: 'none', OTEL_PROPAGATORS: 'pigeon' } });
    expect(ended.stderr).toBe('');
  });

  it('a backend that is down is said once for all signals, and changes nothing for the application', async ({ expect }) => {
    const port = await unusedPort();
    const ended = await run({ app: ['one-call.mjs'], env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OUTSPAN_FLUSH_TIMEOUT: '3000' } });
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(ended.stderr.trim().split('\n')).toEqual([expect.stringContaining(`ECONNREFUSED 127.0.0.1:${port}`)]);
  });

  it('a gRPC backend that is down is said once for all signals', async ({ expect }) => {
    const port = await unusedPort();
    const ended = await run({ app: ['one-call.mjs'], env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` } });
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n' });
    expect(ended.stderr.trim().split('\n')).toEqual([expect.stringContaining(`ECONNREFUSED 127.0.0.1:${port}`)]);
  });

  it('a backend that refuses is said once, without the key that it was sent', async ({ expect }) => {
    const receiver = await receiving(receiveHttp({ answer: 401 }));
    const ended = await run({ app: ['one-call.mjs'], env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-key=top-secret' } });
    expect(ended.stderr.trim().split('\n')).toEqual([expect.stringContaining('Unauthorized')]);
    expect(ended.stderr).not.toContain('top-secret');
  });

  it.for([
    ['OTEL_SDK_DISABLED', 'perhaps'],
    ['OTEL_LOG_LEVEL', 'loud'],
    ['OTEL_TRACES_EXPORTER', 'fax'],
    ['OTEL_METRICS_EXPORTER', 'otlp,fax'],
    ['OTEL_LOGS_EXPORTER', 'fax'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'not a url'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'ftp://127.0.0.1'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'smoke'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'top-secret'],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'rar'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '-1'],
    ['OTEL_EXPORTER_OTLP_CERTIFICATE', '/nowhere.pem'],
    ['OTEL_PROPAGATORS', 'pigeon'],
    ['OTEL_TRACES_SAMPLER', 'maybe'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
    ['OTEL_NODE_RESOURCE_DETECTORS', 'radar'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', 'many'],
    ['OTEL_METRIC_EXPORT_INTERVAL', '0'],
    ['OTEL_ATTRIBUTE_COUNT_LIMIT', '-5'],
    ['OUTSPAN_CONSOLE', 'forest'],
    ['OUTSPAN_FLUSH_TIMEOUT', 'soon'],
  ] as const)('%s=%s is said in one line and counts as unset', async ([name, value], { expect }) => {
    const receiver = await receiving(receiveHttp());
    const ended = await run({ app: ['one-call.mjs'], env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...TRACES_ONLY, OTEL_METRICS_EXPORTER: 'otlp', OUTSPAN_FLUSH_TIMEOUT: '3000', [name]: value } });
    expect(ended).toMatchObject({ code: 0, stdout: 'done\n' });
    const about = diagLines(ended).filter((line) => !line.includes('could not be exported'));
    expect(about).toEqual([expect.stringContaining(`${name}: `)]);
    expect(ended.stderr).not.toContain('top-secret');
  });
});
