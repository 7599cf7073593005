import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PATIENT, runApp } from './app.ts';
import { binaries, haveBackends } from './binaries.ts';
import { PLATFORM, startCollector, startPlatformCollector, type PlatformCollector } from './collector.ts';
import { spansOf, storedSpans } from './jaeger-query.ts';
import { startJaeger, type Jaeger } from './jaeger.ts';
import { newTraceId, sendCounter, sendTraces, type MadeSpan, type MadeValue } from './made-spans.ts';
import { query, startPrometheus, type Prometheus, type Sample } from './prometheus.ts';
import { until } from './until.ts';

const host = (url: string): string => new URL(url).host;
const IDENTITY = { service_name: 'shop', service_version: '1.2.3', deployment_environment_name: 'test' };
const OF_THE_MADE = { 'service.name': 'made', 'service.version': '2', 'deployment.environment.name': 'test' };
const QUICK = { SPAN_METRICS_INTERVAL: '1s', BATCH_TIMEOUT: '200ms' };
const BOUNDS = ['0.01', '0.02', '0.04', '0.08', '0.16', '0.32', '0.64', '1.28', '2.56', '5.12', '10.24', '20.48', '40.96', '81.92', '+Inf'];

/** Without what differs from run to run and from gateway to gateway. */
async function series(prometheus: Prometheus, selector: string): Promise<Sample[]> {
  const samples = await query(prometheus, selector);
  return samples
    .map(({ labels: { __name__: _name, collector_instance_id: _gateway, ...labels }, value }) => ({ labels, value }))
    .toSorted((a, b) => (JSON.stringify(a.labels) < JSON.stringify(b.labels) ? -1 : 1));
}

async function one(prometheus: Prometheus, promql: string): Promise<number> {
  return (await query(prometheus, promql))[0]?.value ?? 0;
}

function operation(attributes: Readonly<Record<string, MadeValue>> = {}, span: Partial<MadeSpan> = {}): MadeSpan {
  return {
    name: 'chat gpt-5',
    seconds: 0.5,
    ...span,
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-5', 'server.address': 'api.openai.com', 'outspan.operation.boundary': 'sdk', 'outspan.retry.count': 0, ...attributes },
  };
}

