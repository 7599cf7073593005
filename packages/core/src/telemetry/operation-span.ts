import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import type { Settings } from '../config.ts';
import type { AnswerFacts, Usage } from '../dialects/dialect.ts';
import type { Operation } from '../operation/operation.ts';
import type { OperationVerdict } from '../verdict/verdict.ts';
import type { CapturedContent } from './content.ts';
import { contentAttributes } from './content.ts';
import { emitDetails, emitException } from './events.ts';
import { ATTR } from './names.ts';
import { addressOf, portOf } from './url.ts';
import { verdictAttributes, verdictDescription } from './verdict-attributes.ts';

/** Starts the span of an operation, or takes over the SDK's own. */
export function startOperationSpan(operation: Operation, tracer: Tracer): Span {
  const { subject } = operation;
  if (subject.adopted !== undefined) return subject.adopted;
  return tracer.startSpan(
    nameOf(operation),
    { kind: SpanKind.CLIENT, startTime: operation.timeline.epoch(subject.startedAt), attributes: identity(operation) },
    subject.parent,
  );
}

/** Writes what became of an operation to its span, ends the span (an adopted one is ended by its owner), and emits its events. */
export function endOperationSpan(operation: Operation, content: CapturedContent | undefined, settings: Settings): void {
  const { span, subject, verdict } = operation;
  if (verdict === undefined || operation.endedAt === undefined) return;
  const attributes: Attributes = { ...identity(operation), ...factsOf(operation), ...verdictAttributes(verdict) };
  if (span.isRecording()) {
    span.setAttributes(attributes);
    const captured = settings.captureContent === 'none' ? undefined : contentAttributes(content, operation.answer, settings);
    if (captured !== undefined && settings.captureContent !== 'event') span.setAttributes(captured.forSpan);
    if (verdict.outcome === 'failure') span.setStatus({ code: SpanStatusCode.ERROR, message: verdictDescription(verdict) });
    if (captured !== undefined && settings.captureContent !== 'span') emitDetails(operation, attributes, captured.forEvent);
    if (verdict.outcome === 'failure') emitException(operation, verdict);
  }
  if (subject.adopted !== undefined) return;
  // The model may have become known only after the span had to start.
  if (subject.request === undefined) span.updateName(nameOf(operation));
  span.end(operation.timeline.epoch(operation.endedAt));
}

function nameOf({ request, subject }: Operation): string {
  const operation = request?.operation ?? subject.dialect.operation;
  return request?.model === undefined ? operation : `${operation} ${request.model}`;
}

/** What is known from the start, and matters to samplers. */
function identity({ request, subject }: Operation): Attributes {
  return {
    [ATTR.operationName]: request?.operation ?? subject.dialect.operation,
    [ATTR.providerName]: subject.provider.name,
    ...(request?.model !== undefined && { [ATTR.requestModel]: request.model }),
    ...(subject.url && { [ATTR.serverAddress]: addressOf(subject.url), [ATTR.serverPort]: portOf(subject.url) }),
    [ATTR.boundary]: subject.boundary,
  };
}

function factsOf(operation: Operation): Attributes {
  const { answer, last, request } = operation;
  const attributes: Attributes = {
    ...request?.parameters,
    [ATTR.retryCount]: operation.retries,
    ...answer?.attributes,
    ...(answer?.usage && usageAttributes(answer.usage)),
  };
  const streamed = request?.stream === true || last?.evidence?.body?.form === 'events';
  if (streamed) attributes[ATTR.requestStream] = true;
  if (operation.retryDelay > 0) attributes[ATTR.retryDelay] = operation.retryDelay / 1_000;
  if (answer?.id !== undefined) attributes[ATTR.responseId] = answer.id;
  if (answer?.model !== undefined) attributes[ATTR.responseModel] = answer.model;
  const finishReasons = finishReasonsOf(operation.verdict, answer, streamed && (last?.head?.status ?? 500) < 300);
  if (finishReasons.length > 0) attributes[ATTR.finishReasons] = finishReasons;
  if (streamed && last?.firstChunkAt !== undefined && last.evidence?.body?.form === 'events') {
    attributes[ATTR.timeToFirstChunk] = (last.firstChunkAt - operation.subject.startedAt) / 1_000;
  }
  if (operation.verdict !== undefined && operation.verdict.invalidToolCalls > 0) attributes[ATTR.invalidToolCalls] = operation.verdict.invalidToolCalls;
  const requestId = last?.headTelemetry?.requestId;
  if (requestId !== undefined) attributes[ATTR.providerRequestId] = requestId;
  return attributes;
}

/** A stream that ended before its final event gets `error` in the place of each finish reason that never came. */
function finishReasonsOf(verdict: OperationVerdict | undefined, answer: AnswerFacts | undefined, streamBegan: boolean): string[] {
  const reasons = [...(answer?.finishReasons ?? [])];
  if (!streamBegan || answer?.terminal === true || verdict?.outcome === 'success') return reasons;
  for (let choice = reasons.length; choice < Math.max(1, answer?.choices ?? 1); choice++) reasons.push('error');
  return reasons;
}

function usageAttributes(usage: Usage): Attributes {
  const attributes: Attributes = {};
  const set = (name: string, tokens: number | undefined): void => {
    if (tokens !== undefined) attributes[name] = tokens;
  };
  set(ATTR.usageInput, usage.input);
  set(ATTR.usageOutput, usage.output);
  set(ATTR.usageReasoning, usage.reasoning);
  set(ATTR.usageCacheRead, usage.cacheRead);
  set(ATTR.usageCacheWrite, usage.cacheWrite);
  for (const modality of ['text', 'image', 'audio'] as const) {
    set(`gen_ai.usage.${modality}.input_tokens`, usage.inputByModality?.[modality]);
    set(`gen_ai.usage.${modality}.output_tokens`, usage.outputByModality?.[modality]);
  }
  return attributes;
}
