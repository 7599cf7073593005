import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { faultById, startFaultProvider, type FaultProvider, type ReceivedRequest, type Session } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAlertmanager, type Alertmanager } from './alertmanager.ts';
import { binaries, haveBackends } from './binaries.ts';
import { startPlatformCollector, type PlatformCollector } from './collector.ts';
import { startJaeger, type Jaeger } from './jaeger.ts';
import { query, startPrometheus, type Prometheus } from './prometheus.ts';
import { startService, type Seen, type Service } from './service.ts';
import { until } from './until.ts';
import { startWebhook, type Notification, type Webhook } from './webhook.ts';

/** An hour takes 36 s, five minutes 3 s. */
const TIME_SCALE = 1 / 100;
const FIVE_MINUTES_MS = 300_000 * TIME_SCALE;
/** By when an outage has to have paged: the long window of the fastest pair, and what telemetry takes to arrive. */
const PAGED_WITHIN_MS = 60_000;
const RESOLVED_WITHIN_MS = 90_000;

/** Where the figures come from, and the series that hold them. */
const SOURCES = [
  { source: 'metrics', operations: 'outspan_client_operations_total', attempts: 'outspan_client_attempts_total' },
  { source: 'span_metrics', operations: 'outspan_spans_operations_calls_total', attempts: 'outspan_spans_attempts_duration_seconds_sum' },
] as const;

type Source = (typeof SOURCES)[number]['source'];

/** Prometheus and Alertmanager with what `outspan-slo generate` made, and where the pages go. */
interface Watch {
  readonly prometheus: Prometheus;
  readonly alertmanager: Alertmanager;
  readonly webhook: Webhook;
  /** What came since the last call of it. */
  pages(): Notification[];
  /** What has come and was not read yet. */
  unread(): readonly Notification[];
}

const runFile = promisify(execFile);
const COMMAND = join(dirname(createRequire(import.meta.url).resolve('@outspan/slo/package.json')), 'dist/cli.mjs');

