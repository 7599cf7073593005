import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { titleOf } from '../alerts/label-titles.ts';
import type { Model } from '../model/model.ts';
import { aggregate, group, is, join, series, sum } from '../prometheus/promql.ts';
import { BASE, errorRatioSeries, LABEL, promDuration, SLO_SERIES } from '../prometheus/series.ts';
import { burnWindows } from './burn-windows.ts';
import { dashboard } from './dashboard.ts';
import { DASHBOARDS } from './dashboards.ts';
import type { ColumnSpec, PanelSpec, Threshold } from './panel.ts';
import { COMMON_VARIABLES, count, legend, selected, selectedWherePresent, VARIABLE_LABEL, WINDOW } from './queries.ts';
import { failedTracesLink } from './traces-link.ts';
import { ORIGIN_COLORS, OUTCOME_COLORS } from './colors.ts';

const FAILED = [is(LABEL.outcome, 'failure')];

/** Are the promises kept, how much budget is left, and whose fault are the failures? */
export function overview(model: Model): Dashboard {
  const labels = [LABEL.slo, ...new Set(model.slos.flatMap(({ by }) => by))];
  const variables = COMMON_VARIABLES.filter((variable) => labels.includes(VARIABLE_LABEL[variable]));
  const select = (name: string): string => series(name, ...selected(['slo']), ...selectedWherePresent(variables));
  const within = (name: string): string => sum(labels, `sum_over_time(${select(name)}[${WINDOW.range}])`);
  // The objective is a constant of its SLO, whatever else it is labelled with.
  const objective = aggregate('max', [LABEL.slo], select(SLO_SERIES.objective));
  const burnRate = (window: number): string => join(`/ on (${LABEL.slo}) group_left ()`, aggregate('max', labels, select(errorRatioSeries(window))), group(`1 - ${objective}`));
  const budget = aggregate('min', labels, select(SLO_SERIES.budget));
  const burns = burnWindows(model);

  const burnColumns = burns.map(({ window, thresholds }): ColumnSpec => ({ legend: `Burn rate, ${promDuration(window)}`, expr: burnRate(window), unit: 'factor', decimals: 1, thresholds }));
  const objectives: PanelSpec[] = [
    {
      kind: 'table',
      title: 'Objectives',
      description:
        'Each promise, and how it stands. Bad: share of bad events within the time shown. Budget left: share of the error budget of the SLO’s whole window; negative once it is spent. Burn rate: how many times faster than allowed the budget is being spent; at 1 it lasts exactly its window.',
      labels: Object.fromEntries(labels.map((label) => [label, titleOf(label)])),
      columns: [
        { legend: 'Objective', expr: join(`* on (${LABEL.slo}) group_left ()`, aggregate('group', labels, `last_over_time(${select(SLO_SERIES.valid)}[${WINDOW.range}])`), objective), unit: 'share' },
        { legend: 'Bad', expr: join('/', within(SLO_SERIES.bad), group(`${within(SLO_SERIES.valid)} > 0`)), unit: 'share', decimals: 2 },
        { legend: 'Budget left', expr: budget, unit: 'share', decimals: 1, base: 'red', thresholds: BUDGET_LEFT },
        ...burnColumns,
      ],
      sortBy: { column: 'Budget left', descending: false },
    },
    {
      kind: 'lines',
      title: 'Budget left',
      description: 'Share of each error budget that is left. A steep fall is an incident; a steady one is a promise that cannot be kept. Below 0 the promise is broken.',
      unit: 'share',
      queries: [{ expr: budget, legend: legend(labels) }],
      thresholds: [{ value: 0, color: 'red' }],
    },
    ...burns.slice(0, 1).map(
      ({ window, thresholds }): PanelSpec => ({
        kind: 'lines',
        title: `Burn rate, over ${promDuration(window)}`,
        description: 'How many times faster than allowed each error budget is being spent. Dashed: the rates that alert.',
        unit: 'factor',
        queries: [{ expr: burnRate(window), legend: legend(labels) }],
        thresholds,
      }),
    ),
  ];

  const operations: PanelSpec[] = [
    {
      kind: 'bars',
      title: 'Operations by outcome',
      description: 'LLM calls, each counted once with all its retries. A call that a retry saved is a success; one that its caller stopped is cancelled, and counts neither way.',
      unit: 'count',
      queries: [{ expr: count(BASE.operations, { by: [LABEL.outcome], window: WINDOW.step }), legend: legend([LABEL.outcome]) }],
      colors: OUTCOME_COLORS,
    },
    {
      kind: 'bars',
      title: 'Whose fault: failures by origin',
      description: 'provider: the model’s host. gateway: a proxy or CDN in between. network: the connection. account: our key or quota. request: what we asked for. client: our own deadlines.',
      unit: 'count',
      queries: [{ expr: count(BASE.operations, { by: [LABEL.origin], where: FAILED, window: WINDOW.step }), legend: legend([LABEL.origin]) }],
      colors: ORIGIN_COLORS,
    },
    {
      kind: 'bars',
      title: 'Failures by class',
      description: 'What went wrong. truncated_response are answers that were cut off; to the application they may have looked like successes.',
      unit: 'count',
      queries: [{ expr: count(BASE.operations, { by: [LABEL.errorClass], where: FAILED, window: WINDOW.step }), legend: legend([LABEL.errorClass]) }],
    },
    {
      kind: 'bars',
      title: 'Failures by service and provider',
      description: 'Which of our services is hit, and at which provider.',
      unit: 'count',
      queries: [{ expr: count(BASE.operations, { by: [LABEL.service, LABEL.provider], where: FAILED, window: WINDOW.step }), legend: legend([LABEL.service, LABEL.provider]) }],
      ...failedTracesLink(model),
    },
  ];

  // Without SLOs nothing is recorded of them.
  const keeps = model.slos.length > 0;
  return dashboard(model, DASHBOARDS.overview, [...(keeps ? (['slo'] as const) : []), ...COMMON_VARIABLES], [
    ...(keeps ? [{ title: 'Objectives and error budgets', panels: objectives }] : []),
    { title: 'Operations', panels: operations },
  ]);
}

const BUDGET_LEFT: readonly Threshold[] = [
  { value: 0, color: 'orange' },
  { value: 0.25, color: 'green' },
];
