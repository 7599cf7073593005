/**
 * Names of labels and recorded series. Everything but the base rules reads only what is recorded here, so that alerts,
 * dashboards and runbooks are the same whatever the source.
 */

/** Labels, as Prometheus translates the attributes' names. */
export const LABEL = {
  service: 'service_name',
  version: 'service_version',
  environment: 'deployment_environment_name',
  operation: 'gen_ai_operation_name',
  provider: 'gen_ai_provider_name',
  model: 'gen_ai_request_model',
  servedModel: 'gen_ai_response_model',
  address: 'server_address',
  outcome: 'outspan_operation_outcome',
  errorClass: 'outspan_error_class',
  origin: 'outspan_error_origin',
  truncation: 'outspan_response_truncation_kind',
  retried: 'outspan_retried',
  subject: 'outspan_rate_limit_subject',
  slo: 'outspan_slo',
} as const;

/** What every base series is grouped by, beside what is its own. */
export const STANDARD_LABELS: readonly string[] = [LABEL.service, LABEL.version, LABEL.environment, LABEL.provider, LABEL.model];

/**
 * Base series: what happened in one tile, exactly. Tiles do not overlap, so `sum_over_time(…[W])` is the count within W.
 * `sum_over_time` over a window of n intervals sees n tiles.
 */
export const BASE = {
  /** Operations; + operation, outcome, error class, origin, truncation, retried. */
  operations: 'outspan:operations:increase',
  /** Attempts; + error class (absent on success) where the source has it. */
  attempts: 'outspan:attempts:increase',
  /** Successful operations with a known duration. */
  durations: 'outspan:durations:increase',
  /** Those that took at most `threshold`; + the label `threshold`, seconds as in the model. */
  durationsWithin: 'outspan:durations_within:increase',
  /** Seconds that successful operations took together. */
  durationSum: 'outspan:duration_seconds:increase',
  /** Streams whose first chunk came. */
  firstChunks: 'outspan:first_chunks:increase',
  /** + the label `threshold`. */
  firstChunksWithin: 'outspan:first_chunks_within:increase',
  /** Seconds spent waiting between attempts. */
  retryDelay: 'outspan:retry_delay_seconds:increase',
  /** Tokens reported; + the label `direction`: `input` or `output`. */
  tokens: 'outspan:tokens:increase',
  /** Tokens of answers that nobody could use; + `direction`. */
  tokensWasted: 'outspan:tokens_wasted:increase',
  /** Answers by the model that served them; + served model. */
  servedModels: 'outspan:served_models:increase',
  /** A gauge, not a tile: share of a rate limit that remains; by service, provider, model, address, subject. */
  headroom: 'outspan:rate_limit_headroom:ratio',
} as const;

/**
 * What the diagnosing alerts compare: counts within their window (5 minutes in production), recorded once for all of them.
 * By the standard labels, beside what is their own.
 */
export const RECENT = {
  /** Operations that succeeded or failed; + outcome, error class, origin. Absent rather than 0. */
  operations: 'outspan:operations:recent',
  /** Those that failed as they would if their provider were at fault. Absent rather than 0. */
  providerFailures: 'outspan:provider_failures:recent',
  /** 1 where few operations of a release fail with a provider, else 0; by environment, service, version and provider only, and only with enough traffic. */
  releaseHealth: 'outspan:release:healthy',
  /** Operations in the quietest window of the last hour, where even that was busy; by environment, service and provider only. */
  steadyTraffic: 'outspan:traffic:steady',
} as const;

/** Series of SLOs; each has the label `outspan_slo` and, but for the objective, the SLO's own `by` labels. */
export const SLO_SERIES = {
  /** Bad events of one tile. Present (0) wherever there are valid ones. */
  bad: 'outspan:slo_bad:increase',
  /** Valid events of one tile. */
  valid: 'outspan:slo_valid:increase',
  /** The promise: share of good events. */
  objective: 'outspan:slo_objective:ratio',
  /** Share of the error budget that is left; negative once it is spent. */
  budget: 'outspan:slo_error_budget:remaining_ratio',
} as const;

/** The series with the share of bad events within a window of so many seconds: `outspan:slo_error:ratio_5m`. */
export function errorRatioSeries(window: number): string {
  return `outspan:slo_error:ratio_${promDuration(window)}`;
}

/** A duration as PromQL spells it, exact to the millisecond: 5400 → `1h30m`. @param seconds at least 0.001 */
export function promDuration(seconds: number): string {
  let rest = Math.round(seconds * 1000);
  let text = '';
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * length;
  }
  return text === '' ? '0s' : text;
}

const UNITS: readonly (readonly [unit: string, milliseconds: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];
