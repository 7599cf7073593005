import { histogram } from '../histogram.ts';
import { aggregate, group, is, isNot, join, series } from '../promql.ts';
import { LABEL, promDuration } from '../series.ts';
import { growth, growthBy } from '../tile.ts';
import type { SourceExpressions } from './source.ts';

/** Labels of an attempt that a rate limit, which the attempt brought the news of, does not have; and the other way round. */
const NOT_SHARED: readonly string[] = [LABEL.errorClass, LABEL.origin, 'http_response_status_code', LABEL.subject];

/** What the application records itself. */
export const metricsSource: SourceExpressions = (model, by) => {
  const inference = histogram(model, 'gen_ai_client_inference_duration_seconds');
  const embeddings = histogram(model, 'gen_ai_client_embeddings_duration_seconds');
  const firstChunk = histogram(model, 'gen_ai_client_inference_time_to_first_chunk_seconds');
  // The duration of a whole answer has neither.
  const whole = [is('error_type', ''), is('outspan_operation_cancelled', '')];
  const counter = (name: string, ...matchers: readonly string[]): string => growth(model, (at) => at(name, ...matchers));
  const now = `offset ${promDuration(model.ingestionDelay)}`;
  const answered = group(join('>', group(counter('outspan_client_attempts_total')), '0'));
  const limits = [...by, LABEL.address, LABEL.subject];
  return {
    operations: growthBy([...by, LABEL.operation, LABEL.outcome, LABEL.errorClass, LABEL.origin, LABEL.truncation, LABEL.retried], counter('outspan_client_operations_total')),
    attempts: growthBy([...by, LABEL.errorClass], counter('outspan_client_attempts_total')),
    durations: growthBy(by, inference.count(...whole), embeddings.count(...whole)),
    durationsWithin: (threshold) => growthBy(by, inference.within(threshold, ...whole), embeddings.within(threshold, ...whole)),
    durationSum: growthBy(by, inference.sum(...whole), embeddings.sum(...whole)),
    firstChunks: growthBy(by, firstChunk.count()),
    firstChunksWithin: (threshold) => growthBy(by, firstChunk.within(threshold)),
    retryDelay: growthBy(by, histogram(model, 'outspan_client_retry_delay_seconds').sum()),
    tokens: (direction) =>
      direction === 'input'
        ? growthBy(by, counter('gen_ai_client_inference_usage_input_tokens_total'), histogram(model, 'gen_ai_client_embeddings_operation_input_tokens').sum())
        : growthBy(by, counter('gen_ai_client_inference_usage_output_tokens_total')),
    tokensWasted: (direction) => growthBy(by, counter('outspan_client_tokens_wasted_total', is('outspan_token_type', direction))),
    servedModels: growthBy([...by, LABEL.servedModel], inference.count(isNot(LABEL.servedModel, ''))),
    // A process repeats the last reading for as long as it runs. What it says is new only where an answer came in this tile; of several
    // processes that share a limit, the lowest has the latest news.
    headroom: join(
      '/',
      aggregate('min', limits, join(`and ignoring (${NOT_SHARED.join(', ')})`, `${series('outspan_rate_limit_remaining')} ${now}`, answered)),
      group(`${aggregate('max', limits, `${series('outspan_rate_limit_limit')} ${now}`)} > 0`),
    ),
  };
};