/** Runs `outspan-slo generate` with a model; what it wrote, path → text. */
async function generate(model: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'outspan-slo-'));
  try {
    await writeFile(join(folder, 'outspan.slo.yaml'), model);
    await runFile(process.execPath, [COMMAND, 'generate', '--time-scale', String(TIME_SCALE)], { cwd: folder });
    const out = join(folder, 'slo');
    const paths = (await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return Object.fromEntries(await Promise.all(paths.map(async (path) => [path.slice(out.length + 1), await readFile(path, 'utf8')] as const)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function startWatch(source: Source, forwardTo?: Watch): Promise<Watch> {
  const webhook = await startWebhook();
  const files = await generate(`source: ${source}\ninterval: 1s\ningestion_delay: 3s\nreceivers:\n  page:\n    webhook: ${webhook.url}\n`);
  const alertmanager = await startAlertmanager(
    binaries().alertmanager,
    Object.fromEntries(Object.entries(files).filter(([path]) => path.startsWith('alertmanager/')).map(([path, text]) => [path.replace('alertmanager/', ''), text])),
  );
  const prometheus = await startPrometheus(binaries().prometheus, {
    rules: [files['prometheus/outspan.rules.yaml'] ?? ''],
    alertmanager: alertmanager.url,
    ...(forwardTo && { forwardTo: { url: forwardTo.prometheus.remoteWriteUrl, only: 'outspan_spans_.*' } }),
  });
  let read = 0;
  return {
    prometheus,
    alertmanager,
    webhook,
    unread: () => webhook.received.slice(read),
    pages: () => {
      const pages = webhook.received.slice(read);
      read = webhook.received.length;
      return pages;
    },
  };
}

describe.runIf(haveBackends)('from calls to pages', () => {
  const sessions = {} as Record<'openai' | 'anthropic' | 'broken', Session>;
  const watches = {} as Record<Source, Watch>;
  const services: Service[] = [];
  const seen: Record<'openai' | 'anthropic', Seen>[] = [];
  let openai: FaultProvider;
  let anthropic: FaultProvider;
  let jaeger: Jaeger;
  let gateway: PlatformCollector;

  const all = (): readonly Watch[] => Object.values(watches);
  const start = (name: string, version: string, session: Session): Service => {
    const service = startService({ name, version, openai: session.baseUrl, anthropic: sessions.anthropic.baseUrl, otlpHttpUrl: gateway.otlpHttpUrl });
    services.push(service);
    return service;
  };
  /** Waits until both have paged, for what would come after it, lets it end, and waits for that. */
  const incident = async (end: () => void | Promise<void>): Promise<Record<Source, Notification[]>> => {
    await until('pages', PAGED_WITHIN_MS, async () => all().every((watch) => watch.unread().length > 0));
    await sleep(6 * FIVE_MINUTES_MS);
    await end();
    await until('their end', RESOLVED_WITHIN_MS, async () => all().every((watch) => watch.unread().some(({ status }) => status === 'resolved')));
    await until('quiet', RESOLVED_WITHIN_MS, async () => (await Promise.all(all().map(({ prometheus }) => query(prometheus, 'ALERTS{alertstate="firing",severity="page"}')))).flat().length === 0);
    await sleep(3 * FIVE_MINUTES_MS);
    return { metrics: watches.metrics.pages(), span_metrics: watches.span_metrics.pages() };
  };

  beforeAll(async () => {
    [openai, anthropic] = await Promise.all([startFaultProvider({ logLimit: 1_000_000, tokenDelayMs: 1, textEvents: 4 }), startFaultProvider({ logLimit: 1_000_000 })]);
    sessions.openai = openai.session('ok');
    sessions.broken = openai.session('invalid_request');
    sessions.anthropic = anthropic.session('ok');
    watches.span_metrics = await startWatch('span_metrics');
    // The same calls are watched by both: what the gateway counts goes on from the one Prometheus to the other.
    watches.metrics = await startWatch('metrics', watches.span_metrics);
    jaeger = await startJaeger(binaries().jaeger);
    gateway = await startPlatformCollector(binaries().collector, ['gateway.yaml'], {
      JAEGER_OTLP_GRPC_ENDPOINT: new URL(jaeger.otlpGrpcUrl).host,
      PROMETHEUS_REMOTE_WRITE_ENDPOINT: watches.metrics.prometheus.remoteWriteUrl,
      SPAN_METRICS_INTERVAL: '500ms',
      BATCH_TIMEOUT: '200ms',
      TELEMETRY_LEVEL: 'none',
    });
    start('checkout', '1.0.0', sessions.openai);
    start('search', '4.2.0', sessions.openai);
  }, 120_000);

  afterAll(async () => {
    await Promise.allSettled(services.map((service) => service.stop()));
    await Promise.allSettled([gateway, ...all().flatMap(({ prometheus, alertmanager }) => [prometheus, alertmanager]), jaeger].map((server) => server?.stop()));
    await Promise.allSettled([openai?.close(), anthropic?.close()]);
    for (const { webhook } of all()) webhook.close();
  }, 60_000);

  it('pages nobody while calls succeed', async () => {
    for (const { prometheus } of all()) await until('calls in Prometheus', 30_000, async () => (await query(prometheus, 'sum(sum_over_time(outspan:operations:increase[1m])) > 50')).length > 0);
    await sleep(6 * FIVE_MINUTES_MS);
    expect(all().flatMap((watch) => namesOf(watch.pages()))).toEqual([]);
  }, 90_000);

  it('pages once for an outage of one provider, says that it is the provider’s, and says when it is over', async () => {
    sessions.anthropic.play('503');
    for (const pages of Object.values(await incident(() => sessions.anthropic.play('ok')))) {
      expect(namesOf(pages)).toEqual(['firing: OutspanProviderIncident', 'resolved: OutspanProviderIncident']);
      expect(pages[0]?.alerts[0]?.labels).toMatchObject({ gen_ai_provider_name: 'anthropic', outspan_fault: 'provider' });
    }
  }, 240_000);

  it('pages for an outage that is made of streams which are cut cleanly, and which the application sees as successes', async () => {
    sessions.openai.play('stream_cut_between_events');
    for (const pages of Object.values(await incident(() => sessions.openai.play('ok')))) {
      expect(namesOf(pages)).toEqual(['firing: OutspanProviderIncident', 'resolved: OutspanProviderIncident']);
    }
  }, 240_000);

  it('pages for a bad release, and says that it is ours', async () => {
    const release = start('checkout', '1.1.0', sessions.broken);
    const pages = await incident(async () => {
      services.splice(services.indexOf(release), 1);
      seen.push(await release.stop());
    });
    for (const { status, alerts } of Object.values(pages).flat()) expect([status, alerts.map(({ labels }) => labels['alertname'])]).toEqual([status, ['OutspanReleaseRegression']]);
    expect(Object.values(pages).map((all) => all.map(({ status }) => status))).toEqual([['firing', 'resolved'], ['firing', 'resolved']]);
    expect(pages.metrics[0]?.alerts[0]?.labels).toMatchObject({ service_name: 'checkout', service_version: '1.1.0', gen_ai_provider_name: 'openai', outspan_fault: 'release' });
  }, 240_000);

  it('has counted what the providers’ logs say, exactly', async () => {
    for (const service of services.splice(0)) seen.push(await service.stop());
    const requests = [...openai.log, ...anthropic.log];
    // A stream that was cut is a success for the services, and a failure here.
    const cut = requests.filter(({ fault }) => fault === 'stream_cut_between_events').length;
    const sum = (pick: (seen: Seen) => number): number => seen.flatMap((one) => [one.openai, one.anthropic]).reduce((total, one) => total + pick(one), 0);
    const outcomes = { success: sum(({ succeeded }) => succeeded) - cut, failure: sum(({ failed }) => failed) + cut };
    for (const { source, attempts, operations } of SOURCES) {
      const { prometheus } = watches[source];
      const by = async (label: string, promql: string): Promise<Record<string, number>> => Object.fromEntries((await query(prometheus, `sum by (${label}) (${promql})`)).map(({ labels, value }) => [labels[label] ?? '', value]));
      // The tiles that alerts are made of lag behind by the ingestion delay.
      const tiles = 'sum_over_time(outspan:operations:increase[1h])';
      await until(`the last counts of ${source}`, 30_000, async () => ((await by('', tiles))[''] ?? 0) >= outcomes.success + outcomes.failure);
      expect(await by('outspan_operation_outcome', tiles)).toEqual(outcomes);
      expect(await by('outspan_operation_outcome', operations)).toEqual(outcomes);
      expect(await by('outspan_error_class', `${operations}{outspan_operation_outcome="failure"}`)).toEqual(failuresByClass(requests));
      expect(await by('gen_ai_provider_name', attempts)).toEqual({ openai: openai.log.length, anthropic: anthropic.log.length });
    }
  }, 120_000);
});

function namesOf(notifications: readonly Notification[]): string[] {
  return notifications.map(({ status, alerts }) => {
    const names = new Set(alerts.map(({ labels }) => labels['alertname'] ?? ''));
    // What was silenced all the time is told to have ended with the group that it would have been in.
    if (status === 'resolved') names.delete('OutspanTruncationBurst');
    return `${status}: ${[...names].join(' ')}`;
  });
}

/** Failed calls by class, from what was played: what is sent once more by the SDK and fails again is one call. */
function failuresByClass(requests: readonly ReceivedRequest[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { fault, dialect, mode, headers } of requests) {
    if (dialect === undefined || mode === undefined) continue;
    const truth = faultById(fault)?.truth({ dialect, mode });
    if (truth?.failed !== true || truth.class === undefined) continue;
    // A first try that failed is a failed call only where no second one follows.
    if (fault === 'unavailable' && headers['x-stainless-retry-count'] === '0') continue;
    counts[truth.class] = (counts[truth.class] ?? 0) + 1;
  }
  return counts;
}