describe('collector/README.md', async () => {
  const readme = await readFile(`${PLATFORM}README.md`, 'utf8');
  const files = (await readdir(PLATFORM)).filter((name) => name.endsWith('.yaml'));

  it('speaks of every file', () => {
    const described = [...readme.matchAll(/^\| \[`([\w.-]+)`\]/gm)].map(([, name = '']) => name);
    expect(new Set(described)).toEqual(new Set(files));
  });

  it('lists every variable with its default, of each file that reads it', async () => {
    const read = await Promise.all(
      files.map(async (file) => {
        const short = file.replace('.yaml', '').replace(/^gateway-/, '');
        return [...(await readFile(PLATFORM + file, 'utf8')).matchAll(/\$\{env:(\w+)(?::-([^}]*))?\}/g)].map(([, name, value = '']) => `${name} of ${short}: ${value}`);
      }),
    );
    const everywhere = ['agent', 'balancer', 'gateway'];
    const listed = [...readme.matchAll(/^\| `([A-Z_]+)` \| ([\w, -]+) \| (?:`([^`]*)`)? ?\|/gm)].flatMap(([, name, of = '', value = '']) =>
      (of === 'all' ? everywhere : of.split(', ')).map((each) => `${name} of ${each}: ${value}`),
    );
    expect(listed.toSorted()).toEqual([...new Set(read.flat())].toSorted());
  });
});

describe.runIf(haveBackends)('each configuration of collector/', () => {
  it('is right without the pipelines that the README tells how to turn off', async () => {
    const gateway: { service: { pipelines: Record<string, { receivers: string[] }> } } = parse(await readFile(`${PLATFORM}gateway.yaml`, 'utf8'), { merge: true });
    const names = Object.keys(gateway.service.pipelines);
    const [first, last] = [names.indexOf('traces/operations'), names.indexOf('traces/rate_limit_limit')];
    const without = async (gone: readonly string[], counters: (name: string) => boolean): Promise<unknown> => {
      const pipelines = Object.fromEntries(Object.entries(gateway.service.pipelines).filter(([name]) => !gone.includes(name)));
      pipelines['metrics/spans'] = { ...gateway.service.pipelines['metrics/spans'], receivers: (gateway.service.pipelines['metrics/spans']?.receivers ?? []).filter((name) => !counters(name)) };
      const config = JSON.stringify({ ...gateway, service: { ...gateway.service, pipelines } });
      return promisify(execFile)(binaries().collector, ['validate', '--config=env:CONFIG'], { env: { CONFIG: config } });
    };
    expect(last - first).toBe(9);
    await expect(without(names.slice(first, last + 1), (name) => name !== 'span_metrics/monitoring')).resolves.toBeDefined();
    await expect(without(['traces/monitoring'], (name) => name === 'span_metrics/monitoring')).resolves.toBeDefined();
  });

  it.each([
    'agent.yaml',
    'gateway-balancer.yaml',
    'gateway-balancer.yaml with gateway-balancer-dns.yaml',
    'gateway.yaml',
    'gateway.yaml with gateway-prometheus-otlp.yaml',
    'gateway.yaml with gateway-honeycomb.yaml',
  ])('%s starts with no more than addresses, and has nothing to complain of', async (files) => {
    const collector = await startPlatformCollector(binaries().collector, files.split(' with '), { HONEYCOMB_API_KEY: 'not-a-key', GATEWAY_HOST: '127.0.0.1' });
    await collector.stop();
    expect(collector.logs()).toContain('Everything is ready');
    const complaints = collector.logs().split('\n').filter((line) => /\t(?:warn|error)\t/.test(line));
    // Nobody is there to send to.
    expect(complaints.filter((line) => !line.includes('connection refused'))).toEqual([]);
  });
});

describe.runIf(haveBackends)('from an application through agent, balancer and gateway', () => {
  let provider: FaultProvider;
  let prometheus: Prometheus;
  let jaeger: Jaeger;
  let gateway: PlatformCollector;
  let balancer: PlatformCollector;
  let agent: PlatformCollector;

  beforeAll(async () => {
    provider = await startFaultProvider();
    prometheus = await startPrometheus(binaries().prometheus);
    jaeger = await startJaeger(binaries().jaeger, { metricsFrom: prometheus.url });
    gateway = await startPlatformCollector(binaries().collector, ['gateway.yaml'], {
      ...QUICK,
      HEALTHY_SHARE_PERCENT: '0',
      JAEGER_OTLP_GRPC_ENDPOINT: host(jaeger.otlpGrpcUrl),
      PROMETHEUS_REMOTE_WRITE_ENDPOINT: prometheus.remoteWriteUrl,
    });
    balancer = await startPlatformCollector(binaries().collector, ['gateway-balancer.yaml'], { GATEWAYS: `[${host(gateway.otlpGrpcUrl)}]` });
    agent = await startPlatformCollector(binaries().collector, ['agent.yaml'], { ...QUICK, BALANCER_ENDPOINT: host(balancer.otlpGrpcUrl) });
    await runApp({
      provider,
      preload: '@outspan/node/register',
      env: { ...PATIENT, OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.2.3,deployment.environment.name=test', OTEL_EXPORTER_OTLP_ENDPOINT: agent.otlpHttpUrl },
    });
    await until('all that the application did in Prometheus', 30_000, async () => (await one(prometheus, 'sum(outspan_spans_operations_calls_total)')) === 6 && (await one(prometheus, 'sum(outspan_client_operations_total)')) === 6);
  });
  afterAll(async () => {
    await agent?.stop();
    await balancer?.stop();
    await gateway?.stop();
    await jaeger?.stop();
    await prometheus?.stop();
    await provider?.close();
  });

  it('failed and retried calls are in Jaeger with all their attempts and the reason; healthy ones are not', async () => {
    const spans = await spansOf(jaeger.queryUrl, 'shop', 7);
    const kept = spans.map(({ name, status, attributes }) => `${name} ${String(attributes['http.response.status_code'] ?? attributes['outspan.error.class'] ?? 'whole')} ${status}: ${String(attributes['outspan.kept'])}`);
    expect(kept.toSorted()).toEqual([
      'POST 200 error: failed',
      'POST 200 unset: retried',
      'POST 401 error: failed',
      'POST 502 error: failed',
      'chat gpt-5-mini authentication error: failed',
      'chat gpt-5-mini truncated_response error: failed',
      'chat gpt-5-mini whole unset: retried',
    ]);
  });

  it('operations are counted by exactly the labels of the application’s own counter, and the model that answered', async () => {
    const openai = { ...IDENTITY, gen_ai_operation_name: 'chat', gen_ai_provider_name: 'openai', gen_ai_request_model: 'gpt-5-mini', server_address: '127.0.0.1' };
    const answered = { ...openai, gen_ai_response_model: 'gpt-5-mini-2026-08-06' };
    const expected = [
      { labels: { ...openai, gen_ai_provider_name: 'anthropic', gen_ai_request_model: 'claude-sonnet-5', gen_ai_response_model: 'claude-sonnet-5', outspan_operation_outcome: 'success', outspan_retried: 'false' }, value: 2 },
      { labels: { ...answered, outspan_operation_outcome: 'success', outspan_retried: 'false' }, value: 1 },
      { labels: { ...answered, outspan_operation_outcome: 'success', outspan_retried: 'true' }, value: 1 },
      { labels: { ...openai, outspan_operation_outcome: 'failure', outspan_error_class: 'authentication', outspan_error_origin: 'account', outspan_retried: 'false' }, value: 1 },
      {
        labels: { ...answered, outspan_operation_outcome: 'failure', outspan_error_class: 'truncated_response', outspan_error_origin: 'provider', outspan_response_truncation_kind: 'stream_unterminated', outspan_retried: 'false' },
        value: 1,
      },
    ];
    const unordered = (samples: readonly Sample[]): Set<Sample> => new Set(samples);
    expect(unordered(await series(prometheus, 'outspan_spans_operations_calls_total{service_name="shop"}'))).toEqual(unordered(expected));
    expect(unordered(await series(prometheus, 'outspan_spans_operations_duration_seconds_count{service_name="shop"}'))).toEqual(unordered(expected));
    const own = (await series(prometheus, 'outspan_client_operations_total')).map(({ labels: { job: _job, instance: _instance, ...labels }, value }) => ({ labels, value }));
    expect(unordered(own)).toEqual(unordered(expected.map(({ labels, value }) => ({ labels: Object.fromEntries(Object.entries(labels).filter(([name]) => name !== 'gen_ai_response_model')), value }))));
  });

  it.each([
    { measure: 'attempts', spans: 'sum(outspan_spans_attempts_duration_seconds_sum)', application: 'sum(outspan_client_attempts_total)' },
    { measure: 'input tokens', spans: 'sum(outspan_spans_input_tokens_duration_seconds_sum) * 1e6', application: 'sum(gen_ai_client_inference_usage_input_tokens_total)' },
    { measure: 'output tokens', spans: 'sum(outspan_spans_output_tokens_duration_seconds_sum) * 1e6', application: 'sum(gen_ai_client_inference_usage_output_tokens_total)' },
    { measure: 'time lost to retries', spans: 'sum(outspan_spans_retry_delay_duration_seconds_sum)', application: 'sum(outspan_client_retry_delay_seconds_sum)' },
    { measure: 'first chunks', spans: 'sum(outspan_spans_first_chunk_duration_seconds_count)', application: 'sum(gen_ai_client_inference_time_to_first_chunk_seconds_count)' },
    { measure: 'time to first chunk', spans: 'sum(outspan_spans_first_chunk_duration_seconds_sum)', application: 'sum(gen_ai_client_inference_time_to_first_chunk_seconds_sum)' },
    { measure: 'durations', spans: 'sum(outspan_spans_operations_duration_seconds_count)', application: 'sum(gen_ai_client_inference_duration_seconds_count)' },
  ])('spans and the application itself tell the same: $measure', async ({ spans, application }) => {
    const itself = await one(prometheus, application);
    expect(itself).toBeGreaterThan(0);
    expect(await one(prometheus, spans)).toBeCloseTo(itself, 5);
  });

  it('durations have the bucket bounds of the application’s own histograms', async () => {
    for (const name of ['outspan_spans_operations_duration_seconds_bucket', 'outspan_spans_first_chunk_duration_seconds_bucket', 'gen_ai_client_inference_duration_seconds_bucket']) {
      const bounds = new Set((await query(prometheus, `count by (le) (${name})`)).map(({ labels }) => labels['le']));
      expect([...bounds].toSorted((a, b) => Number(a?.replace('+Inf', 'Infinity')) - Number(b?.replace('+Inf', 'Infinity')))).toEqual(BOUNDS);
    }
    expect(new Set((await query(prometheus, 'outspan_spans_attempts_duration_seconds_bucket')).map(({ labels }) => labels['le']))).toEqual(new Set(['+Inf']));
  });

  it('failures have exemplars that lead to their traces', async () => {
    const options = new URLSearchParams({ query: 'outspan_spans_operations_duration_seconds_bucket{outspan_operation_outcome="failure"}', start: String(Date.now() / 1000 - 600), end: String(Date.now() / 1000 + 60) });
    const response = await fetch(`${prometheus.url}/api/v1/query_exemplars?${options.toString()}`, { signal: AbortSignal.timeout(5_000) });
    const traces = new Set([...(await response.text()).matchAll(/"trace_id":"(\w+)"/g)].map(([, id = '']) => id));
    const failed = (await spansOf(jaeger.queryUrl, 'shop', 7)).filter(({ status, attributes }) => status === 'error' && 'gen_ai.operation.name' in attributes);
    expect(traces).toEqual(new Set(failed.map(({ traceId }) => traceId)));
  });

  it('an application’s metrics have what identifies the service as labels, and nothing else of its resource', async () => {
    const [counter] = await query(prometheus, 'outspan_client_operations_total{outspan_retried="true"}');
    expect(Object.keys(counter?.labels ?? {}).toSorted()).toEqual(
      ['__name__', 'deployment_environment_name', 'gen_ai_operation_name', 'gen_ai_provider_name', 'gen_ai_request_model', 'instance', 'job', 'outspan_operation_outcome', 'outspan_retried', 'server_address', 'service_name', 'service_version'],
    );
    expect(counter?.labels).toMatchObject({ ...IDENTITY, job: 'shop' });
    expect(await query(prometheus, 'target_info')).toEqual([]);
    expect(await query(prometheus, '{process_pid!=""} or {host_name!=""} or {otel_scope_name!=""}')).toEqual([]);
  });

  it('Jaeger’s monitoring view has calls, errors and latencies of a service under traffic', async () => {
    const options = new URLSearchParams({ service: 'monitored', spanKind: 'client', lookback: '3600000', step: '5000', ratePer: '60000', quantile: '0.95' });
    for (const figure of ['calls', 'errors', 'latencies']) {
      const values = await until(`${figure} in Jaeger`, 20_000, async () => {
        await sendTraces(gateway.otlpHttpUrl, { 'service.name': 'monitored' }, [{ traceId: newTraceId(), spans: [{ name: 'call', seconds: 0.5, failed: true, attributes: {} }] }]);
        const response = await fetch(`${jaeger.queryUrl}/api/metrics/${figure}?${options.toString()}`, { signal: AbortSignal.timeout(5_000) });
        const found = [...(await response.text()).matchAll(/"doubleValue":([\d.]+)/g)].map(([, value]) => Number(value)).filter((value) => value > 0);
        return found.length > 0 && found;
      });
      expect(values.length).toBeGreaterThan(0);
    }
  });

  describe('made spans', () => {
    const QUOTED = 'a "b" {c="d"}\n\\';

    beforeAll(async () => {
      const attempt = (attributes: Readonly<Record<string, MadeValue>>): MadeSpan => ({ name: 'POST', seconds: 0.2, attributes: { 'http.request.method': 'POST', 'server.address': 'api.openai.com', ...attributes } });
      const limits = { 'outspan.rate_limit.requests.limit': 1000, 'outspan.rate_limit.requests.remaining': 250, 'outspan.rate_limit.tokens.limit': 100_000 };
      const spans: readonly MadeSpan[][] = [
        [operation({ 'outspan.operation.cancelled': true }, { name: 'cancelled' })],
        [operation({ 'outspan.response.truncated': true, 'outspan.response.truncation.kind': 'token_limit', 'gen_ai.usage.output_tokens': 16_384 }, { name: 'cut short' })],
        [operation({ 'outspan.response.truncated': true, 'outspan.response.truncation.kind': 'stalled,tool_arguments_incomplete', 'outspan.error.class': 'timeout', 'outspan.error.origin': 'client' }, { name: 'stalled', failed: true })],
        [operation({ 'gen_ai.request.model': 'slow' }, { name: 'slow', seconds: 21 })],
        [operation({ 'gen_ai.request.model': 'slow', 'gen_ai.response.time_to_first_chunk': 6.5 }, { name: 'slow to begin', seconds: 7 })],
        [operation({ 'gen_ai.request.model': QUOTED, 'outspan.kept': 'forged' }, { name: 'quoted' }), attempt(limits), attempt({ ...limits, 'outspan.rate_limit.requests.remaining': 150 })],
        // Other instrumentations' spans are no operations, however they look.
        [{ name: 'chat gpt-5', seconds: 1, attributes: { 'gen_ai.operation.name': 'chat' } }],
      ];
      // Two processes of one service: one count.
      for (const pid of [1, 2]) await sendTraces(agent.otlpHttpUrl, { ...OF_THE_MADE, 'process.pid': pid, 'service.instance.id': `instance ${pid}` }, spans.map((each) => ({ traceId: newTraceId(), spans: each })));
      await until('the made spans to be counted', 20_000, async () => (await one(prometheus, 'sum(outspan_spans_operations_calls_total{service_name="made"})')) === 12);
    });

    it('are counted by outcome: cancelled is no failure, a token limit is none, two kinds of truncation are one label', async () => {
      const counted = await query(prometheus, 'sum by (outspan_operation_outcome, outspan_error_class, outspan_response_truncation_kind, gen_ai_request_model) (outspan_spans_operations_calls_total{service_name="made"})');
      const expected = [
        { labels: { gen_ai_request_model: 'gpt-5', outspan_operation_outcome: 'cancelled' }, value: 2 },
        { labels: { gen_ai_request_model: 'gpt-5', outspan_operation_outcome: 'success', outspan_response_truncation_kind: 'token_limit' }, value: 2 },
        { labels: { gen_ai_request_model: 'gpt-5', outspan_operation_outcome: 'failure', outspan_error_class: 'timeout', outspan_response_truncation_kind: 'stalled,tool_arguments_incomplete' }, value: 2 },
        { labels: { gen_ai_request_model: 'slow', outspan_operation_outcome: 'success' }, value: 4 },
        { labels: { gen_ai_request_model: QUOTED, outspan_operation_outcome: 'success' }, value: 2 },
      ];
      expect(new Set(counted)).toEqual(new Set(expected));
    });

    it('make one series for all processes of a service', async () => {
      expect(await query(prometheus, 'outspan_spans_operations_calls_total{outspan_operation_outcome="cancelled"}')).toMatchObject([{ value: 2, labels: { service_name: 'made' } }]);
    });

    it('have exact sums of tokens and of rate limits, those only of attempts that tell both figures', async () => {
      expect(await one(prometheus, 'sum(outspan_spans_output_tokens_duration_seconds_sum{service_name="made"}) * 1e6')).toBeCloseTo(32_768, 3);
      const labels = { service_name: 'made', service_version: '2', deployment_environment_name: 'test', server_address: 'api.openai.com', outspan_rate_limit_subject: 'requests' };
      expect(await series(prometheus, 'outspan_spans_rate_limit_remaining_duration_seconds_sum{service_name="made"}')).toEqual([{ labels, value: expect.closeTo(0.0008, 9) }]);
      expect(await series(prometheus, 'outspan_spans_rate_limit_limit_duration_seconds_sum{service_name="made"}')).toEqual([{ labels, value: expect.closeTo(0.004, 9) }]);
    });

    it('are in Jaeger where they were truncated, failed or slow, with the reason, whatever they claimed themselves', async () => {
      const spans = await spansOf(jaeger.queryUrl, 'made', 8);
      expect(new Set(spans.map(({ name, attributes }) => `${name}: ${String(attributes['outspan.kept'])}`))).toEqual(new Set(['cut short: truncated', 'stalled: failed', 'slow: slow', 'slow to begin: slow']));
    });
  });

  it('spans that came before the failure of their trace, and those that come after it, are kept with it', async () => {
    const resource = { 'service.name': 'piecemeal' };
    const traceId = newTraceId();
    const part = (name: string, failed: boolean): Promise<void> => sendTraces(gateway.otlpHttpUrl, resource, [{ traceId, spans: [{ name, seconds: 0.1, failed, attributes: {} }] }]);
    await part('before', false);
    await sendTraces(gateway.otlpHttpUrl, resource, [{ traceId: newTraceId(), spans: [{ name: 'of a trace that never fails', seconds: 0.1, attributes: {} }] }]);
    await part('failure', true);
    await part('after', false);
    const names = (await spansOf(jaeger.queryUrl, 'piecemeal', 3)).map(({ name }) => name);
    expect(names.toSorted()).toEqual(['after', 'before', 'failure']);
  });

  it('each says of itself what its README tells to watch', async () => {
    const said = await Promise.all([agent, balancer, gateway].map(async ({ metricsUrl }) => (await fetch(metricsUrl)).text()));
    for (const text of said) expect(text).toMatch(/^otelcol_exporter_queue_size\{/m);
    expect(said[1]).toMatch(/^otelcol_loadbalancer_backend_outcome/m);
    expect(said[2]).toMatch(/^otelcol_processor_tail_sampling_sampling_traces_on_memory/m);
  });
});

describe.runIf(haveBackends)('the variants of the gateway', () => {
  let prometheus: Prometheus;
  let jaeger: Jaeger;
  beforeAll(async () => {
    prometheus = await startPrometheus(binaries().prometheus);
    jaeger = await startJaeger(binaries().jaeger);
  });
  afterAll(async () => {
    await jaeger?.stop();
    await prometheus?.stop();
  });

  it('with OTLP instead of remote write, series have the same names and labels', async () => {
    const resource = { ...OF_THE_MADE, 'service.instance.id': 'a', 'host.name': 'elsewhere' };
    const shapes: Record<string, Set<string>>[] = [];
    for (const files of [['gateway.yaml'], ['gateway.yaml', 'gateway-prometheus-otlp.yaml']]) {
      const service = `by ${files.length}`;
      const gateway = await startPlatformCollector(binaries().collector, files, {
        ...QUICK,
        PROMETHEUS_REMOTE_WRITE_ENDPOINT: prometheus.remoteWriteUrl,
        PROMETHEUS_OTLP_ENDPOINT: `${prometheus.url}/api/v1/otlp`,
        JAEGER_OTLP_GRPC_ENDPOINT: host(jaeger.otlpGrpcUrl),
      });
      try {
        await sendTraces(gateway.otlpHttpUrl, { ...resource, 'service.name': service }, [{ traceId: newTraceId(), spans: [operation({ 'gen_ai.usage.input_tokens': 7, 'gen_ai.response.time_to_first_chunk': 0.25 })] }]);
        await sendCounter(gateway.otlpHttpUrl, { ...resource, 'service.name': service }, 'made.operations', { kind: 'x' }, 5);
        await until(`metrics of ${service}`, 20_000, async () => (await one(prometheus, `outspan_spans_operations_calls_total{service_name="${service}"}`)) === 1 && (await one(prometheus, `made_operations_total{service_name="${service}"}`)) === 5);
      } finally {
        await gateway.stop();
      }
      const found = await query(prometheus, `{service_name="${service}", __name__!~"traces_.*"}`);
      shapes.push(Object.fromEntries(found.map(({ labels }) => [labels['__name__'] ?? '', new Set(Object.keys(labels))])));
    }
    expect(shapes[1]).toEqual(shapes[0]);
    expect(Object.keys(shapes[0] ?? {})).toContain('outspan_spans_input_tokens_duration_seconds_sum');
    expect(await query(prometheus, 'target_info')).toEqual([]);
  });

  it('with names from DNS instead of a list, traces arrive', async () => {
    const gateway = await startPlatformCollector(binaries().collector, ['gateway.yaml'], { ...QUICK, JAEGER_OTLP_GRPC_ENDPOINT: host(jaeger.otlpGrpcUrl), PROMETHEUS_REMOTE_WRITE_ENDPOINT: prometheus.remoteWriteUrl });
    const balancer = await startPlatformCollector(binaries().collector, ['gateway-balancer.yaml', 'gateway-balancer-dns.yaml'], { GATEWAY_HOST: '127.0.0.1', GATEWAY_PORT: new URL(gateway.otlpGrpcUrl).port });
    try {
      await sendTraces(balancer.otlpHttpUrl, { 'service.name': 'by DNS' }, [{ traceId: newTraceId(), spans: [operation({}, { failed: true })] }]);
      expect(await spansOf(jaeger.queryUrl, 'by DNS', 1)).toHaveLength(1);
    } finally {
      await balancer.stop();
      await gateway.stop();
    }
  });

  it('spans with long messages arrive, in batches that each server takes', async () => {
    const gateway = await startPlatformCollector(binaries().collector, ['gateway.yaml'], { ...QUICK, JAEGER_OTLP_GRPC_ENDPOINT: host(jaeger.otlpGrpcUrl), PROMETHEUS_REMOTE_WRITE_ENDPOINT: prometheus.remoteWriteUrl });
    const balancer = await startPlatformCollector(binaries().collector, ['gateway-balancer.yaml'], { GATEWAYS: `[${host(gateway.otlpGrpcUrl)}]` });
    const agent = await startPlatformCollector(binaries().collector, ['agent.yaml'], { ...QUICK, BALANCER_ENDPOINT: host(balancer.otlpGrpcUrl) });
    try {
      // Through the agent, and, as a batch of 12 MB, past it.
      for (const { otlpHttpUrl } of [agent, balancer]) {
        const traces = Array.from({ length: 60 }, () => ({ traceId: newTraceId(), spans: [operation({ 'gen_ai.input.messages': 'x'.repeat(200_000) }, { failed: true })] }));
        await sendTraces(otlpHttpUrl, { 'service.name': 'long' }, traces);
      }
      expect(await spansOf(jaeger.queryUrl, 'long', 120)).toHaveLength(120);
    } finally {
      await agent.stop();
      await balancer.stop();
      await gateway.stop();
    }
  });

  it('what an agent has taken survives the agent and the balancer, both killed', async () => {
    const gateway = await startPlatformCollector(binaries().collector, ['gateway.yaml'], { ...QUICK, JAEGER_OTLP_GRPC_ENDPOINT: host(jaeger.otlpGrpcUrl), PROMETHEUS_REMOTE_WRITE_ENDPOINT: prometheus.remoteWriteUrl });
    const balancer = await startPlatformCollector(binaries().collector, ['gateway-balancer.yaml'], { GATEWAYS: `[${host(gateway.otlpGrpcUrl)}]` });
    const agent = await startPlatformCollector(binaries().collector, ['agent.yaml'], { ...QUICK, BALANCER_ENDPOINT: host(balancer.otlpGrpcUrl) });
    const failed = (): Promise<void> => sendTraces(agent.otlpHttpUrl, { 'service.name': 'survivor' }, [{ traceId: newTraceId(), spans: [operation({}, { failed: true })] }]);
    try {
      // Taken by the agent alone.
      await balancer.kill();
      await failed();
      await agent.kill();
      await agent.restart();
      // Taken by the balancer, too, which cannot send it on.
      await gateway.kill();
      await balancer.restart();
      await failed();
      const accepted = /^otelcol_receiver_accepted_spans\S* (\d+)/m;
      await until('the balancer to have taken both', 20_000, async () => accepted.exec(await (await fetch(balancer.metricsUrl)).text())?.[1] === '2');
      await balancer.kill();
      await balancer.restart();
      await gateway.restart();
      expect(await spansOf(jaeger.queryUrl, 'survivor', 2)).toHaveLength(2);
      await until('both to be counted', 20_000, async () => (await one(prometheus, 'sum(outspan_spans_operations_calls_total{service_name="survivor"})')) === 2);
    } finally {
      await agent.stop();
      await balancer.stop();
      await gateway.stop();
    }
  });

  it('a span with values of the wrong type or of any length harms no other, and is counted as far as it makes sense', async () => {
    const gateway = await startPlatformCollector(binaries().collector, ['gateway.yaml'], { ...QUICK, JAEGER_OTLP_GRPC_ENDPOINT: host(jaeger.otlpGrpcUrl), PROMETHEUS_REMOTE_WRITE_ENDPOINT: prometheus.remoteWriteUrl });
    const wrong = {
      'gen_ai.request.model': 'm'.repeat(10_000),
      'outspan.retry.count': 'many',
      'outspan.retry.delay': true,
      'outspan.response.truncated': 'yes',
      'outspan.operation.cancelled': 1,
      'gen_ai.response.time_to_first_chunk': 'soon',
      'gen_ai.usage.input_tokens': 'few',
      'gen_ai.usage.output_tokens': 1.5,
    };
    try {
      await sendTraces(gateway.otlpHttpUrl, { 'service.name': 'odd', 'service.version': 3 }, [
        { traceId: newTraceId(), spans: [operation(wrong), operation({ 'gen_ai.response.time_to_first_chunk': 2, 'outspan.retry.count': 1, 'outspan.retry.delay': 3, 'gen_ai.usage.input_tokens': 7 }, { failed: true })] },
      ]);
      await until('both to be counted', 20_000, async () => (await one(prometheus, 'sum(outspan_spans_operations_calls_total{service_name="odd"})')) === 2);
      const measure = (name: string): Promise<number> => one(prometheus, `sum(outspan_spans_${name}_duration_seconds_sum{service_name="odd"})`);
      expect([await measure('first_chunk'), await measure('attempts'), await measure('retry_delay'), (await measure('input_tokens')) * 1e6, await measure('output_tokens')]).toEqual([2, 2, 3, expect.closeTo(7, 6), 0]);
      const [odd] = await query(prometheus, 'outspan_spans_operations_calls_total{service_name="odd", outspan_operation_outcome="success"}');
      expect(odd?.labels).toMatchObject({ gen_ai_request_model: 'm'.repeat(256), outspan_retried: 'false', service_version: '3' });
      // The second is why the first is kept.
      expect(await spansOf(jaeger.queryUrl, 'odd', 2)).toHaveLength(2);
    } finally {
      await gateway.stop();
    }
  });

  it('label combinations beyond the limit are counted together, for each service and gateway', async () => {
    const gateway = await startPlatformCollector(binaries().collector, ['gateway.yaml'], {
      ...QUICK,
      SPAN_METRICS_SERIES: '3',
      HOSTNAME: 'gateway-7',
      JAEGER_OTLP_GRPC_ENDPOINT: host(jaeger.otlpGrpcUrl),
      PROMETHEUS_REMOTE_WRITE_ENDPOINT: prometheus.remoteWriteUrl,
    });
    try {
      for (const service of ['much', 'more']) {
        const traces = Array.from({ length: 8 }, (_, index) => ({ traceId: newTraceId(), spans: [operation({ 'gen_ai.request.model': `model ${index}` })] }));
        await sendTraces(gateway.otlpHttpUrl, { 'service.name': service }, traces);
      }
      await until('all to be counted', 20_000, async () => (await one(prometheus, 'sum(outspan_spans_operations_calls_total{service_name=~"much|more"})')) === 16);
      const overflow = await query(prometheus, 'outspan_spans_operations_calls_total{otel_metric_overflow="true"}');
      expect(new Set(overflow.map(({ labels: { __name__: _name, ...labels }, value }) => ({ labels, value })))).toEqual(
        new Set(['much', 'more'].map((service) => ({ labels: { service_name: service, collector_instance_id: 'gateway-7', otel_metric_overflow: 'true' }, value: 5 }))),
      );
    } finally {
      await gateway.stop();
    }
  });

  it('a gateway that is stopped does not write what it counted since it last did, as the README says', async () => {
    const gateway = await startPlatformCollector(binaries().collector, ['gateway.yaml'], {
      ...QUICK,
      SPAN_METRICS_INTERVAL: '1h',
      JAEGER_OTLP_GRPC_ENDPOINT: host(jaeger.otlpGrpcUrl),
      PROMETHEUS_REMOTE_WRITE_ENDPOINT: prometheus.remoteWriteUrl,
    });
    await sendTraces(gateway.otlpHttpUrl, { 'service.name': 'stopped' }, [{ traceId: newTraceId(), spans: [operation({}, { failed: true })] }]);
    await gateway.stop();
    expect(await spansOf(jaeger.queryUrl, 'stopped', 1)).toHaveLength(1);
    expect(await query(prometheus, '{service_name="stopped"}')).toEqual([]);
  });

  it('to Honeycomb, spans come with the key, and a healthy one says for how many it stands', async () => {
    // Takes Honeycomb's place, and writes the key that it was sent to each span.
    const honeycomb = await startCollector(binaries().collector, { tracesTo: jaeger.otlpGrpcUrl, headerToAttribute: 'x-honeycomb-team' });
    const gateway = await startPlatformCollector(binaries().collector, ['gateway.yaml', 'gateway-honeycomb.yaml'], { ...QUICK, HONEYCOMB_API_ENDPOINT: honeycomb.otlpHttpUrl, HONEYCOMB_API_KEY: 'a-key', HEALTHY_SHARE_PERCENT: '12.5' });
    try {
      const share = (id: string): boolean => Number.parseInt(id.slice(24), 16) < 0x2000_0000;
      const traces = Array.from({ length: 160 }, () => ({ traceId: newTraceId(), spans: [operation({}, { name: 'healthy' })] }));
      await sendTraces(gateway.otlpHttpUrl, { 'service.name': 'comb' }, [{ traceId: newTraceId(), spans: [operation({}, { name: 'failed', failed: true })] }, ...traces]);
      const expected = traces.filter(({ traceId }) => share(traceId)).length;
      const spans = await spansOf(jaeger.queryUrl, 'comb', expected + 1);
      expect(new Set(spans.map(({ attributes }) => attributes['test.header']))).toEqual(new Set(['a-key']));
      expect(spans.filter(({ name, attributes }) => name === 'healthy' && attributes['SampleRate'] === 8)).toHaveLength(expected);
      expect(spans.find(({ name }) => name === 'failed')?.attributes).not.toHaveProperty('SampleRate');
      expect(await storedSpans(jaeger.queryUrl, 'comb')).toHaveLength(expected + 1);
      await until('metrics at Honeycomb', 20_000, async () => honeycomb.logs().includes('outspan.spans.operations.calls'));
    } finally {
      await gateway.stop();
      await honeycomb.stop();
    }
  });
});
