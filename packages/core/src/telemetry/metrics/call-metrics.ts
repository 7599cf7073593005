import type { Attributes, Context, Counter } from '@opentelemetry/api';
import type { Settings } from '../../config.ts';
import { OPENAI_RESPONSE_SERVICE_TIER } from '../../dialects/attribute-names.ts';
import type { AnswerFacts, Usage } from '../../dialects/dialect.ts';
import type { Attempt } from '../../operation/attempt.ts';
import type { Operation } from '../../operation/operation.ts';
import type { OperationVerdict } from '../../verdict/verdict.ts';
import { endpointOf } from '../endpoint.ts';
import { isInference, operationNameOf } from '../inference.ts';
import { ATTR } from '../names.ts';
import { METRIC_ATTR } from './instruments.ts';
import type { Instruments } from './instruments.ts';
import type { InstrumentsInForce } from './instruments-in-force.ts';
import { plainWord } from '../credentials.ts';
import { LabelValues, OTHER } from './label-values.ts';

/** Counts calls from the same verdicts that their spans tell, whether or not a span is sampled. */
export class CallMetrics {
  readonly #settings: () => Settings;
  readonly #instruments: InstrumentsInForce;
  readonly #models = new LabelValues(ATTR.requestModel);
  readonly #servedModels = new LabelValues(ATTR.responseModel);
  readonly #providers = new LabelValues(ATTR.providerName);
  readonly #addresses = new LabelValues(ATTR.serverAddress);
  readonly #errorTypes = new LabelValues(ATTR.errorType);
  readonly #serviceTiers = new LabelValues(OPENAI_RESPONSE_SERVICE_TIER);
  /** What an operation was counted as active by, until it ends. */
  readonly #active = new WeakMap<Operation, { readonly instruments: Instruments; readonly attributes: Attributes }>();

  /**
   * @param settings the limits in force
   * @param instruments where to record to
   */
  constructor(settings: () => Settings, instruments: InstrumentsInForce) {
    this.#settings = settings;
    this.#instruments = instruments;
  }

  /** Whether there is anywhere to record to. */
  get enabled(): boolean {
    return this.#instruments.current !== undefined;
  }

  opened(operation: Operation): void {
    const instruments = this.#instruments.current;
    if (instruments === undefined) return;
    const attributes = this.#callOf(operation);
    this.#active.set(operation, { instruments, attributes });
    instruments.activeOperations.add(1, attributes, operation.subject.parent);
  }

  closed(operation: Operation): void {
    const active = this.#active.get(operation);
    active?.instruments.activeOperations.add(-1, active.attributes, operation.subject.parent);
    const instruments = this.#instruments.current;
    const { verdict, endedAt } = operation;
    if (instruments === undefined || verdict === undefined || endedAt === undefined) return;
    const call = this.#callOf(operation);
    const { context, answer } = operation;
    this.#countOutcome(instruments, operation, call);
    this.#measure(instruments, operation, call, endedAt);
    if (operation.retries > 0) instruments.retryDelay.record(operation.retryDelay / 1_000, call, context);
    const wasted: readonly (readonly [reason: string, usage: Usage | undefined])[] = [
      ['operation_failed', verdict.outcome === 'failure' ? answer?.usage : undefined],
      ['attempt_discarded', operation.discarded],
    ];
    for (const [reason, usage] of wasted) {
      for (const type of ['input', 'output'] as const) {
        const tokens = usage?.[type] ?? 0;
        if (tokens > 0) instruments.tokensWasted.add(tokens, { ...call, [METRIC_ATTR.tokenType]: type, [METRIC_ATTR.wasteReason]: reason }, context);
      }
    }
  }

  attemptEnded(attempt: Attempt): void {
    const instruments = this.#instruments.current;
    const { operation, verdict } = attempt;
    if (instruments === undefined || operation === undefined || verdict === undefined) return;
    const call = this.#callOf(operation);
    const attributes: Attributes = { ...call };
    if (verdict.outcome === 'failure') {
      attributes[ATTR.errorClass] = verdict.error.class;
      attributes[ATTR.errorOrigin] = verdict.error.origin;
    }
    if (attempt.head !== undefined) attributes[ATTR.httpStatus] = attempt.head.status;
    instruments.attempts.add(1, attributes, operation.context);
    for (const subject of ['requests', 'tokens'] as const) {
      const figures = attempt.headTelemetry?.rateLimits[subject];
      if (figures === undefined) continue;
      const limited = { ...call, [METRIC_ATTR.rateLimitSubject]: subject };
      if (figures.limit !== undefined) instruments.rateLimit.record(figures.limit, limited, operation.context);
      if (figures.remaining !== undefined) instruments.rateLimitRemaining.record(figures.remaining, limited, operation.context);
    }
  }

