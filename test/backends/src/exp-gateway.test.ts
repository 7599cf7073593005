import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binaries, haveBackends } from './binaries.ts';
import { startPlatformCollector, type PlatformCollector } from './collector.ts';
import { storedSpans } from './jaeger-query.ts';
import { startJaeger, type Jaeger } from './jaeger.ts';
import { newTraceId, sendTraces, type MadeTrace } from './made-spans.ts';
import { query, startPrometheus, type Prometheus } from './prometheus.ts';
import { until } from './until.ts';

type Kind = 'failed' | 'retried' | 'truncated' | 'slow' | 'healthy';
const kindOf = (i: number): Kind => (i % 20 === 0 ? 'failed' : i % 20 === 1 ? 'retried' : i % 40 === 2 ? 'truncated' : i % 40 === 3 ? 'slow' : 'healthy');
function make(kind: Kind): MadeTrace {
  const op = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-5', 'server.address': 'api.openai.com', 'outspan.operation.boundary': 'sdk' };
  const at = { 'http.request.method': 'POST', 'server.address': 'api.openai.com' };
  const err = { 'outspan.error.class': 'server_error', 'outspan.error.origin': 'provider' };
  const spans = {
    healthy: [{ name: 'chat gpt-5', seconds: 0.5, attributes: { ...op, 'outspan.retry.count': 0 } }, { name: 'POST', seconds: 0.4, attributes: { ...at, 'outspan.attempt.number': 1 } }],
    slow: [{ name: 'chat gpt-5', seconds: 25.5, attributes: { ...op, 'outspan.retry.count': 0 } }, { name: 'POST', seconds: 25.4, attributes: { ...at, 'outspan.attempt.number': 1 } }],
    truncated: [{ name: 'chat gpt-5', seconds: 0.5, attributes: { ...op, 'outspan.retry.count': 0, 'outspan.response.truncated': true, 'outspan.response.truncation.kind': 'token_limit' } }, { name: 'POST', seconds: 0.4, attributes: { ...at, 'outspan.attempt.number': 1 } }],
    failed: [{ name: 'chat gpt-5', seconds: 0.5, failed: true, attributes: { ...op, ...err, 'outspan.retry.count': 0 } }, { name: 'POST', seconds: 0.4, failed: true, attributes: { ...at, ...err, 'outspan.attempt.number': 1 } }],
    retried: [{ name: 'chat gpt-5', seconds: 0.5, attributes: { ...op, 'outspan.retry.count': 2 } }, { name: 'POST', seconds: 0.1, failed: true, attributes: { ...at, ...err, 'outspan.attempt.number': 1 } }, { name: 'POST', seconds: 0.1, failed: true, attributes: { ...at, ...err, 'outspan.attempt.number': 2 } }, { name: 'POST', seconds: 0.1, attributes: { ...at, 'outspan.attempt.number': 3 } }],
  }[kind];
  return { traceId: newTraceId(), spans };
}

describe.runIf(haveBackends)('gateway', () => {
  let prometheus: Prometheus; let jaeger: Jaeger; let g1: PlatformCollector; let g2: PlatformCollector; let balancer: PlatformCollector; let agent: PlatformCollector;
  beforeAll(async () => {
    prometheus = await startPrometheus(binaries().prometheus);
    jaeger = await startJaeger(binaries().jaeger, { maxTraces: 50_000 });
    const env = { JAEGER_OTLP_GRPC_ENDPOINT: new URL(jaeger.otlpGrpcUrl).host, PROMETHEUS_REMOTE_WRITE_ENDPOINT: prometheus.remoteWriteUrl, SPAN_METRICS_INTERVAL: '1s' };
    g1 = await startPlatformCollector(binaries().collector, ['gateway.yaml'], env);
    g2 = await startPlatformCollector(binaries().collector, ['gateway.yaml'], env);
    balancer = await startPlatformCollector(binaries().collector, ['gateway-balancer.yaml'], { GATEWAYS: `[${[g1, g2].map((g) => new URL(g.otlpGrpcUrl).host).join(', ')}]` });
    agent = await startPlatformCollector(binaries().collector, ['agent.yaml'], { BALANCER_ENDPOINT: new URL(balancer.otlpGrpcUrl).host, BATCH_TIMEOUT: '200ms' });
  });
  afterAll(async () => { await agent?.stop(); await balancer?.stop(); await g1?.stop(); await g2?.stop(); await jaeger?.stop(); await prometheus?.stop(); });

  it('x', async () => {
    const sent = new Map<string, Kind>();
    const send = async (n: number, pause: number): Promise<void> => {
      for (let b = 0; b < n / 100; b++) {
        const traces = Array.from({ length: 100 }, (_, i) => { const k = kindOf(i + b * 7); const t = make(k); sent.set(t.traceId, k); return t; });
        await sendTraces(agent.otlpHttpUrl, { 'service.name': 'load', 'service.instance.id': 'a' }, traces);
        await sleep(pause);
      }
    };
    const count = async (m: string): Promise<number> => (await query(prometheus, `sum(max_over_time(${m}[10m]))`))[0]?.value ?? 0;
    const counts = async (): Promise<number[]> => [await count('outspan_spans_operations_calls_total'), await count('outspan_spans_operations_duration_seconds_count'), await count('outspan_spans_attempts_duration_seconds_sum')];
    const t0 = Date.now(); const log = (...x: unknown[]): void => console.log(((Date.now() - t0) / 1000).toFixed(1), ...x);

    await send(1000, 20);
    await sleep(3000);
    for (const delay of [300, 700, 1100, 1500, 1900, 2300, 2700, 3100]) {
      const sending = send(1000, 400);
      await sleep(delay);
      const c = await counts();
      await g1.kill();
      const after = sent.size;
      await g1.restart();
      await sending;
      await sleep(4000);
      log(delay, 'killed at', after, c, 'now', sent.size, await counts());
    }
    const spans = await storedSpans(jaeger.queryUrl, 'load', 50_000);
    const byTrace = new Map<string, number>(); const ids = new Set<string>();
    for (const s of spans) { if (!ids.has(s.spanId)) byTrace.set(s.traceId, (byTrace.get(s.traceId) ?? 0) + 1); ids.add(s.spanId); }
    log('spans', spans.length, 'unique', ids.size, 'traces', byTrace.size);
    const out: Record<string, unknown> = {};
    for (const k of ['failed', 'retried', 'truncated', 'slow', 'healthy'] as const) {
      const all = [...sent].filter(([, kk]) => kk === k).map(([id]) => id);
      const expected = k === 'retried' ? 4 : 2;
      out[k] = [all.length, all.filter((id) => byTrace.has(id)).length, all.filter((id) => byTrace.get(id) === expected).length];
    }
    log(JSON.stringify(out));
  });
});
