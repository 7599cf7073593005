import { alertsOf, type AlertKind, type AlertName } from '../alerts/catalogue.ts';
import { reachOf } from '../alerts/severity.ts';
import type { Model, Slo } from '../model/model.ts';
import { LABEL } from '../prometheus/series.ts';

/** While `source` fires, `targets` that have the same values of `equal` are kept silent. */
export interface Inhibition {
  readonly source: AlertName;
  /** Only sources with one of these values: what the targets count, though it does not stand among their labels. */
  readonly where: Slo['where'];
  readonly targets: readonly AlertName[];
  /** Only sources and targets of this severity, where policies give an alert several; absent: whatever they have. */
  readonly severity?: { readonly source?: 'page' | 'less'; readonly target?: 'less' };
  /** Only targets of these SLOs; undefined: whatever their SLO. */
  readonly slos: readonly string[] | undefined;
  /** Labels that both carry. Alertmanager takes two missing labels for equal ones, so only what both are sure to have stands here. */
  readonly equal: readonly string[];
}

/**
 * Who silences whom, so that an incident pages once:
 *
 * - A cause silences the symptoms and less telling causes of the same provider and service: what comes after it in the catalogue.
 * - A cause that is about one service silences only what names that service. A provider's incident also silences what names no provider.
 * - A ticket silences neither a page nor another cause.
 * - An SLO that pages needs no ticket as well.
 */
export function inhibitions(model: Model): readonly Inhibition[] {
  const alerts = alertsOf(model);
  const byCauses = alerts.flatMap((cause, index) => {
    if (cause.role !== 'cause') return [];
    const below = alerts.slice(index + 1);
    const { page, less } = reachOf(model, cause);
    const asPage = page ? byCause(model, cause, below) : [];
    if (!less) return asPage;
    const targets = below.filter((kind) => kind.role !== 'cause' && reachOf(model, kind).less);
    const mixed = targets.some((kind) => reachOf(model, kind).page);
    const asLess = byCause(model, cause, targets).map((rule) => (page || mixed ? { ...rule, severity: { ...(page && { source: 'less' as const }), ...(mixed && { target: 'less' as const }) } } : rule));
    return [...asPage.map((rule) => ({ ...rule, severity: { source: 'page' as const } })), ...asLess];
  });
  return [...byCauses, ...byPage(model, alerts)];
}

function byCause({ slos }: Model, cause: AlertKind, below: readonly AlertKind[]): readonly Inhibition[] {
  const rules = new Map<string, { readonly relation: Relation; readonly targets: Set<AlertName>; readonly slos: Set<string> | undefined }>();
  const relations = slos.map((slo) => ({ slo, relation: relate(cause, slo.by, slo.where) }));
  // Most often all SLOs have the same labels. Where they do not, each kind of them needs a rule of its own.
  const alike = new Set(relations.map(({ relation }) => JSON.stringify(relation))).size === 1;
  const add = (target: AlertName, relation: Relation | undefined, slo?: Slo): void => {
    if (relation === undefined) return;
    const key = JSON.stringify([relation, slo !== undefined]);
    const rule = rules.get(key) ?? { relation, targets: new Set(), slos: slo && new Set() };
    rule.targets.add(target);
    if (slo !== undefined) rule.slos?.add(slo.name);
    rules.set(key, rule);
  };
  for (const { name, labels } of below) {
    if (labels !== 'slo') add(name, relate(cause, labels, {}));
    else for (const { slo, relation } of relations) add(name, relation, alike ? undefined : slo);
  }
  return [...rules.values()].map(({ relation, targets, slos }) => ({ source: cause.name, ...relation, targets: [...targets], slos: slos && [...slos] }));
}

type Relation = Pick<Inhibition, 'equal' | 'where'>;

/** What makes an alert with these labels be about the same as the cause; undefined: it never is. */
function relate(cause: AlertKind, labels: readonly string[], only: Slo['where']): Relation | undefined {
  if (cause.labels === 'slo') return undefined;
  const said = (label: string): boolean => labels.includes(label) || label in only;
  if (cause.labels.includes(LABEL.service) && !said(LABEL.service)) return undefined;
  return {
    equal: cause.labels.filter((label) => labels.includes(label)),
    where: Object.fromEntries(cause.labels.filter((label) => !labels.includes(label)).flatMap((label) => (only[label] === undefined ? [] : [[label, only[label]]]))),
  };
}

const PAGE_OF_TICKET: Readonly<Partial<Record<AlertName, AlertName>>> = { OutspanErrorBudgetBurnSlow: 'OutspanErrorBudgetBurn' };

function byPage({ slos }: Model, alerts: readonly AlertKind[]): readonly Inhibition[] {
  const on = new Set(alerts.map(({ name }) => name));
  // Within one SLO both lack the labels that other SLOs have, and two missing labels count as equal: one rule serves them all.
  const equal = [LABEL.slo, ...new Set(slos.flatMap(({ by }) => by))];
  return alerts.flatMap(({ name }) => {
    const page = PAGE_OF_TICKET[name];
    return page !== undefined && on.has(page) ? [{ source: page, where: {}, targets: [name], slos: undefined, equal }] : [];
  });
}
