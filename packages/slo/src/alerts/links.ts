import { DASHBOARDS, type VariableName } from '../grafana/dashboards.ts';
import type { Model } from '../model/model.ts';
import { is, series } from '../prometheus/promql.ts';
import { LABEL, RECENT } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import { classesOf } from './figures.ts';
import { Questions } from './questions.ts';
import { inUrl, literal } from './template.ts';

/** Which variable of a dashboard a label of an alert sets. */
const VARIABLES: readonly (readonly [label: string, variable: VariableName])[] = [
  [LABEL.environment, 'environment'],
  [LABEL.service, 'service'],
  [LABEL.provider, 'provider'],
  [LABEL.model, 'model'],
  [LABEL.slo, 'slo'],
];

/** Where an alert leads to: templates of URLs; only those that the model has a place for. One that finds nothing is empty. */
export function linksOf({ links: { runbooks, grafana, jaeger } }: Model, alert: Alert, labels: readonly string[]): Readonly<Record<string, string>> {
  return {
    runbook_url: `${literal(runbooks)}/${alert.name}.md`,
    ...(grafana !== undefined && { dashboard_url: `${literal(grafana)}/d/${DASHBOARDS[alert.dashboard].uid}?from=now-3h${VARIABLES.map(([label, variable]) => inUrl(`&var-${variable}=`, label)).join('')}` }),
    ...(jaeger !== undefined && traces(`${literal(jaeger)}/search?lookback=1h&limit=20&service=${serviceOf(labels)}`, alert, labels)),
  };
}

/** Searches for traces: of failed calls one for each of the most frequent classes. */
function traces(search: string, { traces: which }: Alert, labels: readonly string[]): Readonly<Record<string, string>> {
  const provider = labels.includes(LABEL.provider);
  const tags = (members: string, ...values: readonly string[]): string => `&tags={{ printf \`{${members}}\` ${values.join(' ')} | urlquery }}`;
  if (which === 'all') return { traces_url: provider ? `${search}${tags('"gen_ai.provider.name":%q', `$labels.${LABEL.provider}`)}` : search };
  const failed = tags(`"error":"true"${provider ? ',"gen_ai.provider.name":%[2]q' : ''},"outspan.error.class":%[1]q`, `$class.Labels.${LABEL.errorClass}`, ...(provider ? [`$labels.${LABEL.provider}`] : []));
  const classes = classesOf(Questions.ofOperations(labels));
  return Object.fromEntries(TRACES.map((annotation, wanted) => [annotation, `{{ range $at, $class := ${classes} }}{{ if eq $at ${wanted} }}${search}${failed}{{ end }}{{ end }}`]));
}

/** The annotations with searches for traces, the most telling first. */
export const TRACES = ['traces_url', 'traces_url_2', 'traces_url_3'] as const;

/** Jaeger searches within one service: the alert's, or else the one that fails most. */
function serviceOf(labels: readonly string[]): string {
  if (labels.includes(LABEL.service)) return `{{ $labels.${LABEL.service} | urlquery }}`;
  const most = Questions.ofOperations(labels).query((...scope) => `topk(1, sum by (${LABEL.service}) (${series(RECENT.operations, is(LABEL.outcome, 'failure'), ...scope)}))`);
  return `{{ range ${most} }}{{ .Labels.${LABEL.service} | urlquery }}{{ end }}`;
}
