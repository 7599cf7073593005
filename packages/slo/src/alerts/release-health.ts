import type { Model } from '../model/model.ts';
import { group, join, type Expr } from '../prometheus/promql.ts';
import { LABEL, promDuration, RECENT } from '../prometheus/series.ts';
import { recentFailures, recentOperations, shareOf } from './recent.ts';
import { diagnosisWindows } from './windows.ts';

/** One version of a service, as it does with one provider. */
export const RELEASE: readonly string[] = [LABEL.environment, LABEL.provider, LABEL.service, LABEL.version];

/** How many times {@link Model.alerts.minimumBadEvents} a release needs in operations for its health to prove something. */
const ENOUGH = 2;

/** Whether each release is healthy now, whatever its failures are: 1 or 0. */
export function releaseHealth({ alerts: { healthyRatio, minimumBadEvents } }: Model): Expr {
  const operations = recentOperations(RELEASE);
  const unhealthy = join('or', `${group(shareOf(recentFailures(RELEASE), operations))} > bool ${healthyRatio}`, `0 * ${operations}`);
  return join('and', `1 - ${group(unhealthy)}`, `${operations} >= ${ENOUGH * minimumBadEvents}`);
}

/**
 * Releases that have never been healthy, where the version before was to its end. What they fail of came with them: they prove nothing against a
 * provider.
 */
export function suspectReleases(model: Model): Expr {
  const day = promDuration(diagnosisWindows(model).norm);
  return join(
    `and on (${[LABEL.environment, LABEL.provider, LABEL.service].join(', ')})`,
    `max_over_time(${RECENT.releaseHealth}[${day}]) == 0`,
    `last_over_time(${RECENT.releaseHealth}[${day}]) == 1`,
  );
}
