import type { Model, Source } from '../model/model.ts';
import { is, isNot, series, sum, type Expr, type Matcher } from '../prometheus/promql.ts';
import { LABEL } from '../prometheus/series.ts';
import { COMMON_VARIABLES, selected, WINDOW } from './queries.ts';

/** A histogram as it is stored, without `_bucket`. */
export interface RawHistogram {
  readonly name: string;
  /** Matchers for what is meant of it. */
  readonly where: readonly Matcher[];
}

/** What a source tells beyond the recorded series. What it cannot tell is absent. */
export interface RawMetrics {
  /** Seconds that chat and text operations took which succeeded. */
  readonly duration: RawHistogram;
  /** The same of embeddings. */
  readonly embeddingsDuration: RawHistogram;
  readonly firstChunk: RawHistogram;
  /** Seconds between two chunks. */
  readonly outputChunk?: RawHistogram;
  /** Tokens that one operation used, by direction. */
  readonly operationTokens?: { readonly input: RawHistogram; readonly output: RawHistogram };
  /** Counters of tokens that input and output include. */
  readonly specialTokens?: { readonly 'read from cache': string; readonly 'written to cache': string; readonly reasoning: string };
  /** A gauge. */
  readonly activeOperations?: string;
}

const inference = (rest: string): string => `gen_ai_client_inference_${rest}`;
const EMBEDDINGS = 'embeddings';
/** The duration of a whole answer has neither. */
const WHOLE = [is('error_type', ''), is('outspan_operation_cancelled', '')];
const SUCCEEDED = is(LABEL.outcome, 'success');

/** Names of the metrics that are read as they come. */
export const RAW_METRICS: Readonly<Record<Source, RawMetrics>> = {
  metrics: {
    duration: { name: inference('duration_seconds'), where: WHOLE },
    embeddingsDuration: { name: 'gen_ai_client_embeddings_duration_seconds', where: WHOLE },
    firstChunk: { name: inference('time_to_first_chunk_seconds'), where: [] },
    outputChunk: { name: inference('time_per_output_chunk_seconds'), where: [] },
    operationTokens: { input: { name: inference('operation_input_tokens'), where: [] }, output: { name: inference('operation_output_tokens'), where: [] } },
    specialTokens: {
      'read from cache': inference('usage_cache_read_input_tokens_total'),
      'written to cache': inference('usage_cache_write_input_tokens_total'),
      reasoning: inference('usage_reasoning_output_tokens_total'),
    },
    activeOperations: 'outspan_client_active_operations',
  },
  span_metrics: {
    duration: { name: 'outspan_spans_operations_duration_seconds', where: [SUCCEEDED, isNot(LABEL.operation, EMBEDDINGS)] },
    embeddingsDuration: { name: 'outspan_spans_operations_duration_seconds', where: [SUCCEEDED, is(LABEL.operation, EMBEDDINGS)] },
    firstChunk: { name: 'outspan_spans_first_chunk_duration_seconds', where: [] },
  },
};

/** What a share of the values in a histogram is at most: their median for 0.5. */
export function quantile(q: number, histogram: RawHistogram, model: Model, by: readonly string[] = []): Expr {
  return `histogram_quantile(${q}, ${spread(histogram, model, by)})`;
}

/** How often values fell where: series by `le`, or native histograms. */
export function spread({ name, where }: RawHistogram, { histograms }: Model, by: readonly string[] = []): Expr {
  const classic = histograms === 'classic';
  return sum(classic ? [...by, 'le'] : by, rate(classic ? `${name}_bucket` : name, where));
}

/** Per second, of what is selected. */
export function rate(name: string, where: readonly Matcher[] = []): Expr {
  return `rate(${series(name, ...selected(COMMON_VARIABLES), ...where)}[${WINDOW.smooth}])`;
}
