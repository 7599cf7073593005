import type { Model } from '../model/model.ts';
import { oneOf } from '../prometheus/promql.ts';
import { LABEL } from '../prometheus/series.ts';
import { SPOILED_ANSWERS } from '../prometheus/slo-rules.ts';
import type { Alert } from './alert.ts';
import { allOf, recentFailures, recentOperations, shareOf } from './recent.ts';
import { shown, VALUE } from './template.ts';
import { diagnosisWindows } from './windows.ts';

/** Answers that came, but cut off or garbled. Applications often take them for successes. */
export function truncationBurst(model: Model): Alert {
  const { failingRatio, minimumBadEvents } = model.alerts;
  const { hold, linger } = diagnosisWindows(model);
  const by = [LABEL.environment, LABEL.service, LABEL.provider];
  const broken = oneOf(LABEL.errorClass, ['truncated_response', 'malformed_response']);
  // Successes have no error class.
  const came = oneOf(LABEL.errorClass, ['', ...SPOILED_ANSWERS]);
  return {
    name: 'OutspanTruncationBurst',
    expr: allOf(`${shareOf(recentFailures(by, broken), recentOperations(by, came))} >= ${failingRatio}`, `${recentFailures(by, broken)} >= ${minimumBadEvents}`),
    hold,
    linger,
    summary: `${VALUE.share} of the answers of ${shown(LABEL.provider)} to ${shown(LABEL.service)} are cut off or malformed`,
    description: 'SDKs hand most of these answers on as if they were whole.',
    query: (...matchers) => recentFailures([LABEL.service, LABEL.version, LABEL.provider, LABEL.model, LABEL.errorClass], broken, ...matchers),
    narrowedBy: by,
    dashboard: 'retriesTruncation',
    traces: 'failed',
  };
}
