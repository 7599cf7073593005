import { group, is, join, series, sum, type Expr, type Matcher } from '../prometheus/promql.ts';
import { LABEL, RECENT } from '../prometheus/series.ts';

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
