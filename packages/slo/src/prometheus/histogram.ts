import type { Model } from '../model/model.ts';
import { join, oneOf, type Expr, type Matcher } from './promql.ts';
import { growth, momentsOf, type Moment } from './tile.ts';

/** By how much a duration histogram grew in one tile. */
export interface HistogramGrowth {
  /** Observations. */
  count(...matchers: readonly Matcher[]): Expr;
  /** What they add up to. */
  sum(...matchers: readonly Matcher[]): Expr;
  /** Those of at most `threshold`. */
  within(threshold: number, ...matchers: readonly Matcher[]): Expr;
}

/** Reads a histogram as the model says that it is stored. @param name without `_bucket`, `_sum` or `_count` */
export function histogram(model: Model, name: string): HistogramGrowth {
  return model.histograms === 'native' ? native(model, name) : classic(model, name);
}

function classic(model: Model, name: string): HistogramGrowth {
  const part = (suffix: string, matchers: readonly Matcher[]): Expr => growth(model, (at) => at(`${name}_${suffix}`, ...matchers));
  return {
    count: (...matchers) => part('count', matchers),
    sum: (...matchers) => part('sum', matchers),
    within: (threshold, ...matchers) => part('bucket', [...matchers, bucketOf(threshold)]),
  };
}

/** Prometheus writes a whole bound as `5` or `5.0`, depending on how it arrived. */
function bucketOf(threshold: number): Matcher {
  const bound = String(threshold);
  return oneOf('le', Number.isInteger(threshold) ? [bound, `${bound}.0`] : [bound]);
}

function native(model: Model, name: string): HistogramGrowth {
  return {
    count: (...matchers) => growth(model, (at) => `histogram_count(${at(name, ...matchers)})`),
    sum: (...matchers) => growth(model, (at) => `histogram_sum(${at(name, ...matchers)})`),
    within: (threshold, ...matchers) => {
      const count = (at: Moment): Expr => `histogram_count(${at(name, ...matchers)})`;
      const within = (at: Moment): Expr => `histogram_fraction(0, ${threshold}, ${at(name, ...matchers)}) * ${count(at)}`;
      const { now, before } = momentsOf(model);
      // A histogram that went over to wider buckets meanwhile may say of the past that a little more was within: no growth, but no restart either.
      return join('or', join('and', `clamp_min(${within(now)} - ${within(before)}, 0)`, `${count(now)} - ${count(before)} >= 0`), within(now));
    },
  };
}
