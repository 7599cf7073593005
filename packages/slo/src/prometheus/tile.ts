import type { Model } from '../model/model.ts';
import { aggregate, group, join, series, type Expr, type Matcher } from './promql.ts';
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
 * By how much a cumulative value grew in one tile: exact, also where a series is new (`increase` would lose its first sample, and failures begin
 * with new series) and where a process restarted.
 * @param value what is counted, at a moment
 */
export function growth(model: Model, value: (at: Moment) => Expr): Expr {
  const moments = momentsOf(model);
  const now = value(moments.now);
  return join('or', `${now} - ${value(moments.before)} >= 0`, now);
}

/** The growth of some series, added up by labels. */
export function growthBy(labels: readonly string[], ...growths: readonly Expr[]): Expr {
  const [only, ...others] = growths;
  return aggregate('sum', labels, only !== undefined && others.length === 0 ? only : join('or', ...growths.map(group)));
}
