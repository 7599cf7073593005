import type { Model } from '../model/model.ts';
import { aggregate, group, join, type Expr } from '../prometheus/promql.ts';
import { LABEL } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import { allOf, recentOperations, recentProviderFailures, shareOf } from './recent.ts';
import { RELEASE, suspectReleases } from './release-health.ts';
import { shown, VALUE } from './template.ts';
import { diagnosisWindows } from './windows.ts';

/** Among whom a failing has to be spread to be the provider's: more than this share of them. */
const MOST = 0.5;

/**
 * One provider fails, for most of the releases that use it and for most of its models, while another provider is healthy or none is used. Where all
 * providers fail, the cause is more likely on our side of them. A release that came with its failures is no witness.
 */
export function providerIncident(model: Model): Alert {
  const { failingRatio, healthyRatio, minimumBadEvents } = model.alerts;
  const { hold, outlast } = diagnosisWindows(model);
  const here = [LABEL.environment];
  const provider = [...here, LABEL.provider];
  const share = (by: readonly string[]): string => shareOf(recentProviderFailures(by), recentOperations(by));
  const mostOf = (by: readonly string[], proves: (those: Expr) => Expr): Expr =>
    `${join('/', aggregate('count', provider, proves(`${share(by)} >= ${failingRatio}`)), aggregate('count', provider, proves(recentOperations(by))))} > ${MOST}`;
  const suspects = group(suspectReleases(model));
  const used = `${recentOperations(provider)} >= ${minimumBadEvents}`;
  const healthyOnes = aggregate('count', here, join('unless', used, `${share(provider)} > ${healthyRatio}`));
  const onlyOne = `${aggregate('count', here, used)} == 1`;
  return {
    name: 'OutspanProviderIncident',
    expr: join(
      `and on (${LABEL.environment})`,
      allOf(`${share(provider)} >= ${failingRatio}`, `${recentProviderFailures(provider)} >= ${minimumBadEvents}`, mostOf(RELEASE, (releases) => join('unless', releases, suspects)), mostOf([...provider, LABEL.model], (models) => models)),
      group(join('or', healthyOnes, onlyOne)),
    ),
    hold,
    linger: outlast,
    summary: `${shown(LABEL.provider)} is failing: ${VALUE.share} of our LLM operations`,
    description: 'They fail at the provider, at a gateway or on the way there, or run into our deadline. It is so for most of the services, versions and models that use the provider. Other providers are healthy, if any are used.',
    query: (...matchers) => shareOf(recentProviderFailures([LABEL.provider, LABEL.service, LABEL.model], ...matchers), recentOperations([LABEL.provider, LABEL.service, LABEL.model], ...matchers)),
    narrowedBy: provider,
    dashboard: 'providerIncident',
    traces: 'failed',
  };
}
