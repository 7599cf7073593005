import { promDuration, STANDARD_LABELS } from '../prometheus/series.ts';
import { DEFAULT_MODEL, DEFAULT_SLOS, RECOMMENDED_BUCKETS } from './defaults.ts';
import { readDuration } from './duration.ts';
import type { AlertsSection } from './file.ts';
import { type Path, pathInWords, shown } from './finding.ts';
import type { AlertSettings, Links, Model, Receivers, Slo, Where } from './model.ts';
import { isAlertsSection, isLinksSection, isReceiversSection, isSloEntry } from './schema-check.ts';
import { readShare } from './share.ts';
import { settleBudgetPolicy, settleMaintenance, settlePolicies } from './settle-policy.ts';
import { settleOverrides, settleSlo, type SloContext } from './settle-slo.ts';
import type { WhereContext } from './settle-where.ts';

/** Takes what is wrong or doubtful about a place in the file. */
export interface Reporter {
  readonly problem: (path: Path, message: string, part?: 'key' | 'value') => void;
  readonly warning: (path: Path, message: string, part?: 'key' | 'value') => void;
}

type File = Readonly<Record<string, unknown>>;

/**
 * Settles every default of a file's value, and reports what the schema cannot tell. A part that does not fit the schema counts as not written:
 * that it does not fit has been told, and the other parts can still be looked at. So the model is only good when nothing was reported at all.
 *
 * @param value what of the file fits the schema
 * @param written all of the file
 */
export function settle(value: unknown, written: unknown, timeScale: number, reporter: Reporter): Model {
  const file: File = isRecord(value) ? value : {};
  const interval = boundedDuration(file, 'interval', 1, 300, DEFAULT_MODEL.interval, reporter);
  const ingestionDelay = boundedDuration(file, 'ingestion_delay', 0, 900, DEFAULT_MODEL.ingestionDelay, reporter);
  const histograms = file['histograms'] === 'native' ? 'native' : DEFAULT_MODEL.histograms;
  const source = file['source'] === 'span_metrics' ? 'span_metrics' : DEFAULT_MODEL.source;
  const buckets = settleBuckets(file['buckets'], reporter);
  const where = { source, reporter } as const;
  const maintenance = settleMaintenance(file['maintenance'], where);
  const slos = settleSlos(file, isRecord(written) ? written['slos'] : undefined, { interval, timeScale, source, buckets: histograms === 'native' ? undefined : buckets, reporter });
  return {
    source,
    histograms,
    interval,
    ingestionDelay,
    timeScale,
    labels: ownLabels([...slos, ...maintenance]),
    slos,
    maintenance,
    budgetPolicy: settleBudgetPolicy(file['budget_policy']) ?? DEFAULT_MODEL.budgetPolicy,
    alerts: isAlertsSection(file['alerts']) ? settleAlerts(file['alerts'], slos, where) : DEFAULT_MODEL.alerts,
    links: settleLinks(file['links'], reporter),
    receivers: settleReceivers(file['receivers'], reporter),
  };
}

function settleSlos(file: File, written: unknown, context: SloContext): readonly Slo[] {
  const entries: unknown = file['slos'];
  if (!Array.isArray(entries)) {
    const at: Path = ['buckets', 'histograms', 'interval'].filter((key) => key in file).slice(0, 1);
    return DEFAULT_SLOS.flatMap((slo) => settleSlo({ name: slo.name }, at, context) ?? []);
  }
  const settled: Slo[] = [];
  const named = new Map<unknown, number>();
  for (const [index, entry] of entries.entries()) {
    const name: unknown = isRecord(entry) ? entry['name'] : undefined;
    const earlier = named.get(name);
    if (typeof name === 'string' && earlier !== undefined) context.reporter.problem(['slos', index, 'name'], `there is another SLO named ${shown(name)}: ${pathInWords(['slos', earlier])}`);
    else named.set(name, index);
    const raw: unknown = Array.isArray(written) ? written[index] : undefined;
    const isWritten = (key: string): boolean => isRecord(raw) && key in raw;
    // Without its SLI an entry means something else.
    const slo = isRecord(entry) && isWritten('sli') && !('sli' in entry) ? undefined : settleSlo(entry, ['slos', index], context, isWritten);
    if (slo === undefined || !isSloEntry(entry)) continue;
    for (const [part, { name: partName }] of (entry.overrides ?? []).entries()) {
      const before = named.get(partName);
      if (before !== undefined) context.reporter.problem(['slos', index, 'overrides', part, 'name'], `there is another SLO named ${shown(partName)}: ${pathInWords(['slos', before])}`);
      else named.set(partName, index);
    }
    settled.push(...settleOverrides(slo, entry, ['slos', index], context));
  }
  return settled;
}

