import { DASHBOARDS, type VariableName } from '../grafana/dashboards.ts';
import type { Model } from '../model/model.ts';
import { LABEL, RECENT } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import { inUrl, literal } from './template.ts';

/** Which variable of a dashboard a label of an alert sets. */
const VARIABLES: readonly (readonly [label: string, variable: VariableName])[] = [
  [LABEL.environment, 'environment'],
  [LABEL.service, 'service'],
  [LABEL.provider, 'provider'],
  [LABEL.model, 'model'],
  [LABEL.slo, 'slo'],
];

/** Where an alert leads to: templates of URLs; only those that the model has a place for. */
export function linksOf({ links: { runbooks, grafana, jaeger } }: Model, alert: Alert): Readonly<Record<string, string>> {
  return {
    runbook_url: `${literal(runbooks)}/${alert.name}.md`,
    ...(grafana !== undefined && { dashboard_url: `${literal(grafana)}/d/${DASHBOARDS[alert.dashboard].uid}?from=now-3h${VARIABLES.map(([label, variable]) => inUrl(`&var-${variable}=`, label)).join('')}` }),
    ...(jaeger !== undefined && { traces_url: `${literal(jaeger)}/search?lookback=1h&service=${SERVICE}&tags=${TAGS[alert.traces]}` }),
  };
}

/** Jaeger searches within one service: the alert's, or else the one that fails most with its provider. */
const SERVICE = [
  `{{ with $labels.${LABEL.service} }}{{ . | urlquery }}`,
  `{{ else }}{{ range query (printf \`topk(1, sum by (${LABEL.service}) (${RECENT.operations}{${LABEL.outcome}="failure", ${LABEL.provider}=%q}))\` $labels.${LABEL.provider}) }}`,
  `{{ . | label "${LABEL.service}" | urlquery }}{{ end }}{{ end }}`,
].join('');

/** What Jaeger is to look for, as JSON. A value that is no JSON when Go has quoted it finds nothing, and does no harm. */
const TAGS: Readonly<Record<Alert['traces'], string>> = {
  failed: tags('"error":"true",'),
  all: tags(''),
};

function tags(first: string): string {
  const provider = `{{ with $labels.${LABEL.provider} }}{{ printf \`{${first}"gen_ai.provider.name":%q}\` . | urlquery }}`;
  return `${provider}{{ else }}{{ \`{${first.replace(/,$/, '')}}\` | urlquery }}{{ end }}`;
}
