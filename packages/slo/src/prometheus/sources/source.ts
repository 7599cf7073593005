import type { Expr } from '../promql.ts';
import type { Model } from '../../model/model.ts';

/** How one source says what the base series hold: an expression for each, without labels that are the same for all of its series. */
export interface BaseExpressions {
  readonly operations: Expr;
  readonly attempts: Expr;
  readonly durations: Expr;
  readonly durationsWithin: (threshold: number) => Expr;
  readonly durationSum: Expr;
  readonly firstChunks: Expr;
  readonly firstChunksWithin: (threshold: number) => Expr;
  readonly retryDelay: Expr;
  readonly tokens: (direction: Direction) => Expr;
  readonly tokensWasted: (direction: Direction) => Expr;
  readonly servedModels: Expr;
  readonly headroom: Expr;
}

export type Direction = 'input' | 'output';

/** @param by standard labels, and those that SLOs add */
export type SourceExpressions = (model: Model, by: readonly string[]) => BaseExpressions;
