import { group, is, isNot, join, oneOf, series, sum, type Expr, type Matcher } from '../prometheus/promql.ts';
import { BASE, LABEL } from '../prometheus/series.ts';

/** What a runbook asks of Prometheus. Nothing has to be filled in before it is pasted: what differs is a label of the answer. */
export interface Question {
  readonly asks: string;
  readonly promql: Expr;
}

const ENDED = oneOf(LABEL.outcome, ['success', 'failure']);
const FAILED = is(LABEL.outcome, 'failure');

/** How many of a tile series there were within a window, by labels; the most first. */
export function counts(name: string, by: readonly string[], window: string, ...matchers: readonly Matcher[]): Expr {
  return sorted(count(name, by, window, ...matchers));
}

/** Failed operations by labels. */
export function failures(by: readonly string[], window: string, ...matchers: readonly Matcher[]): Expr {
  return counts(BASE.operations, by, window, FAILED, ...matchers);
}

/** Share of operations that failed that way, by labels; the largest first. */
export function failureShare(by: readonly string[], window: string, ...matchers: readonly Matcher[]): Expr {
  return ratio(count(BASE.operations, by, window, FAILED, ...matchers), count(BASE.operations, by, window, ENDED));
}

/** Attempts per operation, by labels; the largest first. */
export function attemptsPerOperation(by: readonly string[], window: string): Expr {
  return ratio(count(BASE.attempts, by, window), count(BASE.operations, by, window, ENDED));
}

/** Seconds that a successful operation took on average, by labels. */
export function meanDuration(by: readonly string[], window: string): Expr {
  return ratio(count(BASE.durationSum, by, window), count(BASE.durations, by, window));
}

/** Operations whose answer was cut off, by the way it was. A token limit is none: the answer came whole. */
export function truncations(by: readonly string[], window: string): Expr {
  return counts(BASE.operations, [...by, LABEL.truncation], window, FAILED, isNot(LABEL.truncation, ''));
}

/** Operations, whatever became of them, now and at the same time a day before. */
export function traffic(by: readonly string[], window: string, ago?: string): Expr {
  return sorted(sum(by, `sum_over_time(${BASE.operations}[${window}]${ago === undefined ? '' : ` offset ${ago}`})`));
}

function count(name: string, by: readonly string[], window: string, ...matchers: readonly Matcher[]): Expr {
  return sum(by, `sum_over_time(${series(name, ...matchers)}[${window}])`);
}

function ratio(some: Expr, all: Expr): Expr {
  return sorted(join('/', some, group(`${all} > 0`)));
}

function sorted(expr: Expr): Expr {
  return `sort_desc${group(expr)}`;
}
