import { ValueType } from '@opentelemetry/api';
import type { Counter, Gauge, Histogram, Meter, MetricOptions, UpDownCounter } from '@opentelemetry/api';

/** Attributes that only metrics carry; those that spans carry too are in `../names.ts`. */
export const METRIC_ATTR = {
  /** `success`, `failure` or `cancelled`. */
  outcome: 'outspan.operation.outcome',
  /** Whether the call was sent more than once. */
  retried: 'outspan.retried',
  /** `text`, `image`, `audio`, or `unknown` where the provider does not break its counts down. */
  tokenModality: 'gen_ai.token.modality',
  /** `input` or `output`. */
  tokenType: 'outspan.token.type',
  /** `input` or `output`, as the earlier generation of the conventions has it. */
  earlierTokenType: 'gen_ai.token.type',
  /** `operation_failed`, or `attempt_discarded`: a later attempt's answer was used instead. */
  wasteReason: 'outspan.waste.reason',
  /** `requests` or `tokens`. */
  rateLimitSubject: 'outspan.rate_limit.subject',
} as const;

// Bounds as the GenAI conventions recommend them.
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
const AGENT_SECONDS = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6];
const MCP_SECONDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
const WORKFLOW_SECONDS = [1, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200];
const CALLS = [1, 2, 4, 8, 16, 32, 64, 128];

/** What a metric is called and measures. */
export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  /** Advice for the bucket bounds of a histogram. */
  readonly bounds?: number[];
}

type HistogramKey = 'earlierDuration' | 'earlierTokenUsage' | 'earlierTimeToFirstChunk' | 'earlierTimePerOutputChunk' | 'inferenceDuration' | 'timeToFirstChunk' | 'timePerOutputChunk' | 'operationInputTokens' | 'operationOutputTokens' | 'embeddingsDuration' | 'embeddingsInputTokens' | 'retryDelay' | 'workflowDuration' | 'agentDuration' | 'agentInferenceCalls' | 'agentToolCalls' | 'toolDuration' | 'mcpClientDuration' | 'mcpServerDuration' | 'mcpClientSession' | 'mcpServerSession';

/** Metrics that are distributions. */
export const HISTOGRAMS: Readonly<Record<HistogramKey, Metric>> = {
  inferenceDuration: { name: 'gen_ai.client.inference.duration', unit: 's', bounds: SECONDS, description: 'Duration of a call, with all its retries, until its answer was received, or failed, or was cancelled.' },
  timeToFirstChunk: { name: 'gen_ai.client.inference.time_to_first_chunk', unit: 's', bounds: SECONDS, description: 'Time from a call to the first chunk of its streamed answer.' },
  timePerOutputChunk: { name: 'gen_ai.client.inference.time_per_output_chunk', unit: 's', bounds: SECONDS, description: 'Time from one chunk of a streamed answer to the next.' },
  operationInputTokens: { name: 'gen_ai.client.inference.operation.input_tokens', unit: '{token}', bounds: TOKENS, description: 'Input tokens of a call.' },
  operationOutputTokens: { name: 'gen_ai.client.inference.operation.output_tokens', unit: '{token}', bounds: TOKENS, description: 'Output tokens of a call.' },
  embeddingsDuration: { name: 'gen_ai.client.embeddings.duration', unit: 's', bounds: SECONDS, description: 'Duration of an embeddings call, with all its retries.' },
  embeddingsInputTokens: { name: 'gen_ai.client.embeddings.operation.input_tokens', unit: '{token}', bounds: TOKENS, description: 'Input tokens of an embeddings call.' },
  // The generation before, which most dashboards read: of inference and embeddings alike.
  earlierDuration: { name: 'gen_ai.client.operation.duration', unit: 's', bounds: SECONDS, description: 'Duration of a call, with all its retries. Replaced by gen_ai.client.inference.duration and gen_ai.client.embeddings.duration.' },
  earlierTokenUsage: { name: 'gen_ai.client.token.usage', unit: '{token}', bounds: TOKENS, description: 'Input and output tokens of a call. Replaced by gen_ai.client.inference.usage.* and gen_ai.client.inference.operation.*.' },
  earlierTimeToFirstChunk: { name: 'gen_ai.client.operation.time_to_first_chunk', unit: 's', bounds: SECONDS, description: 'Time from a call to the first chunk of its streamed answer. Replaced by gen_ai.client.inference.time_to_first_chunk.' },
  earlierTimePerOutputChunk: { name: 'gen_ai.client.operation.time_per_output_chunk', unit: 's', bounds: SECONDS, description: 'Time from one chunk of a streamed answer to the next. Replaced by gen_ai.client.inference.time_per_output_chunk.' },
  retryDelay: { name: 'outspan.client.retry.delay', unit: 's', bounds: SECONDS, description: 'Time that a retried call spent waiting between its attempts.' },
  workflowDuration: { name: 'gen_ai.invoke_workflow.duration', unit: 's', bounds: WORKFLOW_SECONDS, description: 'Duration of a run that a framework coordinates.' },
  agentDuration: { name: 'gen_ai.invoke_agent.duration', unit: 's', bounds: AGENT_SECONDS, description: 'Duration of an agent at work, until it handed back its answer, or failed, or was cancelled.' },
  agentInferenceCalls: { name: 'gen_ai.invoke_agent.inference_calls', unit: '{inference_call}', bounds: CALLS, description: 'Inference calls that an agent made until it was done, failed ones included.' },
  agentToolCalls: { name: 'gen_ai.invoke_agent.tool_calls', unit: '{tool_call}', bounds: CALLS, description: 'Tools that an agent executed until it was done, failed ones included.' },
  toolDuration: { name: 'gen_ai.execute_tool.duration', unit: 's', bounds: SECONDS, description: 'Duration of the execution of a tool.' },
  mcpClientDuration: { name: 'mcp.client.operation.duration', unit: 's', bounds: MCP_SECONDS, description: 'Duration of a request of the Model Context Protocol, as its sender sees it.' },
  mcpServerDuration: { name: 'mcp.server.operation.duration', unit: 's', bounds: MCP_SECONDS, description: 'Duration of a request of the Model Context Protocol, as its receiver sees it.' },
  mcpClientSession: { name: 'mcp.client.session.duration', unit: 's', bounds: MCP_SECONDS, description: 'Duration of a connection of the Model Context Protocol, as the client sees it.' },
  mcpServerSession: { name: 'mcp.server.session.duration', unit: 's', bounds: MCP_SECONDS, description: 'Duration of a connection of the Model Context Protocol, as the server sees it.' },
};

