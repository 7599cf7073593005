import { promDuration } from '../prometheus/series.ts';
import { DEFAULT_SLOS, PROVIDER_FAULTS } from './defaults.ts';
import { describeSli } from './describe.ts';
import { readDuration } from './duration.ts';
import type { SloEntry } from './file.ts';
import { type Path, shown } from './finding.ts';
import type { Sli, SliKind, Slo, Source } from './model.ts';
import { didYouMean } from './near-miss.ts';
import { isSloEntry } from './schema-check.ts';
import type { Reporter } from './settle.ts';
import { ORIGINS } from './schema.ts';
import { settleLabel, settleWhere } from './settle-where.ts';
import { percentage, readPercentage, readShare } from './share.ts';

/** What an SLO has to fit. */
export interface SloContext {
  readonly interval: number;
  readonly timeScale: number;
  readonly source: Source;
  /** Undefined: native histograms, which know any threshold. */
  readonly buckets: readonly number[] | undefined;
  readonly reporter: Reporter;
}

const LONGEST_WINDOW = 400 * 86_400;
/** The long window of the fastest burn-rate alert is an hour of 30 days. */
const FASTEST_SHARE = 1 / 720;
/** With fewer tiles in it, it could not be told from the short one, which has two. */
const FEWEST_TILES = 3;
const LONGEST_THRESHOLD = 3_600;

/**
 * Settles the overrides of an SLO: each is an SLO like it, of what it names alone.
 *
 * @returns the SLO without what they count, and they
 */
export function settleOverrides(slo: Slo, entry: SloEntry, path: Path, context: SloContext): readonly Slo[] {
  const parts = (entry.overrides ?? []).map(({ name, where, description, objective, window, alerts }, index): Slo => {
    const at = [...path, 'overrides', index];
    const { sli } = slo;
    return {
      ...slo,
      name,
      description: plainText(description) ?? slo.description,
      objective: objective === undefined ? slo.objective : readPercentage(objective),
      window: window === undefined ? slo.window : settleWindow({ window }, undefined, at, context),
      where: { ...slo.where, ...settleWhere(where, [...at, 'where'], sli.kind, context) },
      ...(alerts !== undefined && { alerts: { page: alerts.includes('page'), ticket: alerts.includes('ticket') } }),
    };
  });
  const wheres = parts.map(({ where }) => where);
  return wheres.length === 0 ? [slo] : [{ ...slo, except: wheres }, ...parts.map((part, index) => (index === 0 ? part : { ...part, except: wheres.slice(0, index) }))];
}

/**
 * Settles one entry of `slos`, or reports why it cannot be; undefined: it does not fit the schema, or stands for nothing.
 * @param isWritten whether the file has a key, fitting or not
 */
export function settleSlo(entry: unknown, path: Path, context: SloContext, isWritten: (key: keyof SloEntry) => boolean = () => false): Slo | undefined {
  if (!isSloEntry(entry)) return undefined;
  const { problem, warning } = context.reporter;
  const base = entry.sli === undefined ? DEFAULT_SLOS.find(({ name }) => name === entry.name) : undefined;
  if (entry.sli === undefined && base === undefined) {
    const names = DEFAULT_SLOS.map(({ name }) => name);
    problem([...path, 'name'], `${shown(entry.name)} has no sli, and is not the name of a default SLO${didYouMean(entry.name, names) || ` (${names.join(', ')})`}`);
    return undefined;
  }
  const kind = entry.sli ?? base?.sli.kind ?? 'availability';
  // An SLO of its own takes what its entry does not say from the first default with the same SLI.
  const like = base ?? DEFAULT_SLOS.find(({ sli }) => sli.kind === kind);
  const sli = settleSli(kind, entry, base?.sli ?? like?.sli, path, context);
  if (base === undefined && !isWritten('objective')) problem(path, "'objective' is missing");
  const objective = entry.objective === undefined ? (base?.objective ?? 0.99) : readPercentage(entry.objective);
  const alerts = entry.alerts === undefined ? (like?.alerts ?? { page: true, ticket: true }) : { page: entry.alerts.includes('page'), ticket: entry.alerts.includes('ticket') };
  if (entry.objective !== undefined && objective < 0.01) warning([...path, 'objective'], `this promises ${percentage(objective)} only; for ${percentage(objective * 100)} write ${Number((objective * 1e4).toPrecision(6))}`);
  return {
    name: entry.name,
    description: description(entry, base, sli),
    sli,
    objective,
    window: settleWindow(entry, base, path, context),
    by: entry.by === undefined ? (like?.by ?? []) : settleBy(entry.by, [...path, 'by'], kind, context),
    where: settleWhere(entry.where ?? {}, [...path, 'where'], kind, context),
    alerts: { page: alerts.page, ticket: alerts.ticket },
  };
}

