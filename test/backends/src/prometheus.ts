import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, withFreePorts, type Server } from './server.ts';

/** A running Prometheus that takes OTLP and remote write. */
export interface Prometheus extends Server {
  /** Its HTTP API, `http://127.0.0.1:…`. */
  readonly url: string;
  /** Where it takes OTLP metrics over HTTP, for `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT`. */
  readonly otlpMetricsUrl: string;
  readonly remoteWriteUrl: string;
}

/** What the tests vary of their Prometheus. */
export interface PrometheusOptions {
  /** Contents of rule files. */
  readonly rules?: readonly string[];
  /** `http://127.0.0.1:…` of an Alertmanager. */
  readonly alertmanager?: string;
  /** Another Prometheus that gets a copy, by remote write, of series whose names match the regular expression `only`. */
  readonly forwardTo?: { readonly url: string; readonly only: string };
  /** Seconds between evaluations of groups that do not say. Default 1. */
  readonly evaluationInterval?: number;
}

/** Resource attributes that the documentation tells users to promote to labels. */
export const PROMOTED: readonly string[] = ['service.name', 'service.version', 'service.namespace', 'deployment.environment.name'];

/** Starts Prometheus on a free port of 127.0.0.1 with an empty store, which goes when it stops. */
export async function startPrometheus(binary: string, options: PrometheusOptions = {}): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'outspan-prometheus-'));
  const rules = (options.rules ?? []).map((text, index) => ({ path: join(folder, `${index}.rules.yaml`), text }));
  for (const { path, text } of rules) await writeFile(path, text);
  const config = {
    global: { evaluation_interval: `${options.evaluationInterval ?? 1}s` },
    otlp: { promote_resource_attributes: PROMOTED },
    storage: { tsdb: { out_of_order_time_window: '10m' } },
    rule_files: rules.map(({ path }) => path),
    ...(options.forwardTo && { remote_write: [{ url: options.forwardTo.url, write_relabel_configs: [{ source_labels: ['__name__'], regex: options.forwardTo.only, action: 'keep' }], queue_config: { batch_send_deadline: '200ms' } }] }),
    ...(options.alertmanager && { alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(options.alertmanager).host] }] }] } }),
  };
  const file = join(folder, 'prometheus.yaml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify(config));
  return withFreePorts(1, async ([port]) => {
    const url = `http://127.0.0.1:${port}`;
    const server = await startServer({
      name: 'Prometheus',
      binary,
      args: [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`, '--web.enable-otlp-receiver', '--web.enable-remote-write-receiver', '--enable-feature=exemplar-storage,native-histograms', '--rules.alert.resend-delay=1s'],
      readyUrl: `${url}/-/ready`,
    });
    return {
      ...server,
      url,
      otlpMetricsUrl: `${url}/api/v1/otlp/v1/metrics`,
      remoteWriteUrl: `${url}/api/v1/write`,
      stop: async () => {
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  });
}

/** One series of an instant query's answer. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Asks Prometheus an instant query.
 * @throws with its own message where the query is refused
 */
export async function query({ url }: Pick<Prometheus, 'url'>, promql: string): Promise<Sample[]> {
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: promql }), signal: AbortSignal.timeout(10_000) });
  const answer: unknown = await response.json();
  if (!isAnswer(answer)) throw new Error(`${promql}: ${JSON.stringify(answer)}`);
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

interface Answer {
  readonly status: 'success';
  readonly data: { readonly result: readonly { readonly metric: Record<string, string>; readonly value: readonly [number, string] }[] };
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'status' in value && value.status === 'success';
}
