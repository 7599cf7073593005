import type { Model } from '../model/model.ts';
import { group, is, join, noneOf, oneOf, series, sum, type Expr, type Matcher } from '../prometheus/promql.ts';
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

/** Operations of the last minutes. */
export function recentOperations(by: readonly string[], ...matchers: readonly Matcher[]): Expr {
  return sum(by, series(RECENT.operations, ...matchers));
}

/** Operations of the last minutes that failed. */
export function recentFailures(by: readonly string[], ...matchers: readonly Matcher[]): Expr {
  return recentOperations(by, is(LABEL.outcome, 'failure'), ...matchers);
}

/** Those of them whose provider may be at fault. */
export function recentProviderFailures(by: readonly string[], ...matchers: readonly Matcher[]): Expr {
  return sum(by, series(RECENT.providerFailures, ...matchers));
}

/** What part is of the whole; both grouped by the same labels. Absent rather than 0. */
export function shareOf(part: Expr, whole: Expr): Expr {
  return join('/', part, whole);
}

/** Several conditions; the figure is that of the first. */
export function allOf(...conditions: readonly Expr[]): Expr {
  return join('and', ...conditions.map(group));
}
