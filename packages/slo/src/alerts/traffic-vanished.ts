import type { Model } from '../model/model.ts';
import { group, join, series, sum } from '../prometheus/promql.ts';
import { BASE, LABEL, promDuration, RECENT } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import { shown, VALUE } from './template.ts';
import { diagnosisWindows } from './windows.ts';

const FLOW: readonly string[] = [LABEL.environment, LABEL.service, LABEL.provider];

/** Share of a service's usual traffic from which on it has not vanished but moved to another provider. */
const MOVED = 0.8;

/** Operations in the quietest window of the last hour, of services that were busy in every one. */
export function steadyTraffic(model: Model): string {
  const { recent, news } = diagnosisWindows(model);
  const windows = `${group(sum(FLOW, RECENT.operations))}[${promDuration(news)}:${promDuration(recent)}]`;
  return join('and', `min_over_time(${windows}) >= ${model.alerts.minimumBadEvents}`, `count_over_time(${windows}) >= ${Math.floor(news / recent)}`);
}

/** Where there was steady traffic an hour ago, there is none. Forgotten after an hour: what was switched off on purpose stays off. */
export function trafficVanished(model: Model): Alert {
  const { recent, news } = diagnosisWindows(model);
  const service = [LABEL.environment, LABEL.service];
  const all = sum(service, RECENT.operations);
  const usual = `avg_over_time(${group(all)}[${promDuration(news)}:${promDuration(recent)}] offset ${promDuration(recent)})`;
  return {
    name: 'OutspanTrafficVanished',
    expr: [
      `max_over_time(${RECENT.steadyTraffic}[${promDuration(news)}])`,
      'unless',
      `${sum(FLOW, `sum_over_time(${BASE.operations}[${promDuration(recent)}])`)} > 0`,
      `unless on (${service.join(', ')})`,
      `${all} >= ${MOVED} * ${usual}`,
    ].join('\n'),
    // A quiet moment is no silence.
    hold: recent,
    linger: 0,
    summary: `${shown(LABEL.service)} makes no LLM calls to ${shown(LABEL.provider)} any more`,
    description: `${shown(LABEL.service)} made at least ${VALUE.number} LLM calls to ${shown(LABEL.provider)} in every ${promDuration(recent)} of an hour, and makes none now, nor correspondingly more to another provider. Either the service stands still, or its telemetry does not arrive.`,
    query: (...matchers) => sum([LABEL.service, LABEL.provider], `sum_over_time(${series(BASE.operations, ...matchers)}[${promDuration(recent)}])`),
    narrowedBy: service,
    dashboard: 'overview',
    traces: 'all',
  };
}
