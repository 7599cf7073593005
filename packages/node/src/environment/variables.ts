/** What a variable's value must be to make sense. */
export type Rule =
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'list'; readonly of: readonly string[]; readonly renamed?: Readonly<Record<string, string>> }
  | { readonly kind: 'number'; readonly from: number; readonly to?: number }
  | { readonly kind: 'url' }
  | { readonly kind: 'file' }
  | { readonly kind: 'pairs' };

const SIGNALS = ['TRACES', 'METRICS', 'LOGS'] as const;
const PROTOCOLS: Rule = { kind: 'choice', of: ['http/protobuf', 'http/json', 'grpc'] };
const COMPRESSIONS: Rule = { kind: 'choice', of: ['gzip', 'none'] };
const POSITIVE: Rule = { kind: 'number', from: 1 };
const COUNT: Rule = { kind: 'number', from: 0 };
const BOOLEAN: Rule = { kind: 'choice', of: ['true', 'false'] };

/** Options of the OTLP exporter that exist for all signals and, with the signal in the name, for one. */
const OTLP: Readonly<Record<string, Rule>> = {
  ENDPOINT: { kind: 'url' },
  PROTOCOL: PROTOCOLS,
  HEADERS: { kind: 'pairs' },
  COMPRESSION: COMPRESSIONS,
  TIMEOUT: POSITIVE,
  CERTIFICATE: { kind: 'file' },
  CLIENT_CERTIFICATE: { kind: 'file' },
  CLIENT_KEY: { kind: 'file' },
};

function otlpRules(): Record<string, Rule> {
  const rules: Record<string, Rule> = {};
  for (const [option, rule] of Object.entries(OTLP)) {
    rules[`OTEL_EXPORTER_OTLP_${option}`] = rule;
    for (const signal of SIGNALS) rules[`OTEL_EXPORTER_OTLP_${signal}_${option}`] = rule;
  }
  return rules;
}

/**
 * Every variable that is checked before the SDK reads it. A variable that is not here goes to the SDK as it is.
 * Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export const VARIABLES: Readonly<Record<string, Rule>> = {
  ...otlpRules(),
  OTEL_SDK_DISABLED: BOOLEAN,
  OTEL_CONFIG_FILE: { kind: 'file' },
  OTEL_EXPERIMENTAL_CONFIG_FILE: { kind: 'file' },
  OTEL_LOG_LEVEL: { kind: 'choice', of: ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'] },
  OTEL_TRACES_EXPORTER: { kind: 'list', of: ['otlp', 'console', 'none'] },
  OTEL_METRICS_EXPORTER: { kind: 'list', of: ['otlp', 'console', 'prometheus', 'none'] },
  OTEL_LOGS_EXPORTER: { kind: 'list', of: ['otlp', 'console', 'none'] },
  OTEL_PROPAGATORS: { kind: 'list', of: ['tracecontext', 'baggage', 'b3', 'b3multi', 'none'] },
  OTEL_TRACES_SAMPLER: {
    kind: 'choice',
    of: ['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'],
  },
  OTEL_TRACES_SAMPLER_ARG: { kind: 'number', from: 0, to: 1 },
  OTEL_NODE_RESOURCE_DETECTORS: {
    kind: 'list',
    of: ['service', 'host', 'process', 'all', 'none'],
    // The names that the older SDK and the documentation of auto-instrumentations-node use.
    renamed: { env: 'service', serviceinstance: 'service', os: 'host' },
  },
  OTEL_BSP_MAX_QUEUE_SIZE: POSITIVE,
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: POSITIVE,
  OTEL_BSP_SCHEDULE_DELAY: POSITIVE,
  OTEL_BSP_EXPORT_TIMEOUT: POSITIVE,
  OTEL_BLRP_MAX_QUEUE_SIZE: POSITIVE,
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: POSITIVE,
  OTEL_BLRP_SCHEDULE_DELAY: POSITIVE,
  OTEL_BLRP_EXPORT_TIMEOUT: POSITIVE,
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: { kind: 'choice', of: ['cumulative', 'delta', 'lowmemory'] },
  // What there is: others are said to be ignored.
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: { kind: 'choice', of: ['explicit_bucket_histogram'] },
  OTEL_METRICS_EXEMPLAR_FILTER: { kind: 'choice', of: ['always_off'] },
  OTEL_METRIC_EXPORT_INTERVAL: POSITIVE,
  OTEL_METRIC_EXPORT_TIMEOUT: POSITIVE,
  OTEL_ATTRIBUTE_COUNT_LIMIT: COUNT,
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: COUNT,
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: COUNT,
  OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: COUNT,
  OTEL_SPAN_EVENT_COUNT_LIMIT: COUNT,
  OTEL_SPAN_LINK_COUNT_LIMIT: COUNT,
  OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: COUNT,
  OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: COUNT,
  OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: COUNT,
  OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: COUNT,
  OUTSPAN_CONSOLE: { kind: 'choice', of: ['tree', 'none'] },
  OUTSPAN_LOG: { kind: 'choice', of: ['none', 'error', 'warn', 'info', 'debug'] },
  OUTSPAN_CONTENT_BYTES: COUNT,
  OUTSPAN_VALIDATE_OUTPUT: { kind: 'choice', of: ['syntax', 'schema'] },
  OUTSPAN_FLUSH_TIMEOUT: COUNT,
  OUTSPAN_RETRY_QUEUE_SIZE: COUNT,
  OUTSPAN_RETRY_QUEUE_BYTES: COUNT,
};
