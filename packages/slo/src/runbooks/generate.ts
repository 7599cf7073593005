import { alertsOf, type AlertKind } from '../alerts/catalogue.ts';
import { FAULTS } from '../alerts/faults.ts';
import { diagnosisWindows } from '../alerts/windows.ts';
import type { Model } from '../model/model.ts';
import type { Generator } from '../outputs/output-file.ts';
import { LABEL, promDuration } from '../prometheus/series.ts';
import { BUDGET_POLICY, budgetPolicy } from './budget-policy.ts';
import { percent } from './figures.ts';
import { runbookPath } from './location.ts';
import { code, list, plain, steps, table, target } from './markdown.ts';
import { failures } from './questions.ts';
import { STEPS, type Runbook } from './runbook.ts';
import { runbooksOf } from './runbooks.ts';
import { STATUS_PAGES } from './status-pages.ts';

/** What to do when an alert comes: a page of Markdown for each, and an index of them. */
export const runbookFiles: Generator = (model) => {
  const runbooks = runbooksOf(model);
  const alerts = alertsOf(model);
  return [{ path: 'runbooks/README.md', text: index(model, alerts) }, { path: BUDGET_POLICY, text: document(MADE, ...budgetPolicy(model)) }, ...alerts.map((alert) => ({ path: runbookPath(alert.name), text: page(model, alert, runbooks[alert.name]) }))];
};

const MADE = '<!-- Made by @outspan/slo from the model file: change that, not this. -->';

function index(model: Model, alerts: readonly AlertKind[]): string {
  return document(
    MADE,
    '# Runbooks of the LLM alerts',
    'One for each alert, the most telling first: while an alert fires, those below it that it explains are silent.',
    table(
      ['Alert', 'Means', 'Comes as', 'Whose move'],
      alerts.map(({ name, title, severity, fault }) => [`[${name}](${name}.md)`, title, severity, FAULTS[fault].title]),
    ),
    '## What is promised',
    model.slos.length === 0 ? 'No SLOs are defined.' : table(
      ['SLO', 'Good', 'Over', 'For each', 'What'],
      model.slos.map(({ name, objective, window, by, description }) => [`\`${name}\``, percent(objective), promDuration(window), by.length === 0 ? 'all together' : by.map((label) => `\`${label}\``).join(', '), plain(description)]),
    ),
    'What follows when a budget runs low: [error-budget policy](error-budget-policy.md).',
    "## Providers' status pages",
    statusPages(),
  );
}

function page(model: Model, { name, title, severity, fault }: AlertKind, runbook: Runbook): string {
  return document(
    MADE,
    `# ${name}`,
    `${title}. Comes as a **${severity}**. ${FAULTS[fault].move}`,
    '## What it says, and what not',
    runbook.says,
    runbook.saysNot,
    '## Confirm the scope',
    'Paste into Prometheus or Grafana Explore. Nothing to fill in: the labels of the answer tell.',
    ...runbook.confirm.flatMap(({ asks, promql }) => [asks, code('promql', promql)]),
    dashboardLine(model, runbook),
    jaegerLine(model),
    code('text', runbook.traces),
    `Look for ${runbook.look}`,
    ...(runbook.statusPages ? ["## Check the provider's status", 'The label `gen_ai_provider_name` says which. No entry there means little: pages lag behind by a quarter of an hour and more.', statusPages()] : []),
    ...Object.entries(STEPS).flatMap(([kind, heading]) => {
      const act = isStep(kind) ? runbook.act[kind] : undefined;
      return act === undefined ? [] : [`## ${heading}`, steps(act)];
    }),
    '## Document',
    'While it lasts, and before the traces are gone:',
    list([
      'First and last failed call, to the second, in UTC.',
      'Ten request ids of failed calls: `outspan.provider.request_id` on the spans. A provider can find nothing without them.',
      'Where they were answered: `outspan.edge.location` on the attempts.',
      ...runbook.keep,
    ]),
    'By service, provider, model and class, over the time of the incident:',
    code('promql', countOfIncident(model)),
  );
}

function isStep(kind: string): kind is keyof typeof STEPS {
  return kind in STEPS;
}

function dashboardLine({ links: { grafana } }: Model, { dashboard: { uid, title } }: Runbook): string {
  return `Dashboard: ${grafana === undefined ? `*${title}*` : `[${title}](${target(`${grafana}/d/${uid}`)})`}.`;
}

function jaegerLine({ links: { jaeger } }: Model): string {
  const where = jaeger === undefined ? 'Jaeger' : `[Jaeger](${target(`${jaeger}/search`)})`;
  return `Traces: in ${where}, choose the service and put this into the field *Tags*.`;
}

function statusPages(): string {
  return table(
    ['Provider', '`gen_ai_provider_name`', 'Status'],
    STATUS_PAGES.map(({ name, providers, url }) => [name, providers.map((provider) => `\`${provider}\``).join(', '), `<${url}>`]),
  );
}

function countOfIncident(model: Model): string {
  const by = [LABEL.service, LABEL.provider, LABEL.model, LABEL.errorClass];
  return failures(by, promDuration(diagnosisWindows(model).news));
}

function document(...blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`;
}
