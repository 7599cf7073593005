import type { Model } from '../model/model.ts';
import { aggregate, group, is, join } from '../prometheus/promql.ts';
import { LABEL, promDuration, RECENT } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import { allOf, recentFailures, recentOperations, shareOf } from './recent.ts';
import { shown, VALUE } from './template.ts';
import { diagnosisWindows } from './windows.ts';

/** How many times {@link Model.alerts.minimumBadEvents} a release needs in operations for its health to prove something. */
const ENOUGH = 2;

/**
 * One version of a service fails where others do not: another version, or another service, is healthy with the same provider at the same time. Not
 * while the provider itself is known to fail.
 */
export function releaseRegression(model: Model): Alert {
  const { failingRatio, healthyRatio, minimumBadEvents } = model.alerts;
  const { recent, hold, linger, norm } = diagnosisWindows(model);
  const provider = [LABEL.environment, LABEL.provider];
  const release = [...provider, LABEL.service, LABEL.version];
  const service = [LABEL.environment, LABEL.service];
  const share = shareOf(recentFailures(release), recentOperations(release));
  const healthyPeers = aggregate('count', provider, join('unless', `${recentOperations(release)} >= ${ENOUGH * minimumBadEvents}`, `${share} > ${healthyRatio}`));
  const versions = aggregate('count', service, aggregate('group', [...service, LABEL.version], `last_over_time(${RECENT.operations}[${promDuration(norm)}])`));
  return {
    name: 'OutspanReleaseRegression',
    expr: [
      allOf(`${share} >= ${failingRatio}`, `${recentFailures(release)} >= ${minimumBadEvents}`),
      `and on (${provider.join(', ')})`,
      group(healthyPeers),
      `and on (${service.join(', ')})`,
      group(`${versions} > 1`),
      `unless on (${provider.join(', ')})`,
      `ALERTS{${is('alertname', 'OutspanProviderIncident')}}`,
    ].join('\n'),
    hold,
    linger,
    summary: `${shown(LABEL.service)} ${shown(LABEL.version)} fails where others do not: ${VALUE.share} of its operations with ${shown(LABEL.provider)}`,
    description: `Within the last ${promDuration(recent)}, ${VALUE.share} of the operations of version ${shown(LABEL.version)} of ${shown(LABEL.service)} with ${shown(LABEL.provider)} failed, while another version or service is healthy with the same provider.`,
    query: (...matchers) => shareOf(recentFailures([LABEL.service, LABEL.version, LABEL.provider], ...matchers), recentOperations([LABEL.service, LABEL.version, LABEL.provider], ...matchers)),
    narrowedBy: provider,
    dashboard: 'providerIncident',
    traces: 'failed',
  };
}
