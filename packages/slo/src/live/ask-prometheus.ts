import { durationInWords, readDuration } from '../model/duration.ts';
import type { Model } from '../model/model.ts';
import { LABEL } from '../prometheus/series.ts';
import { callsMetric, presentAs, SOURCE_METRICS, THRESHOLD_HISTOGRAMS } from './source-metrics.ts';

/** What a live Prometheus lacks for a model's rules. */
export interface LiveCheck {
  /** Rules that cannot work. */
  readonly problems: readonly string[];
  /** What may be in order, or become so. */
  readonly notes: readonly string[];
}

const SECONDS_ASKED = 86_400;
const PATIENCE = 15_000;

const SENT_BY: Readonly<Record<Model['source'], string>> = {
  metrics: 'see that the application exports metrics over OTLP (OTEL_METRICS_EXPORTER=otlp) and that they reach this Prometheus',
  span_metrics: 'see that spans pass the gateway of collector/, whose connectors count them, and that it writes to this Prometheus',
};

/**
 * Asks a Prometheus whether it has what the rules of a model read: metrics of the last day, labels, bucket bounds, and time.
 * A Prometheus that does not answer is a problem like any other.
 */
export async function askPrometheus(base: URL, model: Model): Promise<LiveCheck> {
  const prometheus = apiOf(base);
  try {
    const names = new Set(await prometheus.values('label/__name__/values', `{__name__=~"outspan_.+|gen_ai_.+"}`));
    const metrics = metricsMissing(names, model);
    // Without calls there are no labels and bounds to look at.
    if (!names.has(callsMetric(model.source))) return metrics;
    const labels = new Set(await prometheus.values('labels', callsMetric(model.source)));
    const bounds = await boundsMissing(prometheus, names, model);
    return { problems: [...metrics.problems, ...labelsMissing(labels, model), ...bounds], notes: [...metrics.notes, ...environmentNotes(labels, model), ...(await retentionNotes(prometheus, model))] };
  } catch (error) {
    return { problems: [`${base.origin}: ${error instanceof Error ? error.message : String(error)}`], notes: [] };
  }
}

function metricsMissing(names: ReadonlySet<string>, model: Model): LiveCheck {
  const missing = SOURCE_METRICS[model.source].filter((metric) => !names.has(presentAs(metric, model)));
  const problems = missing.filter(({ appears }) => appears === undefined).map(({ name, form }) => {
    const otherForm = form === 'histogram' && names.has(model.histograms === 'classic' ? name : `${name}_count`);
    const advice = otherForm ? `it is there in the other form: set histograms: ${model.histograms === 'classic' ? 'native' : 'classic'}` : SENT_BY[model.source];
    return `${name}: missing; ${advice}`;
  });
  const notes = missing.flatMap(({ name, appears }) => (appears === undefined ? [] : [`${name}: not there yet; it appears ${appears}`]));
  return { problems, notes };
}

/** Which labels the rules cannot do without: those of SLOs, and what tells services and releases apart. */
function labelsMissing(labels: ReadonlySet<string>, { slos, source }: Model): readonly string[] {
  const used = slos.filter(({ sli }) => sli.kind !== 'headroom').flatMap(({ by, where }) => [...by, ...Object.keys(where)]);
  const needed = new Set([LABEL.service, LABEL.version, ...used]);
  return [...needed].filter((label) => !labels.has(label) && label !== LABEL.servedModel && label !== LABEL.environment).map((label) => `${callsMetric(source)}: no series has the label ${label}; if it is a resource attribute, add it to otlp.promote_resource_attributes of Prometheus`);
}

/** Where no application says in which environment it runs, all share their budgets: that may be meant. */
function environmentNotes(labels: ReadonlySet<string>, { slos, source }: Model): readonly string[] {
  if (labels.has(LABEL.environment) || !slos.some(({ by }) => by.includes(LABEL.environment))) return [];
  return [`${callsMetric(source)}: no series has the label ${LABEL.environment}; until applications set deployment.environment.name (in OTEL_RESOURCE_ATTRIBUTES), and Prometheus promotes it, all environments share one budget`];
}

async function boundsMissing(prometheus: Api, names: ReadonlySet<string>, { histograms, slos, source }: Model): Promise<readonly string[]> {
  if (histograms === 'native') return [];
  const problems: string[] = [];
  for (const kind of ['latency', 'time_to_first_chunk'] as const) {
    const histogram = THRESHOLD_HISTOGRAMS[source][kind];
    const series = `${histogram}_bucket`;
    const asked = slos.flatMap(({ name, sli }) => (sli.kind === kind && 'threshold' in sli ? [{ name, threshold: sli.threshold }] : []));
    if (asked.length === 0 || !names.has(series)) continue;
    const bounds = new Set((await prometheus.values('label/le/values', series)).map(Number).filter(Number.isFinite));
    for (const { name, threshold } of asked) if (!bounds.has(threshold)) problems.push(`${series}: has no bound ${threshold}, which the SLO ${name} needs; its bounds are ${[...bounds].sort((a, b) => a - b).join(', ')}`);
  }
  return problems;
}

/** A budget can only be counted over what is kept. */
async function retentionNotes(prometheus: Api, { slos, timeScale }: Model): Promise<readonly string[]> {
  const kept = readDuration(/^[0-9a-z]+/.exec(await prometheus.retention())?.[0] ?? '');
  const longest = Math.max(0, ...slos.map(({ window }) => window * timeScale));
  return kept === undefined || kept >= longest ? [] : [`this Prometheus keeps ${durationInWords(kept)}, and the longest window is ${durationInWords(longest)}: error budgets will look fuller than they are; start it with a longer --storage.tsdb.retention.time`];
}

interface Api {
  values(path: string, match: string): Promise<readonly string[]>;
  retention(): Promise<string>;
}

function apiOf(base: URL): Api {
  const ask = async (path: string, query: Readonly<Record<string, string>>): Promise<unknown> => {
    const url = new URL(base);
    url.pathname = `${base.pathname.replace(/\/$/, '')}/api/v1/${path}`;
    url.search = new URLSearchParams(query).toString();
    let response: Response;
    try {
      response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) });
    } catch (error) {
      const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
      throw new Error(`cannot be reached: ${String(Object(cause)['code'] ?? Object(cause)['message'] ?? cause)}`, { cause: error });
    }
    if (!response.ok) throw new Error(`answers ${response.status} to /api/v1/${path}; is it a Prometheus?`);
    const answer: unknown = await response.json().catch(() => undefined);
    return Object(answer)['data'];
  };
  return {
    async values(path, match) {
      const data = await ask(path, { 'match[]': match, start: String(Math.floor(Date.now() / 1000) - SECONDS_ASKED) });
      if (!Array.isArray(data)) throw new Error(`does not answer as a Prometheus does`);
      return data.map(String);
    },
    async retention() {
      const data = await ask('status/runtimeinfo', {}).catch(() => undefined);
      return String(Object(data)['storageRetention'] ?? '');
    },
  };
}