type CounterKey = 'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens' | 'reasoningTokens' | 'operations' | 'attempts' | 'tokensWasted';

/** Metrics that only grow. */
export const COUNTERS: Readonly<Record<CounterKey, Metric>> = {
  inputTokens: { name: 'gen_ai.client.inference.usage.input_tokens', unit: '{token}', description: 'Input tokens used, those of failed calls included.' },
  outputTokens: { name: 'gen_ai.client.inference.usage.output_tokens', unit: '{token}', description: 'Output tokens used, those of failed calls included.' },
  cacheReadTokens: { name: 'gen_ai.client.inference.usage.cache_read.input_tokens', unit: '{token}', description: 'Input tokens that were read from a cache of the provider.' },
  cacheWriteTokens: { name: 'gen_ai.client.inference.usage.cache_write.input_tokens', unit: '{token}', description: 'Input tokens that were written to a cache of the provider.' },
  reasoningTokens: { name: 'gen_ai.client.inference.usage.reasoning.output_tokens', unit: '{token}', description: 'Output tokens spent on reasoning.' },
  operations: { name: 'outspan.client.operations', unit: '{operation}', description: 'Calls that ended, by outcome and, of failed ones, whose fault it was.' },
  attempts: { name: 'outspan.client.attempts', unit: '{attempt}', description: 'HTTP exchanges that ended.' },
  tokensWasted: { name: 'outspan.client.tokens.wasted', unit: '{token}', description: 'Tokens of answers that nobody could use: of failed calls, and of attempts whose answer was discarded.' },
};

type UpDownCounterKey = 'activeOperations';

/** Metrics that count what is there now. */
export const UP_DOWN_COUNTERS: Readonly<Record<UpDownCounterKey, Metric>> = {
  activeOperations: { name: 'outspan.client.active_operations', unit: '{operation}', description: 'Calls that have started and not ended.' },
};

type GaugeKey = 'rateLimit' | 'rateLimitRemaining';

/** Metrics whose last value counts. */
export const GAUGES: Readonly<Record<GaugeKey, Metric>> = {
  rateLimit: { name: 'outspan.rate_limit.limit', unit: '1', description: 'The rate limit, as the provider last told it.' },
  rateLimitRemaining: { name: 'outspan.rate_limit.remaining', unit: '1', description: 'What is left of the rate limit, as the provider last told it.' },
};

/** The instruments of one meter. */
export type Instruments = Readonly<Record<HistogramKey, Histogram> & Record<CounterKey, Counter> & Record<UpDownCounterKey, UpDownCounter> & Record<GaugeKey, Gauge>>;

/** Creates every instrument. Those of two callers with the same meter add up. */
export function createInstruments(meter: Meter): Instruments {
  const options = ({ unit, description }: Metric): MetricOptions => ({ unit, description });
  const whole = (metric: Metric): MetricOptions => ({ ...options(metric), valueType: ValueType.INT });
  return {
    ...each(HISTOGRAMS, (metric) => meter.createHistogram(metric.name, { ...options(metric), ...(metric.bounds && { advice: { explicitBucketBoundaries: metric.bounds } }) })),
    ...each(COUNTERS, (metric) => meter.createCounter(metric.name, whole(metric))),
    ...each(UP_DOWN_COUNTERS, (metric) => meter.createUpDownCounter(metric.name, whole(metric))),
    ...each(GAUGES, (metric) => meter.createGauge(metric.name, whole(metric))),
  };
}

function each<K extends string, T>(table: Readonly<Record<K, Metric>>, create: (metric: Metric) => T): Record<K, T> {
  const created: Partial<Record<K, T>> = {};
  for (const key in table) created[key] = create(table[key]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one for each key, just now
  return created as Record<K, T>;
}
