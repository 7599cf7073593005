import { classicHistogram, histogram, type HistogramGrowth } from '../histogram.ts';
import { group, is, isNot, join, type Expr } from '../promql.ts';
import { LABEL } from '../series.ts';
import { growth, growthBy } from '../tile.ts';
import type { SourceExpressions } from './source.ts';

/** A span can say how many tokens there were only by how long it is: a microsecond each. */
const tokens = (seconds: Expr): Expr => `round(${seconds} * 1e6)`;

/** What the Collector's gateway counts from the spans of operations and attempts. */
export const spanMetricsSource: SourceExpressions = (model, by) => {
  const operations = histogram(model, 'outspan_spans_operations_duration_seconds');
  const firstChunk = histogram(model, 'outspan_spans_first_chunk_duration_seconds');
  // Of what is no duration the gateway keeps no buckets, and no native histogram.
  const measure = (name: string): HistogramGrowth => classicHistogram(model, `outspan_spans_${name}_duration_seconds`);
  const calls = (...matchers: readonly string[]): string => growth(model, (at) => at('outspan_spans_operations_calls_total', ...matchers));
  const succeeded = is(LABEL.outcome, 'success');
  // An attempt's span names neither provider nor model.
  const limits = [...by, LABEL.address, LABEL.subject];
  return {
    operations: growthBy([...by, LABEL.operation, LABEL.outcome, LABEL.errorClass, LABEL.origin, LABEL.truncation, LABEL.retried], calls()),
    // One second for each attempt of an operation.
    attempts: growthBy(by, measure('attempts').sum()),
    durations: growthBy(by, operations.count(succeeded)),
    durationsWithin: (threshold) => growthBy(by, operations.within(threshold, succeeded)),
    durationSum: growthBy(by, operations.sum(succeeded)),
    firstChunks: growthBy(by, firstChunk.count()),
    firstChunksWithin: (threshold) => growthBy(by, firstChunk.within(threshold)),
    retryDelay: growthBy(by, measure('retry_delay').sum()),
    tokens: (direction) => tokens(growthBy(by, measure(`${direction}_tokens`).sum())),
    // What an attempt used whose answer was thrown away stands on no span.
    tokensWasted: (direction) => tokens(growthBy(by, measure(`${direction}_tokens`).sum(is(LABEL.outcome, 'failure')))),
    servedModels: growthBy([...by, LABEL.servedModel], calls(isNot(LABEL.servedModel, ''))),
    // The mean of what the answers of this tile said.
    headroom: join('/', growthBy(limits, measure('rate_limit_remaining').sum()), group(join('>', growthBy(limits, measure('rate_limit_limit').sum()), '0'))),
  };
};
