import type { Model } from '../model/model.ts';
import { aggregate, call, group, join, series, type Expr, type Matcher } from './promql.ts';
import { promDuration } from './series.ts';

/** Reads a cumulative series as it was at one moment. */
export type Moment = (name: string, ...matchers: readonly Matcher[]) => Expr;

/** How far back the last sample before a tile may be. A series that was silent for longer counts as new. */
const MEMORY = '1h';

/** The end of a tile and its beginning. */
export function momentsOf({ interval, ingestionDelay }: Model): { readonly now: Moment; readonly before: Moment } {
  return {
    now: (name, ...matchers) => `${series(name, ...matchers)} offset ${promDuration(ingestionDelay)}`,
    before: (name, ...matchers) => `last_over_time(${series(name, ...matchers)}[${MEMORY}] offset ${promDuration(ingestionDelay + interval)})`,
  };
}

/**
 * By how much a counter grew in one tile: exact, also where a series is new (`increase` would lose its first sample, and failures begin with new
 * series) and where a process restarted.
 * @param value what is counted, at a moment
 */
export function growth(model: Model, value: (at: Moment) => Expr): Expr {
  const { now, before } = momentsOf(model);
  return join('or', `${value(now)} - ${value(before)} >= 0`, value(now));
}

/**
 * The same of a part of a histogram. Its sum, or one of its buckets, may be larger after a restart than it was before: whether there was one, the
 * count tells.
 * @param count how many observations the histogram has in all, at a moment
 * @param and the operator between the two, which says by which labels they belong together
 */
export function growthOfPart(model: Model, value: (at: Moment) => Expr, count: (at: Moment) => Expr, and = 'and'): Expr {
  const { now, before } = momentsOf(model);
  // A part that shrinks without a restart is a native histogram that went over to wider buckets meanwhile: it did not grow.
  return join('or', join(and, call('clamp_min', `${value(now)} - ${value(before)}`, '0'), `${count(now)} - ${count(before)} >= 0`), value(now));
}

/** The growth of some series, added up by labels. */
export function growthBy(labels: readonly string[], ...growths: readonly Expr[]): Expr {
  const [only, ...others] = growths;
  return aggregate('sum', labels, only !== undefined && others.length === 0 ? only : join('or', ...growths.map(group)));
}
