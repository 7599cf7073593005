import type { Model } from '../model/model.ts';
import { is, oneOf, type Matcher } from '../prometheus/promql.ts';
import { LABEL } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import type { AlertName } from './catalogue.ts';
import { allOf, recentFailures, recentOperations, shareOf } from './recent.ts';
import { shown, VALUE } from './template.ts';
import { diagnosisWindows } from './windows.ts';

interface Kind {
  readonly name: AlertName;
  /** Which failures; all of one kind have one cause. */
  readonly failures: readonly Matcher[];
  /** Completes "30 % of the operations of `shop` with `openai` …". */
  readonly says: string;
  /** What follows from it, in a sentence. */
  readonly means: string;
}

const KINDS: readonly Kind[] = [
  { name: 'OutspanQuotaExhausted', failures: [is(LABEL.errorClass, 'quota_exhausted')], says: 'are refused because our quota or balance is used up', means: 'Retries do not help: the provider refuses until there is quota or balance again.' },
  { name: 'OutspanCredentialsRejected', failures: [oneOf(LABEL.errorClass, ['authentication', 'permission_denied'])], says: 'are refused because of our credentials', means: 'The API key is wrong, expired or revoked, or it lacks a right.' },
  { name: 'OutspanEdgeBlocking', failures: [is(LABEL.errorClass, 'blocked_by_edge')], says: 'are blocked by a CDN or firewall before they reach the provider', means: 'The provider has not seen these calls.' },
  { name: 'OutspanClientTimeouts', failures: [is(LABEL.errorClass, 'timeout'), is(LABEL.origin, 'client')], says: 'are ended by our own deadlines', means: 'Our client gave up: the provider may have been about to answer.' },
];

/** Alerts for kinds of failures that name their cause themselves. */
export function failuresOfOneKind(model: Model): readonly Alert[] {
  const { failingRatio, minimumBadEvents } = model.alerts;
  const { hold, linger } = diagnosisWindows(model);
  const by = [LABEL.environment, LABEL.service, LABEL.provider];
  return KINDS.map(({ name, failures, means, says }) => ({
    name,
    expr: allOf(`${shareOf(recentFailures(by, ...failures), recentOperations(by))} >= ${failingRatio}`, `${recentFailures(by, ...failures)} >= ${minimumBadEvents}`),
    hold,
    linger,
    summary: `${VALUE.share} of the operations of ${shown(LABEL.service)} with ${shown(LABEL.provider)} ${says}`,
    description: means,
    query: (...matchers) => recentFailures([LABEL.service, LABEL.version, LABEL.provider, LABEL.model], ...failures, ...matchers),
    narrowedBy: by,
    dashboard: 'providerIncident',
    traces: 'failed',
  }));
}
