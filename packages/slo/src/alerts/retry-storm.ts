import type { Model } from '../model/model.ts';
import { group, join, series, sum, type Expr, type Matcher } from '../prometheus/promql.ts';
import { BASE, LABEL, promDuration } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import { allOf, shareOf } from './recent.ts';
import { shown, VALUE } from './template.ts';
import { diagnosisWindows } from './windows.ts';

/** How many times more attempts than usual a storm takes. */
const ABOVE_NORM = 1.5;

/** Operations need far more attempts than they did over the last day: they still succeed, at a price. */
export function retryStorm(model: Model): Alert {
  const { retryStormAttempts, minimumBadEvents } = model.alerts;
  const { recent, norm, hold, linger } = diagnosisWindows(model);
  const by = [LABEL.environment, LABEL.service, LABEL.provider];
  const count = (name: string, range: string, ...matchers: readonly Matcher[]): Expr => sum(by, `sum_over_time(${series(name, ...matchers)}${range})`);
  const attemptsPerOperation = (range: string, ...matchers: readonly Matcher[]): Expr =>
    shareOf(count(BASE.attempts, range, ...matchers), group(`${count(BASE.operations, range, ...matchers)} > 0`));
  const now = `[${promDuration(recent)}]`;
  const usual = `[${promDuration(norm)}] offset ${promDuration(recent)}`;
  return {
    name: 'OutspanRetryStorm',
    expr: join(
      'unless',
      allOf(`${attemptsPerOperation(now)} >= ${retryStormAttempts}`, `${join('-', count(BASE.attempts, now), count(BASE.operations, now))} >= ${minimumBadEvents}`),
      group(`${attemptsPerOperation(now)} < ${ABOVE_NORM} * ${group(attemptsPerOperation(usual))}`),
    ),
    hold,
    linger,
    summary: `${shown(LABEL.service)} needs ${VALUE.number} attempts for each operation with ${shown(LABEL.provider)}`,
    description: `These are at least ${ABOVE_NORM} times as many as usual. Retries hide failures, cost time and tokens, and add load to what is in trouble.`,
    query: (...matchers) => attemptsPerOperation(now, ...matchers),
    narrowedBy: by,
    dashboard: 'retriesTruncation',
    traces: 'all',
  };
}
