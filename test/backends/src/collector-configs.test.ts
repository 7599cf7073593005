import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { PATIENT, runApp, type AppRunWithProvider } from './app.ts';
import { binaries, haveBackends } from './binaries.ts';
import { startPlatformCollector, type PlatformCollector } from './collector.ts';
import { spansOf, type StoredSpan } from './jaeger-query.ts';
import { startJaeger, type Jaeger } from './jaeger.ts';
import { query, startPrometheus, type Prometheus } from './prometheus.ts';
import { setTimeout as sleep } from 'node:timers/promises';

describe.runIf(haveBackends)('x', () => {
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
    gateway = await startPlatformCollector(binaries().collector, ['gateway.yaml'], { JAEGER_OTLP_GRPC_ENDPOINT: new URL(jaeger.otlpGrpcUrl).host, PROMETHEUS_REMOTE_WRITE_ENDPOINT: prometheus.remoteWriteUrl, SPAN_METRICS_INTERVAL: '1s', BATCH_TIMEOUT: '200ms' });
    balancer = await startPlatformCollector(binaries().collector, ['gateway-balancer.yaml'], { GATEWAYS: `[${new URL(gateway.otlpGrpcUrl).host}]` });
    agent = await startPlatformCollector(binaries().collector, ['agent.yaml'], { BALANCER_ENDPOINT: new URL(balancer.otlpGrpcUrl).host, BATCH_TIMEOUT: '200ms' });
  });
  afterAll(async () => {
    await agent?.stop(); await balancer?.stop(); await gateway?.stop(); await jaeger?.stop(); await prometheus?.stop(); await provider?.close();
  });
  it('y', async () => {
    const run = await runApp({ provider, preload: '@outspan/node/register', env: { ...PATIENT, OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'service.version=1.2.3,deployment.environment.name=test', OTEL_EXPORTER_OTLP_ENDPOINT: agent.otlpHttpUrl } });
    const out: unknown[] = [run.stdout, run.stderr];
    await sleep(6000);
    try { out.push(await spansOf(jaeger.queryUrl, 'shop', 5)); } catch (e) { out.push(String(e)); }
    for (const q of ['{__name__=~".+"}']) out.push((await query(prometheus, q)).map((s) => JSON.stringify(s.labels).replaceAll('"', '') + ' ' + s.value));
    for (const p of ['calls', 'errors', 'latencies']) out.push(p, await (await fetch(`${jaeger.queryUrl}/api/metrics/${p}?service=shop&spanKind=client&quantile=0.95&lookback=3600000&step=5000&ratePer=60000&groupByOperation=true`)).text());
    out.push(gateway.logs().slice(-6000), balancer.logs().slice(-3000), agent.logs().slice(-2000));
    writeFileSync('/tmp/exp.txt', out.map((o) => typeof o === 'string' ? o : JSON.stringify(o, (k, v) => typeof v === 'bigint' ? String(v) : v, 1)).join('\n\n'));
  });
});
