import type { Model } from '../model/model.ts';
import { oneOf, type Expr, type Matcher } from './promql.ts';
import { growth, growthOfPart, type Moment } from './tile.ts';

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
  return model.histograms === 'native' ? native(model, name) : classicHistogram(model, name);
}

/** Reads a histogram that has buckets in series of their own, or none, whatever the model says. */
export function classicHistogram(model: Model, name: string): HistogramGrowth {
  const part = (suffix: string, matchers: readonly Matcher[]) => (at: Moment) => at(`${name}_${suffix}`, ...matchers);
  return {
    count: (...matchers) => growth(model, part('count', matchers)),
    sum: (...matchers) => growthOfPart(model, part('sum', matchers), part('count', matchers)),
    within: (threshold, ...matchers) => growthOfPart(model, part('bucket', [...matchers, bucketOf(threshold)]), part('count', matchers), 'and ignoring (le)'),
  };
}

/** Prometheus writes a whole bound as `5` or `5.0`, depending on how it arrived. */
function bucketOf(threshold: number): Matcher {
  const bound = String(threshold);
  return oneOf('le', Number.isInteger(threshold) ? [bound, `${bound}.0`] : [bound]);
}

function native(model: Model, name: string): HistogramGrowth {
  const part = (read: (histogram: Expr) => Expr, matchers: readonly Matcher[]) => (at: Moment) => read(at(name, ...matchers));
  const count = (histogram: Expr): Expr => `histogram_count(${histogram})`;
  return {
    count: (...matchers) => growth(model, part(count, matchers)),
    sum: (...matchers) => growthOfPart(model, part((all) => `histogram_sum(${all})`, matchers), part(count, matchers)),
    within: (threshold, ...matchers) => growthOfPart(model, part((all) => `histogram_fraction(0, ${threshold}, ${all}) * ${count(all)}`, matchers), part(count, matchers)),
  };
}
