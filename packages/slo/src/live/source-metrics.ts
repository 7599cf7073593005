import type { Model, Source } from '../model/model.ts';

/** A metric that the base rules read, as Prometheus names it. */
export interface SourceMetric {
  readonly name: string;
  readonly form: 'series' | 'histogram';
  /** What has to happen before it appears; undefined: any call. */
  readonly appears: string | undefined;
}

const series = (name: string, appears?: string): SourceMetric => ({ name, form: 'series', appears });
const histogram = (name: string, appears?: string): SourceMetric => ({ name, form: 'histogram', appears });

const CALL = undefined;
const EMBEDDING = 'with the first embeddings call';
const STREAM = 'with the first stream';
const RETRY = 'with the first retry';
const LIMIT = 'once a provider says in its answers what remains of a rate limit';
const WASTE = 'with the first failure that cost tokens';
const USAGE = 'with the first answer that reports its tokens';

/** Everything that the base rules read. */
export const SOURCE_METRICS: Readonly<Record<Source, readonly SourceMetric[]>> = {
  metrics: [
    series('outspan_client_operations_total', CALL),
    series('outspan_client_attempts_total', CALL),
    histogram('gen_ai_client_inference_duration_seconds', CALL),
    histogram('gen_ai_client_embeddings_duration_seconds', EMBEDDING),
    histogram('gen_ai_client_inference_time_to_first_chunk_seconds', STREAM),
    histogram('outspan_client_retry_delay_seconds', RETRY),
    series('gen_ai_client_inference_usage_input_tokens_total', USAGE),
    series('gen_ai_client_inference_usage_output_tokens_total', USAGE),
    histogram('gen_ai_client_embeddings_operation_input_tokens', EMBEDDING),
    series('outspan_client_tokens_wasted_total', WASTE),
    series('outspan_rate_limit_remaining', LIMIT),
    series('outspan_rate_limit_limit', LIMIT),
  ],
  span_metrics: [
    series('outspan_spans_operations_calls_total', CALL),
    histogram('outspan_spans_operations_duration_seconds', CALL),
    histogram('outspan_spans_attempts_duration_seconds', CALL),
    histogram('outspan_spans_first_chunk_duration_seconds', STREAM),
    histogram('outspan_spans_retry_delay_duration_seconds', RETRY),
    histogram('outspan_spans_input_tokens_duration_seconds', USAGE),
    histogram('outspan_spans_output_tokens_duration_seconds', USAGE),
    histogram('outspan_spans_rate_limit_remaining_duration_seconds', LIMIT),
    histogram('outspan_spans_rate_limit_limit_duration_seconds', LIMIT),
  ],
};

/** The metric that every call is counted by. */
export function callsMetric(source: Source): string {
  return source === 'metrics' ? 'outspan_client_operations_total' : 'outspan_spans_operations_calls_total';
}

/** Where thresholds are looked up: SLI → histogram. */
export const THRESHOLD_HISTOGRAMS: Readonly<Record<Source, { readonly latency: string; readonly time_to_first_chunk: string }>> = {
  metrics: { latency: 'gen_ai_client_inference_duration_seconds', time_to_first_chunk: 'gen_ai_client_inference_time_to_first_chunk_seconds' },
  span_metrics: { latency: 'outspan_spans_operations_duration_seconds', time_to_first_chunk: 'outspan_spans_first_chunk_duration_seconds' },
};

/** The name of a series that is there if the metric is. */
export function presentAs({ name, form }: SourceMetric, { histograms }: Pick<Model, 'histograms'>): string {
  return form === 'histogram' && histograms === 'classic' ? `${name}_count` : name;
}