/** Ascending, as they are in a histogram. */
function settleBuckets(value: unknown, reporter: Reporter): readonly number[] {
  if (!Array.isArray(value)) return RECOMMENDED_BUCKETS;
  const bounds = value.filter((bound) => typeof bound === 'number');
  if (bounds.length < value.length || bounds.length === 0) return RECOMMENDED_BUCKETS;
  const misplaced = bounds.findIndex((bound, index) => bound <= (bounds[index - 1] ?? 0));
  if (misplaced === -1) return bounds;
  reporter.problem(['buckets', misplaced], `bounds ascend, but ${bounds[misplaced]} follows ${bounds[misplaced - 1]}`);
  return RECOMMENDED_BUCKETS;
}

function settleAlerts(section: AlertsSection, slos: readonly Slo[], context: WhereContext): AlertSettings {
  const { reporter } = context;
  const defaults = DEFAULT_MODEL.alerts;
  const failingRatio = section.failing_ratio === undefined ? defaults.failingRatio : readShare(section.failing_ratio);
  const healthyRatio = section.healthy_ratio === undefined ? defaults.healthyRatio : readShare(section.healthy_ratio);
  if (healthyRatio >= failingRatio) {
    const key = section.healthy_ratio === undefined ? 'failing_ratio' : 'healthy_ratio';
    reporter.problem(['alerts', key], `healthy_ratio (${healthyRatio}) must be less than failing_ratio (${failingRatio}): between the two, nothing is concluded`);
  }
  return {
    disabled: [...new Set(section.disabled)].sort(),
    severities: Object.fromEntries(Object.entries(section.severities ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    policies: settlePolicies(section, slos, context),
    minimumBadEvents: section.minimum_bad_events ?? defaults.minimumBadEvents,
    failingRatio,
    healthyRatio,
    retryStormAttempts: section.retry_storm_attempts ?? defaults.retryStormAttempts,
    lowHeadroomRatio: section.low_headroom_ratio === undefined ? defaults.lowHeadroomRatio : readShare(section.low_headroom_ratio),
  };
}

function settleLinks(section: unknown, reporter: Reporter): Links {
  const links = isLinksSection(section) ? section : {};
  const url = (key: keyof Links): string | undefined => checkedUrl(links[key], ['links', key], reporter)?.replace(/\/+$/, '');
  return { runbooks: url('runbooks') ?? DEFAULT_MODEL.links.runbooks, grafana: url('grafana'), jaeger: url('jaeger') };
}

function settleReceivers(section: unknown, reporter: Reporter): Receivers {
  const receivers = isReceiversSection(section) ? section : {};
  const receiver = (severity: 'page' | 'ticket') => ({ webhook: checkedUrl(receivers[severity]?.webhook, ['receivers', severity, 'webhook'], reporter) });
  return { page: receiver('page'), ticket: receiver('ticket') };
}

/** The schema's pattern lets through what only looks like a URL. */
function checkedUrl(text: string | undefined, path: Path, { problem }: Reporter): string | undefined {
  if (text === undefined) return undefined;
  if (!URL.canParse(text)) problem(path, `${shown(text)} is not an http or https URL`);
  else if (new URL(text).hostname === '') problem(path, `${shown(text)} names no host`);
  return text;
}

function boundedDuration(file: File, key: string, least: number, most: number, fallback: number, { problem }: Reporter): number {
  const text = file[key];
  const seconds = typeof text === 'string' ? readDuration(text) : undefined;
  if (seconds === undefined) return fallback;
  if (seconds >= least && seconds <= most) return seconds;
  problem([key], `${shown(text)} is not between ${promDuration(least)} and ${promDuration(most)}`);
  return fallback;
}

/** What series keep beside the standard labels. */
function ownLabels(users: readonly { readonly by?: Slo['by']; readonly where: Where }[]): readonly string[] {
  const used = users.flatMap(({ by = [], where }) => [...by, ...Object.keys(where)]);
  return [...new Set(used)].filter((label) => !STANDARD_LABELS.includes(label)).sort();
}

function isRecord(value: unknown): value is File {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
