import type { AlertPolicy, Model, Severity, Where } from '../model/model.ts';
import { quoted } from '../prometheus/promql.ts';
import type { AlertKind } from './catalogue.ts';

/** A severity, and where it holds instead of the alert's own. */
export interface SeverityOf {
  readonly where: Where;
  readonly severity: AlertPolicy['severity'];
}

/**
 * The policies that can hold for an alert with these labels, the first that fits before the others. One that asks for a label which the alert has not
 * does not fit.
 */
export function policiesOf({ alerts: { policies } }: Pick<Model, 'alerts'>, { name }: Pick<AlertKind, 'name'>, labels: readonly string[]): readonly SeverityOf[] {
  return policies.filter(({ alerts, where }) => (alerts.length === 0 || alerts.includes(name)) && Object.keys(where).every((label) => labels.includes(label)));
}

/** Whether an alert can be a page, and whether it can be less. */
export function reachOf(model: Pick<Model, 'alerts'>, { labels, name, severity }: AlertKind): { readonly page: boolean; readonly less: boolean } {
  const given = [severity, ...model.alerts.policies.flatMap((policy) => (policy.alerts.length > 0 && !policy.alerts.includes(name)) || (labels !== 'slo' && policiesOf(model, { name }, labels).every((one) => one !== policy)) ? [] : [policy.severity])];
  return { page: given.includes('page'), less: given.some((one) => one !== 'page') };
}

/** The value of the label `severity`: a template where policies hold. */
export function severityTemplate(own: Severity, policies: readonly SeverityOf[]): string {
  if (policies.length === 0) return own;
  const branches = policies.map(({ where, severity }, index) => `{{ ${index === 0 ? '' : 'else '}if ${fits(where)} }}${severity}`);
  return `${branches.join('')}{{ else }}${own}{{ end }}`;
}

/** Go writes strings as PromQL does. */
function fits(where: Where): string {
  const each = Object.entries(where).map(([label, values]) => `eq $labels.${label} ${values.map(quoted).join(' ')}`);
  return each.length === 1 ? each.join('') : `and ${each.map((one) => `(${one})`).join(' ')}`;
}
