import type { Model } from '../model/model.ts';
import { group, isNot, join, series, sum, type Expr } from '../prometheus/promql.ts';
import { BASE, LABEL, promDuration } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import { shown, VALUE } from './template.ts';
import { diagnosisWindows } from './windows.ts';

/** A model answers that did not answer to that name in the day before, although the name was in use. */
export function modelChanged(model: Model): Alert {
  const { minimumBadEvents } = model.alerts;
  const { news, norm } = diagnosisWindows(model);
  const requested = [LABEL.environment, LABEL.service, LABEL.provider, LABEL.model];
  const served = [...requested, LABEL.servedModel];
  const count = (by: readonly string[], range: string): Expr => sum(by, `sum_over_time(${BASE.servedModels}${range})`);
  const now = `[${promDuration(news)}]`;
  const before = `[${promDuration(norm)}] offset ${promDuration(news)}`;
  return {
    name: 'OutspanModelChanged',
    expr: join(
      `and on (${requested.join(', ')})`,
      group(join('unless', `${count(served, now)} >= ${minimumBadEvents}`, `${count(served, before)} > 0`)),
      group(`${count(requested, before)} >= ${minimumBadEvents}`),
    ),
    hold: 0,
    linger: 0,
    summary: `${shown(LABEL.servedModel)} answers for ${shown(LABEL.model)} now`,
    description: `${shown(LABEL.provider)} did so for ${VALUE.number} requests of ${shown(LABEL.service)} within the last ${promDuration(news)}, and for none in the ${promDuration(norm)} before. Answers, their cost and their speed may differ.`,
    query: (...matchers) => sum([LABEL.model, LABEL.servedModel], `sum_over_time(${series(BASE.servedModels, isNot(LABEL.servedModel, ''), ...matchers)}${now})`),
    narrowedBy: requested,
    dashboard: 'retriesTruncation',
    traces: 'all',
  };
}
