import type { Model } from '../model/model.ts';
import { aggregate, join, series } from '../prometheus/promql.ts';
import { BASE, LABEL, promDuration } from '../prometheus/series.ts';
import type { Alert } from './alert.ts';
import { shown, VALUE } from './template.ts';
import { diagnosisWindows } from './windows.ts';

/** Share of a limit above which a fall is no reason to worry yet: limits refill. */
const HALF = 0.5;

/** A rate limit is nearly reached, or will be if it goes on like this. */
export function rateLimitHeadroomLow(model: Model): Alert {
  const { lowHeadroomRatio } = model.alerts;
  const { recent, hold, linger } = diagnosisWindows(model);
  // Where spans are the source, a rate limit has no provider and no model; its address tells.
  const by = [LABEL.environment, LABEL.service, LABEL.provider, LABEL.model, LABEL.address, LABEL.subject];
  const headroom = aggregate('min', by, BASE.headroom);
  const soon = aggregate('min', by, `predict_linear(${BASE.headroom}[${promDuration(recent)}], ${recent})`);
  return {
    name: 'OutspanRateLimitHeadroomLow',
    expr: join('or', `${headroom} < ${lowHeadroomRatio}`, join('and', `${headroom} < ${HALF}`, `${soon} < 0`)),
    hold,
    linger,
    summary: `${VALUE.share} of the rate limit of ${shown(LABEL.subject)} at ${shown(LABEL.address)} is left for ${shown(LABEL.service)}`,
    description: 'Once nothing is left, calls are refused. At the rate of the last minutes that is soon.',
    query: (...matchers) => aggregate('min', by, series(BASE.headroom, ...matchers)),
    narrowedBy: [LABEL.environment, LABEL.service, LABEL.address, LABEL.subject],
    dashboard: 'retriesTruncation',
    traces: 'all',
  };
}
