import { ALERTS, type AlertKind } from '../alerts/catalogue.ts';
import type { AlertsSection, BudgetStageEntry, MaintenanceEntry } from './file.ts';
import { type Path, shown } from './finding.ts';
import type { AlertPolicy, BudgetStage, Maintenance, Slo } from './model.ts';
import { DAYS } from './schema.ts';
import { isBudgetStage, isMaintenance } from './schema-check.ts';
import { settleWhere, type WhereContext } from './settle-where.ts';
import { readShare } from './share.ts';

/** Settles planned maintenance. What does not fit the schema counts as not written. */
export function settleMaintenance(entries: unknown, context: WhereContext): readonly Maintenance[] {
  return listOf(entries).flatMap((entry, index) => {
    const path: Path = ['maintenance', index];
    if (!isMaintenance(entry)) return [];
    const during = entry.days === undefined ? once(entry, path, context) : weekly(entry, entry.days, path, context);
    return during === undefined ? [] : [{ name: entry.name, where: settleWhere(entry.where ?? {}, [...path, 'where'], undefined, context), during }];
  });
}

/** A moment in UTC. Without a zone `Date.parse` takes a time for a local one, so it has to be there. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/;

function once({ from, to }: MaintenanceEntry, path: Path, { reporter: { problem } }: WhereContext): Maintenance['during'] | undefined {
  const [begins, ends] = (['from', 'to'] as const).map((key) => {
    const text = key === 'from' ? from : to;
    const seconds = MOMENT.test(text) ? Date.parse(text) / 1_000 : Number.NaN;
    if (Number.isNaN(seconds)) problem([...path, key], `${shown(text)} is not a moment such as 2026-12-24T22:00Z`);
    return seconds;
  });
  if (begins === undefined || ends === undefined || Number.isNaN(begins + ends)) return undefined;
  if (begins >= ends) {
    problem([...path, 'to'], `${shown(to)} is not after ${shown(from)}`);
    return undefined;
  }
  return { from: begins, to: ends };
}

function weekly({ from, to }: MaintenanceEntry, days: readonly (typeof DAYS)[number][], path: Path, { reporter: { problem } }: WhereContext): Maintenance['during'] | undefined {
  const [begins, ends] = (['from', 'to'] as const).map((key) => {
    const text = key === 'from' ? from : to;
    const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? (key === 'to' && text === '24:00' ? ['', '24', '00'] : []);
    const minute = Number(hours) * 60 + Number(minutes);
    if (Number.isNaN(minute)) problem([...path, key], `${shown(text)} is not a time of the day such as 02:00`);
    return minute;
  });
  if (begins === undefined || ends === undefined || Number.isNaN(begins + ends)) return undefined;
  if (begins >= ends) {
    problem([...path, 'to'], `${shown(to)} is not after ${shown(from)}; over midnight, write two: one until 24:00, one from 00:00`);
    return undefined;
  }
  return { days: DAYS.flatMap((day, index) => (days.includes(day) ? [index] : [])), from: begins, to: ends };
}

/** Settles the stages of the error-budget policy; undefined: none were written. */
export function settleBudgetPolicy(entries: unknown): readonly BudgetStage[] | undefined {
  const stages = listOf(entries).filter((entry): entry is BudgetStageEntry => isBudgetStage(entry));
  if (stages.length === 0) return undefined;
  return stages.map(({ below, action }) => ({ below: readShare(below), action: action.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim() })).toSorted((a, b) => b.below - a.below);
}

/** Settles the severities for some labels, of the alerts of these SLOs and of the others. */
export function settlePolicies({ policies = [] }: AlertsSection, slos: readonly Slo[], context: WhereContext): readonly AlertPolicy[] {
  return policies.map(({ where, alerts = [], severity }, index) => {
    const path: Path = ['alerts', 'policies', index];
    const policy = { where: settleWhere(where, [...path, 'where'], undefined, context), alerts: [...new Set(alerts)], severity };
    const meant = ALERTS.filter(({ name }) => policy.alerts.length === 0 || policy.alerts.includes(name));
    const untouched = meant.filter((kind) => !hasLabels(kind, slos, policy.where)).map(({ name }) => name);
    if (untouched.length === meant.length) context.reporter.problem([...path, 'where'], `no alert has ${Object.keys(policy.where).length > 1 ? 'all of these labels' : 'this label'}`);
    else for (const name of untouched.filter((each) => policy.alerts.includes(each))) context.reporter.problem([...path, 'alerts'], `${name} is not about ${Object.keys(policy.where).join(', ')}`);
    return policy;
  });
}

function hasLabels({ labels }: AlertKind, slos: readonly Slo[], where: AlertPolicy['where']): boolean {
  const all = labels === 'slo' ? slos.map(({ by }) => by) : [labels];
  return all.some((those) => Object.keys(where).every((label) => those.includes(label)));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
