import { group, join, series, sum, type Expr, type Matcher } from '../prometheus/promql.ts';
import { LABEL } from '../prometheus/series.ts';
import type { VariableName } from './dashboards.ts';

/** One query of a panel, and what its series are called in the legend. */
export interface PanelQuery {
  readonly expr: Expr;
  /** With labels in double braces; a table shows it as the name of its column. */
  readonly legend: string;
}

/** Windows that Grafana fills in. */
export const WINDOW = {
  /** From one point of the graph to the next: counts in it add up to the whole. */
  step: '$__interval',
  /** At least four evaluations of the rules: shares and rates in it are smooth. */
  smooth: '$__rate_interval',
  /** All that the dashboard shows. */
  range: '$__range',
} as const;

/** The label that each template variable selects by. */
export const VARIABLE_LABEL: Readonly<Record<VariableName, string>> = {
  environment: LABEL.environment,
  service: LABEL.service,
  provider: LABEL.provider,
  model: LABEL.model,
  slo: LABEL.slo,
};

/** Variables that every series but those of SLOs and rate limits can be selected by. */
export const COMMON_VARIABLES: readonly VariableName[] = ['environment', 'service', 'provider', 'model'];

/**
 * Label matchers of template variables.
 * Grafana's own escaping for Prometheus applies only to a plain `$variable`: with `${variable:regex}` the dot of `gpt-4.1` becomes
 * an escape sequence that PromQL rejects.
 */
export function selected(variables: readonly VariableName[]): Matcher[] {
  return variables.map((variable) => `${VARIABLE_LABEL[variable]}=~"$${variable}"`);
}

/** As {@link selected}, but series without the label stay, whatever is selected. */
export function selectedWherePresent(variables: readonly VariableName[]): Matcher[] {
  return variables.map((variable) => `${VARIABLE_LABEL[variable]}=~"$${variable}|"`);
}

/** What a count is taken of. */
export interface Count {
  readonly by?: readonly string[];
  /** Matchers beside those of the variables. */
  readonly where?: readonly Matcher[];
  /** Default: {@link COMMON_VARIABLES}. */
  readonly variables?: readonly VariableName[];
  /** Default: {@link WINDOW.smooth}. */
  readonly window?: string;
}

/** How much a series of tiles adds up to within a window. */
export function count(name: string, { by = [], where = [], variables = COMMON_VARIABLES, window = WINDOW.smooth }: Count = {}): Expr {
  return sum(by, `sum_over_time(${series(name, ...selected(variables), ...where)}[${window}])`);
}

/** As {@link count} of those that match `part` as well, but 0 where none does. Its window and grouping are those of `whole`. */
export function countOrNone(name: string, whole: Count, part: readonly Matcher[]): Expr {
  return join('or', count(name, { ...whole, where: [...(whole.where ?? []), ...part] }), `0 * ${count(name, whole)}`);
}

/** The share of the events of `whole` that match `part` as well: 0 where none does, nothing where there are no events. */
export function share(name: string, whole: Count, part: readonly Matcher[]): Expr {
  return join('/', group(countOrNone(name, whole, part)), group(`${count(name, whole)} > 0`));
}

/** As {@link share}, split by labels that only `part` has. */
export function shareBy(name: string, whole: Count, part: readonly Matcher[], split: readonly string[]): Expr {
  const by = whole.by ?? [];
  const some = count(name, { ...whole, by: [...by, ...split], where: [...(whole.where ?? []), ...part] });
  return join(`/ on (${by.join(', ')}) group_left ()`, some, group(`${count(name, whole)} > 0`));
}

/** Labels in a legend, one after the other. */
export function legend(labels: readonly string[]): string {
  return labels.map((label) => `{{${label}}}`).join(' ');
}
