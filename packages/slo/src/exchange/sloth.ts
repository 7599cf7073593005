import { Document, isNode } from 'yaml';
import { FAULT_LABEL } from '../alerts/catalogue.ts';
import type { Model, Severity, Slo } from '../model/model.ts';
import type { Generator } from '../outputs/output-file.ts';
import { is, series, sum } from '../prometheus/promql.ts';
import { LABEL, promDuration, SLO_SERIES } from '../prometheus/series.ts';
import { runbookUrl } from '../runbooks/location.ts';

/** The SLOs as a specification for sloth, instead of the generated burn-rate rules. Its queries need the generated base and SLO rules. */
export const slothFiles: Generator = (model) => [{ path: 'sloth/sloth.yaml', text: specification(model) }];

/** The only period that sloth assumes by itself. */
const SLOTH_PERIOD = 30 * 86_400;

function specification(model: Model): string {
  const document = new Document({ version: 'prometheus/v1', service: 'llm-calls', slos: model.slos.map((slo) => sloOf(model, slo)) }, { aliasDuplicateObjects: false });
  document.commentBefore = ' SLOs for sloth (https://sloth.dev), made from the model file: change that, not this.';
  for (const [index, { window }] of model.slos.entries()) {
    const node = document.getIn(['slos', index], true);
    if (window !== SLOTH_PERIOD && isNode(node)) node.commentBefore = ` Promised over ${promDuration(window)}: run sloth with --default-slo-period=${promDuration(window)} for this one.`;
  }
  return document.toString({ lineWidth: 0 });
}

function sloOf(model: Model, slo: Slo): object {
  const { name, description, objective, by } = slo;
  const within = (metric: string): string => sum(by, `sum_over_time(${series(metric, is(LABEL.slo, name))}[{{.window}}])`);
  return {
    // Sloth wants a letter or digit at both ends.
    name: name.replaceAll(/^[-_]+|[-_]+$/g, '') || 'slo',
    // In percent, without what binary fractions add.
    objective: Number((objective * 100).toPrecision(12)),
    description,
    sli: { events: { error_query: within(SLO_SERIES.bad), total_query: within(SLO_SERIES.valid) } },
    alerting: {
      // The name that the generated routes know, so that a cause silences this one as well.
      name: 'OutspanErrorBudgetBurn',
      labels: { [FAULT_LABEL]: 'unknown', [LABEL.slo]: name },
      annotations: { summary: `The error budget of the SLO ${name} is being spent too fast`, runbook_url: runbookUrl(model, 'OutspanErrorBudgetBurn') },
      page_alert: alert(slo, 'page'),
      ticket_alert: alert(slo, 'ticket'),
    },
  };
}

function alert({ alerts }: Slo, severity: Severity): object {
  return alerts[severity] ? { labels: { severity } } : { disable: true };
}