  #countOutcome(instruments: Instruments, operation: Operation, call: Attributes): void {
    const { verdict } = operation;
    if (verdict === undefined) return;
    const attributes: Attributes = {
      ...call,
      [ATTR.operationName]: operationNameOf(operation),
      // What nobody saw the end of is no success to count, and no failure that is known.
      [METRIC_ATTR.outcome]: verdict.outcome === 'abandoned' ? 'cancelled' : verdict.outcome,
      [METRIC_ATTR.retried]: operation.retries > 0,
    };
    if (verdict.outcome === 'failure') {
      attributes[ATTR.errorClass] = verdict.error.class;
      attributes[ATTR.errorOrigin] = verdict.error.origin;
    }
    if (verdict.truncation !== undefined && verdict.truncation.length > 0) attributes[ATTR.truncationKind] = verdict.truncation.join(',');
    instruments.operations.add(1, attributes, operation.context);
  }

  /** The metrics of the GenAI conventions. */
  #measure(instruments: Instruments, operation: Operation, call: Attributes, endedAt: number): void {
    const { answer, context, last, subject, url, verdict } = operation;
    const attributes: Attributes = { ...call, [ATTR.operationName]: operationNameOf(operation) };
    if (url !== undefined) attributes[ATTR.serverPort] = endpointOf(url).port;
    const served = answer?.model === undefined ? undefined : plainWord(answer.model);
    if (served !== undefined) attributes[ATTR.responseModel] = this.#servedModels.of(served, this.#most);
    const tiered = this.#withServiceTier(attributes, answer);
    const ended = { ...tiered, ...this.#endingOf(verdict) };
    const seconds = Math.max(0, endedAt - subject.startedAt) / 1_000;
    const isEmbedding = operationNameOf(operation) === 'embeddings';
    if (!isEmbedding && !isInference(operation)) return;
    const alsoEarlier = !this.#settings().latestNames;
    if (alsoEarlier) {
      instruments.earlierDuration.record(seconds, ended, context);
      if (answer?.usage !== undefined) recordEarlierUsage(instruments, answer.usage, tiered, context);
    }
    if (isEmbedding) {
      instruments.embeddingsDuration.record(seconds, ended, context);
      if (answer?.usage?.input !== undefined) instruments.embeddingsInputTokens.record(answer.usage.input, attributes, context);
      return;
    }
    instruments.inferenceDuration.record(seconds, ended, context);
    if (last?.firstChunkAt !== undefined && last.evidence?.body?.form === 'events') {
      const untilFirst = Math.max(0, last.firstChunkAt - subject.startedAt) / 1_000;
      instruments.timeToFirstChunk.record(untilFirst, attributes, context);
      if (alsoEarlier) instruments.earlierTimeToFirstChunk.record(untilFirst, attributes, context);
      for (const gap of last.chunkGaps) {
        instruments.timePerOutputChunk.record(gap / 1_000, attributes, context);
        if (alsoEarlier) instruments.earlierTimePerOutputChunk.record(gap / 1_000, attributes, context);
      }
    }
    if (answer?.usage !== undefined) recordUsage(instruments, answer.usage, tiered, operation);
  }

  /**
   * Durations and tokens depend on the tier, and so does their price. The SDK keeps the attributes that it was given: these are
   * others where there is a tier. OpenAI's fingerprint is left to spans: each deployment has a new one, and would make new series.
   */
  #withServiceTier(attributes: Attributes, answer: AnswerFacts | undefined): Attributes {
    const given = answer?.attributes[OPENAI_RESPONSE_SERVICE_TIER];
    const tier = typeof given === 'string' ? plainWord(given) : undefined;
    return tier === undefined ? attributes : { ...attributes, [OPENAI_RESPONSE_SERVICE_TIER]: this.#serviceTiers.of(tier, this.#most) };
  }

  /** What tells a duration that says how long an answer takes from one that does not. */
  #endingOf(verdict: OperationVerdict | undefined): Attributes {
    if (verdict?.outcome === 'failure') return { [ATTR.errorType]: this.#errorTypes.of(verdict.error.type, this.#most) };
    return verdict?.outcome === 'success' ? {} : { [ATTR.cancelled]: true };
  }

  /** What all metrics of a call share. */
  #callOf({ provider, request, url }: Operation): Attributes {
    const attributes: Attributes = { [ATTR.providerName]: provider === undefined ? OTHER : this.#providers.of(provider.name, this.#most) };
    if (request?.model !== undefined) attributes[ATTR.requestModel] = this.#models.of(request.model, this.#most);
    if (url !== undefined) attributes[ATTR.serverAddress] = this.#addresses.of(endpointOf(url).address, this.#most);
    return attributes;
  }

  get #most(): number {
    return this.#settings().limits.labelValues;
  }
}

function recordUsage(instruments: Instruments, usage: Usage, attributes: Attributes, { context }: Operation): void {
  const add = (counter: Counter, tokens: number | undefined, modality: string): void => {
    if (tokens !== undefined && tokens > 0) counter.add(tokens, { ...attributes, [METRIC_ATTR.tokenModality]: modality }, context);
  };
  const addByModality = (counter: Counter, total: number | undefined, parts: Usage['inputByModality']): void => {
    let rest = total ?? 0;
    for (const modality of MODALITIES) {
      const tokens = parts?.[modality];
      add(counter, tokens, modality);
      rest -= tokens ?? 0;
    }
    add(counter, rest, 'unknown');
  };
  addByModality(instruments.inputTokens, usage.input, usage.inputByModality);
  addByModality(instruments.outputTokens, usage.output, usage.outputByModality);
  add(instruments.cacheReadTokens, usage.cacheRead, 'unknown');
  add(instruments.cacheWriteTokens, usage.cacheWrite, 'unknown');
  add(instruments.reasoningTokens, usage.reasoning, 'unknown');
  if (usage.input !== undefined) instruments.operationInputTokens.record(usage.input, attributes, context);
  if (usage.output !== undefined) instruments.operationOutputTokens.record(usage.output, attributes, context);
}

/** As the generation of the conventions before has it: one histogram for both sides. */
function recordEarlierUsage({ earlierTokenUsage }: Instruments, usage: Usage, attributes: Attributes, context: Context): void {
  for (const type of ['input', 'output'] as const) {
    const tokens = usage[type];
    if (tokens !== undefined) earlierTokenUsage.record(tokens, { ...attributes, [METRIC_ATTR.earlierTokenType]: type }, context);
  }
}

const MODALITIES = ['text', 'image', 'audio'] as const;