function description(entry: SloEntry, base: Slo | undefined, sli: Sli): string {
  const own = plainText(entry.description);
  if (own !== undefined) return own;
  return base !== undefined && JSON.stringify(base.sli) === JSON.stringify(sli) ? base.description : describeSli(sli).promise;
}

/** On one line; undefined where nothing is written. */
function plainText(text: string | undefined): string | undefined {
  return text?.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim() || undefined;
}

function settleSli(kind: SliKind, entry: SloEntry, like: Sli | undefined, path: Path, context: SloContext): Sli {
  const { problem } = context.reporter;
  if (entry.faults !== undefined && kind !== 'availability') problem([...path, 'faults'], `only an SLO with the sli availability has faults; this one has ${kind}`, 'key');
  const hasThreshold = kind === 'latency' || kind === 'time_to_first_chunk' || kind === 'headroom';
  if (entry.threshold !== undefined && !hasThreshold) problem([...path, 'threshold'], `an SLO with the sli ${kind} has no threshold`, 'key');
  switch (kind) {
    case 'availability': {
      const faults = entry.faults ?? (like?.kind === kind ? like.faults : PROVIDER_FAULTS);
      return { kind, faults: ORIGINS.filter((origin) => faults.includes(origin)) };
    }
    case 'integrity':
    case 'retries':
      return { kind };
    case 'latency':
    case 'time_to_first_chunk':
      return { kind, threshold: durationThreshold(entry, like?.kind === kind ? like.threshold : 0, path, context) };
    case 'headroom':
      break;
  }
  return { kind, threshold: shareThreshold(entry, like?.kind === kind ? like.threshold : 0, path, context) };
}

function durationThreshold({ name, threshold }: SloEntry, fallback: number, path: Path, { buckets, reporter: { problem } }: SloContext): number {
  const at = threshold === undefined ? path : [...path, 'threshold'];
  const seconds = threshold === undefined ? fallback : typeof threshold === 'string' ? readDuration(threshold) : undefined;
  if (seconds === undefined || seconds <= 0 || seconds > LONGEST_THRESHOLD) {
    problem(at, `${shown(threshold)} is not a duration such as 20.48s, above 0 and up to ${promDuration(LONGEST_THRESHOLD)}`);
    return fallback;
  }
  if (buckets !== undefined && !buckets.includes(seconds)) {
    const below = buckets.findLast((bound) => bound < seconds);
    const above = buckets.find((bound) => bound > seconds);
    const near = [below, above].filter((bound) => bound !== undefined).map((bound) => `${bound}s`);
    const whose = threshold === undefined ? `the threshold of the default SLO '${name}', ${seconds}s,` : `${seconds}s`;
    problem(at, `${whose} is no bucket bound, so nobody can tell how many calls were faster; ${near.length === 2 ? `its neighbours are ${near.join(' and ')}` : `the nearest is ${near.join('')}`}`);
  }
  return seconds;
}

function shareThreshold({ threshold }: SloEntry, fallback: number, path: Path, { reporter: { problem } }: SloContext): number {
  if (threshold === undefined) return fallback;
  const share = typeof threshold === 'string' && !/^[0-9]{1,2}(?:\.[0-9]+)?%$/.test(threshold) ? Number.NaN : readShare(threshold);
  if (share > 0 && share < 1) return share;
  problem([...path, 'threshold'], `${shown(threshold)} is not a share between 0 and 1, or a percentage such as 10%`);
  return fallback;
}

function settleWindow({ window }: Pick<SloEntry, 'window'>, base: Slo | undefined, path: Path, { interval, timeScale, reporter: { problem } }: SloContext): number {
  const at = window === undefined ? path : [...path, 'window'];
  const seconds = window === undefined ? (base?.window ?? DEFAULT_WINDOW) : (readDuration(window) ?? DEFAULT_WINDOW);
  const shortest = (FEWEST_TILES * interval) / (FASTEST_SHARE * timeScale);
  if (seconds > LONGEST_WINDOW) problem(at, `a window of ${promDuration(seconds)} is longer than ${promDuration(LONGEST_WINDOW)}`);
  else if (seconds < shortest) {
    const scaled = timeScale === 1 ? '' : ` and a time scale of ${timeScale}`;
    problem(at, `a window of ${promDuration(seconds)} is too short for an interval of ${promDuration(interval)}${scaled}: the burn windows could not be told apart; it takes at least ${promDuration(Math.ceil(shortest))}, or a shorter interval`);
  }
  return seconds;
}

const DEFAULT_WINDOW = 30 * 86_400;

function settleBy(references: readonly string[], path: Path, kind: SliKind, context: SloContext): readonly string[] {
  const labels: string[] = [];
  for (const [index, reference] of references.entries()) {
    const label = settleLabel(reference, [...path, index], 'value', kind, context);
    if (labels.includes(label)) context.reporter.problem([...path, index], `${shown(reference)} is there twice`);
    else labels.push(label);
  }
  return labels;
}
