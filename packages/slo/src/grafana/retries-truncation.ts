import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Model } from '../model/model.ts';
import { aggregate, group, is, isNot, join, oneOf, series } from '../prometheus/promql.ts';
import { BASE, LABEL } from '../prometheus/series.ts';
import { OUTCOME_COLORS } from './colors.ts';
import { dashboard } from './dashboard.ts';
import { DASHBOARDS } from './dashboards.ts';
import type { PanelSpec } from './panel.ts';
import { COMMON_VARIABLES, count, legend, selectedWherePresent, share, shareBy, WINDOW } from './queries.ts';
import { failedTracesLink } from './traces-link.ts';

const BY_PROVIDER = [LABEL.provider];
const BY_MODEL = [LABEL.provider, LABEL.model];
const NOT_CANCELLED = isNot(LABEL.outcome, 'cancelled');
const FAILED = is(LABEL.outcome, 'failure');
const TRUNCATED = isNot(LABEL.truncation, '');
const RETRIED = is(LABEL.retried, 'true');
/** Answers that came whole, but not as the provider's format says. */
const UNUSABLE = oneOf(LABEL.errorClass, ['malformed_response', 'invalid_tool_call', 'invalid_output']);

/** What retries, cut-off answers and rate limits cost, and which models answer. */
export function retriesTruncation(model: Model): Dashboard {
  const { retryStormAttempts, lowHeadroomRatio, failingRatio } = model.alerts;

  const retries: PanelSpec[] = [
    {
      kind: 'lines',
      title: 'Attempts per operation',
      description: 'HTTP exchanges that one LLM call needed on average. 1: no retries. Dashed: from here on it may be a retry storm, which makes an overloaded provider worse.',
      unit: 'factor',
      queries: [{ expr: join('/', count(BASE.attempts, { by: BY_PROVIDER }), group(`${count(BASE.operations, { by: BY_PROVIDER })} > 0`)), legend: legend(BY_PROVIDER) }],
      thresholds: [{ value: retryStormAttempts, color: 'red' }],
    },
    {
      kind: 'bars',
      title: 'Retried operations by outcome',
      description: 'LLM calls that needed a second attempt, and what came of them: the successful ones would have failed without it.',
      unit: 'count',
      queries: [{ expr: count(BASE.operations, { by: [LABEL.outcome], where: [RETRIED], window: WINDOW.step }), legend: legend([LABEL.outcome]) }],
      colors: OUTCOME_COLORS,
    },
    {
      kind: 'bars',
      title: 'Time lost to retries',
      description: 'Seconds that LLM calls spent waiting between attempts, all together. The user waits as well.',
      unit: 'seconds',
      queries: [{ expr: count(BASE.retryDelay, { by: BY_MODEL, window: WINDOW.step }), legend: legend(BY_MODEL) }],
    },
    {
      kind: 'bars',
      title: 'Wasted tokens',
      description: 'Tokens of answers that nobody could use: of calls that failed, and of attempts whose answer was thrown away. They are paid for all the same.',
      unit: 'count',
      queries: [{ expr: count(BASE.tokensWasted, { by: ['direction', ...BY_PROVIDER], window: WINDOW.step }), legend: `{{direction}} ${legend(BY_PROVIDER)}` }],
    },
  ];

  const truncation: PanelSpec[] = [
    {
      kind: 'bars',
      title: 'Truncated answers by kind',
      description: 'Answers that were cut off, and how. Only token_limit is no failure: the request’s own budget of tokens ended it. stream_unterminated answers look like successes to the application.',
      unit: 'count',
      queries: [{ expr: count(BASE.operations, { by: [LABEL.truncation], where: [TRUNCATED], window: WINDOW.step }), legend: legend([LABEL.truncation]) }],
      colors: { token_limit: 'blue' },
    },
    {
      kind: 'lines',
      title: 'Share of truncated answers by service',
      description: 'Failed because their answer was cut off, of all calls that were not cancelled. Dashed: from here on it counts as failing.',
      unit: 'share',
      queries: [{ expr: share(BASE.operations, { by: [LABEL.service, ...BY_PROVIDER], where: [NOT_CANCELLED] }, [FAILED, TRUNCATED]), legend: legend([LABEL.service, ...BY_PROVIDER]) }],
      thresholds: [{ value: failingRatio, color: 'red' }],
      ...failedTracesLink(model),
    },
    {
      kind: 'bars',
      title: 'Invalid tool calls and malformed answers',
      description: 'Whole answers that cannot be used: tool calls whose arguments do not parse, and bodies or events that are not what the provider’s format says.',
      unit: 'count',
      queries: [{ expr: count(BASE.operations, { by: [LABEL.errorClass, LABEL.model], where: [UNUSABLE], window: WINDOW.step }), legend: legend([LABEL.errorClass, LABEL.model]) }],
    },
  ];

  // What tells a rate limit's series apart depends on the source: of spans it is the address, without provider or model.
  const limits = [LABEL.service, LABEL.provider, LABEL.model, LABEL.address, LABEL.subject];
  const headroom = `min_over_time(${series(BASE.headroom, ...selectedWherePresent(COMMON_VARIABLES))}[${WINDOW.smooth}])`;
  const limitsAndModels: PanelSpec[] = [
    {
      kind: 'lines',
      title: 'Rate limit headroom',
      description: 'Share of each rate limit that was left, by what is limited, as the provider’s own headers say. Dashed: below this it counts as low.',
      unit: 'share',
      queries: [{ expr: aggregate('min', limits, headroom), legend: legend(limits) }],
      thresholds: [{ value: lowHeadroomRatio, color: 'red' }],
    },
    {
      kind: 'table',
      title: 'Served and requested models',
      description: 'Which model answered when which was asked for. A provider may serve a dated version of a model; a change of it can change answers.',
      width: 12,
      labels: { [LABEL.provider]: 'Provider', [LABEL.model]: 'Requested', [LABEL.servedModel]: 'Served' },
      columns: [
        { legend: 'Answers', expr: count(BASE.servedModels, { by: [...BY_MODEL, LABEL.servedModel], window: WINDOW.range }), unit: 'count', decimals: 0 },
        { legend: 'Share of the requested', expr: shareBy(BASE.servedModels, { by: BY_MODEL, window: WINDOW.range }, [], [LABEL.servedModel]), unit: 'share', decimals: 1 },
      ],
      sortBy: { column: 'Answers', descending: true },
    },
  ];

  return dashboard(model, DASHBOARDS.retriesTruncation, COMMON_VARIABLES, [
    { title: 'Retries', panels: retries },
    { title: 'Answers that were cut off or unusable', panels: truncation },
    { title: 'Limits and models', panels: limitsAndModels },
  ]);
}
