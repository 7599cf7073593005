import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Model } from '../model/model.ts';
import { is, isNot, oneOf } from '../prometheus/promql.ts';
import { BASE, LABEL } from '../prometheus/series.ts';
import { ORIGIN_COLORS } from './colors.ts';
import { dashboard } from './dashboard.ts';
import { DASHBOARDS } from './dashboards.ts';
import type { PanelSpec, Threshold } from './panel.ts';
import { COMMON_VARIABLES, count, countOrNone, legend, share, shareBy, WINDOW, type Count } from './queries.ts';
import { failedTracesLink } from './traces-link.ts';

const FAILED = [is(LABEL.outcome, 'failure')];
/** Cancelled operations say nothing about anyone. */
const JUDGED = [isNot(LABEL.outcome, 'cancelled')];
const ON_THE_WAY = [...FAILED, oneOf(LABEL.origin, ['gateway', 'network'])];
const BY_PROVIDER = [LABEL.provider];
const BY_MODEL = [LABEL.provider, LABEL.model];

/** Is it the provider, one of its models, the way there, or a release of ours? */
export function providerIncident(model: Model): Dashboard {
  const failing: Threshold[] = [
    { value: model.alerts.healthyRatio, color: 'orange' },
    { value: model.alerts.failingRatio, color: 'red' },
  ];
  const failingShare = (whole: Count): string => share(BASE.operations, { ...whole, where: JUDGED }, FAILED);
  const graph = (title: string, description: string, by: readonly string[], whole: Count = {}): PanelSpec => ({
    kind: 'lines',
    title,
    description: `${description} Dashed: below the lower line is healthy, above the upper one is failing.`,
    unit: 'share',
    queries: [{ expr: failingShare({ ...whole, by }), legend: legend(by) }],
    thresholds: failing,
  });

  const scope: PanelSpec[] = [
    {
      kind: 'table',
      title: 'Providers and models',
      description: 'LLM calls within the time shown, without cancelled ones, and the share that failed for whatever reason. One provider failing with all its models is an incident of theirs; one model of it alone may be overloaded or retired.',
      labels: { [LABEL.provider]: 'Provider', [LABEL.model]: 'Model' },
      columns: [
        { legend: 'Operations', expr: count(BASE.operations, { by: BY_MODEL, where: JUDGED, window: WINDOW.range }), unit: 'count', decimals: 0 },
        { legend: 'Failed', expr: countOrNone(BASE.operations, { by: BY_MODEL, where: JUDGED, window: WINDOW.range }, FAILED), unit: 'count', decimals: 0 },
        { legend: 'Failing', expr: failingShare({ by: BY_MODEL, window: WINDOW.range }), unit: 'share', decimals: 1, thresholds: failing },
      ],
      sortBy: { column: 'Failing', descending: true },
    },
    graph('Failing share, every provider', 'Share of calls that failed, for every provider, whichever is selected: while others stay healthy, the fault is not ours.', BY_PROVIDER, { variables: ['environment', 'service'] }),
    graph('Failing share by model', 'Share of calls that failed, by model.', BY_MODEL),
  ];

  const what: PanelSpec[] = [
    {
      kind: 'lines',
      title: 'Failing share by origin',
      description: 'Whose fault the failures are, as a share of all calls to the provider: the provider’s, a gateway’s or the network’s on the way, or ours (account, request, client).',
      unit: 'share',
      queries: [{ expr: shareBy(BASE.operations, { by: BY_PROVIDER, where: JUDGED }, FAILED, [LABEL.origin]), legend: legend([...BY_PROVIDER, LABEL.origin]) }],
    },
    {
      kind: 'lines',
      title: 'Failing share by class',
      description: 'What went wrong, as a share of all calls to the provider. truncated_response are answers that were cut off, which applications often take for whole ones.',
      unit: 'share',
      queries: [{ expr: shareBy(BASE.operations, { by: BY_PROVIDER, where: JUDGED }, FAILED, [LABEL.errorClass]), legend: legend([...BY_PROVIDER, LABEL.errorClass]) }],
    },
    {
      kind: 'bars',
      title: 'Failures by origin',
      description: 'How many calls failed, and whose fault it was.',
      unit: 'count',
      queries: [{ expr: count(BASE.operations, { by: [LABEL.origin], where: FAILED, window: WINDOW.step }), legend: legend([LABEL.origin]) }],
      colors: ORIGIN_COLORS,
    },
    {
      kind: 'bars',
      title: 'On the way: gateway and network',
      description: 'Failures that the provider never saw, or whose answers got lost: pages of a CDN or firewall (blocked_by_edge), proxies that gave up, connections that broke. Many of them at several providers point at our own network.',
      unit: 'count',
      queries: [{ expr: count(BASE.operations, { by: [...BY_PROVIDER, LABEL.errorClass], where: ON_THE_WAY, window: WINDOW.step }), legend: legend([...BY_PROVIDER, LABEL.errorClass]) }],
    },
  ];

  const us: PanelSpec[] = [
    { ...graph('Failing share by service', 'Share of calls that failed, by service of ours. All services failing points at the provider; one alone at itself.', [LABEL.service]), ...failedTracesLink(model) },
    { ...graph('Failing share by version', 'Share of calls that failed, by version of each service. A new version failing where the old one does not is our release, not the provider.', [LABEL.service, LABEL.version]), ...failedTracesLink(model) },
  ];

  return dashboard(model, DASHBOARDS.providerIncident, COMMON_VARIABLES, [
    { title: 'Who is failing?', panels: scope },
    { title: 'What fails, and whose fault is it?', panels: what },
    { title: 'Is it only us?', panels: us },
    { title: 'Attempts', panels: attempts(model) },
  ]);
}

/** Attempts fail before operations do: retries still hide it. */
function attempts(model: Model): PanelSpec[] {
  return [
    {
      kind: 'bars',
      title: 'Attempts',
      description: 'HTTP exchanges with each model, retries included. More of them at the same traffic are retries.',
      unit: 'count',
      queries: [{ expr: count(BASE.attempts, { by: BY_MODEL, window: WINDOW.step }), legend: legend(BY_MODEL) }],
    },
    // Spans are counted by operation there, so that nothing is known of a single attempt.
    ...(model.source === 'span_metrics'
      ? []
      : [
          {
            kind: 'lines',
            title: 'Failing share of attempts by class',
            description: 'Share of single attempts that failed, and how. It rises first, while retries still hide it from the application.',
            unit: 'share',
            queries: [{ expr: shareBy(BASE.attempts, { by: BY_PROVIDER }, [isNot(LABEL.errorClass, '')], [LABEL.errorClass]), legend: legend([...BY_PROVIDER, LABEL.errorClass]) }],
          } satisfies PanelSpec,
        ]),
  ];
}
