import type { Model, Slo } from '../model/model.ts';
import { is, isNot, series, type Expr, type Matcher } from '../prometheus/promql.ts';
import { errorRatioSeries, LABEL, promDuration, RECENT, SLO_SERIES } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import { burnRates, sloWindow } from './burn-rate.ts';
import { FAULT_LABEL, type AlertName } from './catalogue.ts';
import { titleOf } from './label-titles.ts';
import { Questions } from './questions.ts';
import { diagnosisWindows } from './windows.ts';

/** What an alert tells beside its own figure, as annotations. Each is a template; one that finds nothing is empty. */
export type Figures = Readonly<Partial<Record<'failures' | 'spread' | 'budget' | 'also', string>>>;

/** Error classes that a page names. */
export const CLASSES_SHOWN = 3;

/** By which labels failures are told apart. */
const SPREAD = [LABEL.service, LABEL.version, LABEL.model] as const;

/**
 * The figures of an alert. Prometheus asks for them when it evaluates an alert that is pending or fires, and only then.
 * @param labels that the alert has, beside those that all have
 */
export function figuresOf(model: Model, alert: Alert, labels: readonly string[]): Figures {
  const asks = Questions.ofOperations(labels);
  const slo = model.slos.find(({ name, sli }) => (alert.slo === undefined ? sli.kind === 'availability' : name === alert.slo));
  return {
    ...(alert.traces === 'failed' && { failures: failures(model, asks), spread: spread(asks, labels) }),
    ...(slo !== undefined && { budget: budget(model, slo, labels) }),
    also: also(alert.name, labels),
  };
}

function operations(...matchers: readonly Matcher[]): Expr {
  return series(RECENT.operations, ...matchers);
}

const FAILED = is(LABEL.outcome, 'failure');
const COUNT = '{{ . | first | value | printf "%.0f" }}';
const SHARE = '{{ . | value | humanizePercentage }}';

/** `30 of 120 operations failed in the last 5m: server_error 80%, bad_gateway 20%.` */
function failures(model: Model, asks: Questions): string {
  const failed = asks.query((...scope) => `sum(${operations(FAILED, ...scope)})`);
  const all = asks.query((...scope) => `sum(${operations(...scope)})`);
  const classes = classesOf(asks);
  return `{{ with ${failed} }}${COUNT}{{ with ${all} }} of ${COUNT}{{ end }} operations failed in the last ${promDuration(diagnosisWindows(model).recent)}{{ range $at, $class := ${classes} }}{{ if $at }},{{ else }}:{{ end }} {{ .Labels.${LABEL.errorClass} }} ${SHARE}{{ end }}.{{ end }}`;
}

/** The most frequent classes of failures, the first one first, with their shares. */
export function classesOf(asks: Questions): string {
  return asks.query((...scope) => `sort_desc(topk(${CLASSES_SHOWN}, sum by (${LABEL.errorClass}) (${operations(FAILED, ...scope)}) / on () group_left () sum(${operations(FAILED, ...scope)})))`);
}

/** `Service "shop": 60% of them. Model "gpt-5": 94% of them.` Each label has the value with the most failures. */
function spread(asks: Questions, labels: readonly string[]): string {
  return SPREAD.filter((label) => !labels.includes(label)).map((label) => {
    const most = asks.query((...scope) => `topk(1, sum by (${label}) (${operations(FAILED, isNot(label, ''), ...scope)}) / on () group_left () sum(${operations(FAILED, ...scope)}))`);
    return `{{ range ${most} }}${titleOf(label)} {{ printf "%.100q" .Labels.${label} }}: ${SHARE} of them. {{ end }}`;
  }).join('');
}

/** `63% of the error budget of "availability" is spent. At the rate of the last 1h, the rest is gone in 4h 10m.` Of several budgets that the alert is about, the one with the least left. */
function budget(model: Model, slo: Slo, labels: readonly string[]): string {
  const asks = new Questions(labels.filter((label) => slo.by.includes(label)));
  const of = is(LABEL.slo, slo.name);
  const spent = asks.query((...scope) => `topk(1, 1 - ${series(SLO_SERIES.budget, of, ...scope)})`);
  const window = burnRates(slo, model).reduce((shortest, { long }) => Math.min(shortest, long), sloWindow(slo, model));
  const allowed = Number((1 - slo.objective).toPrecision(12));
  const gone = asks.query((...scope) => `bottomk(1, (${series(SLO_SERIES.budget, of, ...scope)} > 0) * ${sloWindow(slo, model)} * ${allowed} / (${series(errorRatioSeries(window), of, ...scope)} > 0))`);
  return [
    `{{ range ${spent} }}{{ if lt .Value 1.0 }}${SHARE} of the error budget of "${slo.name}" is spent.{{ else }}The error budget of "${slo.name}" is spent.{{ end }}{{ end }}`,
    `{{ range ${gone} }} At the rate of the last ${promDuration(window)}, the rest is gone in {{ . | value | humanizeDuration }}.{{ end }}`,
  ].join('');
}

/** What else fires about the same provider, or else the same service: names of alerts. */
function also(name: AlertName, labels: readonly string[]): string {
  const subject = [LABEL.provider, LABEL.service].find((label) => labels.includes(label));
  const asks = new Questions(labels.filter((label) => label === LABEL.environment || label === subject));
  return `{{ range $at, $alert := ${asks.query((...scope) => `group by (alertname) (${series('ALERTS', is('alertstate', 'firing'), isNot('alertname', name), isNot(FAULT_LABEL, ''), ...scope)})`)} }}{{ if $at }}, {{ end }}{{ .Labels.alertname }}{{ end }}`;
}
