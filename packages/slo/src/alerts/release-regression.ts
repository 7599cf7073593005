import type { Model } from '../model/model.ts';
import { aggregate, group, is, join } from '../prometheus/promql.ts';
import { LABEL, promDuration, RECENT } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import { allOf, recentFailures, recentOperations, shareOf } from './recent.ts';
import { RELEASE, suspectReleases } from './release-health.ts';
import { shown, VALUE } from './template.ts';
import { diagnosisWindows } from './windows.ts';

/**
 * One version of a service fails where others do not: another version, or another service, is healthy with the same provider at the same time; or it
 * has failed from its beginning, where the version that it replaced was healthy to its end. Not while the provider itself is known to fail.
 */
export function releaseRegression(model: Model): Alert {
  const { failingRatio, minimumBadEvents } = model.alerts;
  const { hold, outlast, norm } = diagnosisWindows(model);
  const provider = [LABEL.environment, LABEL.provider];
  const service = [LABEL.environment, LABEL.service];
  const share = shareOf(recentFailures(RELEASE), recentOperations(RELEASE));
  // A service that was not released within the day has no release to blame.
  const versions = aggregate('count', service, aggregate('group', [...service, LABEL.version], `last_over_time(${RECENT.operations}[${promDuration(norm)}])`));
  const whileOthersAreHealthy = [
    recentOperations(RELEASE),
    `and on (${provider.join(', ')})`,
    group(`${RECENT.releaseHealth} == 1`),
    `and on (${service.join(', ')})`,
    group(`${versions} > 1`),
  ].join('\n');
  return {
    name: 'OutspanReleaseRegression',
    expr: [
      allOf(`${share} >= ${failingRatio}`, `${recentFailures(RELEASE)} >= ${minimumBadEvents}`),
      'and',
      group(join('or', group(whileOthersAreHealthy), suspectReleases(model))),
      `unless on (${provider.join(', ')})`,
      `ALERTS{${is('alertname', 'OutspanProviderIncident')}}`,
    ].join('\n'),
    hold,
    linger: outlast,
    summary: `${shown(LABEL.service)} ${shown(LABEL.version)} fails where others do not: ${VALUE.share} of its operations with ${shown(LABEL.provider)}`,
    description: 'Another version or service is healthy with the same provider, or the version that it replaced was.',
    query: (...matchers) => shareOf(recentFailures([LABEL.service, LABEL.version, LABEL.provider], ...matchers), recentOperations([LABEL.service, LABEL.version, LABEL.provider], ...matchers)),
    narrowedBy: provider,
    dashboard: 'providerIncident',
    traces: 'failed',
  };
}
