import type { Model } from '../model/model.ts';
import { is, join, noneOf, oneOf, series, sum } from '../prometheus/promql.ts';
import type { RecordingRule } from '../prometheus/rule.ts';
import { BASE, LABEL, promDuration, RECENT, STANDARD_LABELS } from '../prometheus/series.ts';
import { releaseHealth } from './release-health.ts';
import { steadyTraffic } from './traffic-vanished.ts';
import { diagnosisWindows } from './windows.ts';

/**
 * Failures that say something about us, although a provider or its edge reports them: other callers may be served well meanwhile.
 * They have alerts of their own.
 */
const ABOUT_US: readonly string[] = ['rate_limited', 'blocked_by_edge'];

/** What the diagnosing alerts compare. Belongs before them, in their group. */
export function recentRules(model: Model): readonly RecordingRule[] {
  const window = promDuration(diagnosisWindows(model).recent);
  const ended = series(BASE.operations, oneOf(LABEL.outcome, ['success', 'failure']));
  const placed = series(RECENT.operations, is(LABEL.outcome, 'failure'), oneOf(LABEL.origin, ['provider', 'gateway', 'network']), noneOf(LABEL.errorClass, ABOUT_US));
  // A provider that stalls is seen as our own deadline passing.
  const stalled = series(RECENT.operations, is(LABEL.outcome, 'failure'), is(LABEL.errorClass, 'timeout'));
  return [
    { record: RECENT.operations, expr: `${sum([...STANDARD_LABELS, LABEL.outcome, LABEL.errorClass, LABEL.origin], `sum_over_time(${ended}[${window}])`)} > 0` },
    { record: RECENT.providerFailures, expr: sum(STANDARD_LABELS, join('or', placed, stalled)) },
    { record: RECENT.releaseHealth, expr: releaseHealth(model) },
    { record: RECENT.steadyTraffic, expr: steadyTraffic(model) },
  ];
}
