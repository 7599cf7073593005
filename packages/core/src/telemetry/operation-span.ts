import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import type { Settings } from '../config.ts';
import type { AnswerFacts, Usage } from '../dialects/dialect.ts';
import { guard } from '../guard.ts';
import { inheritedAttributes } from '../operation/call-attributes.ts';
import type { Operation } from '../operation/operation.ts';
import type { OperationVerdict } from '../verdict/verdict.ts';
import type { CapturedContent } from './content.ts';
import { contentAttributes } from './content.ts';
import { plainWord, withoutCredentials, withoutCredentialsIn } from './credentials.ts';
import { endForOwner } from './end-for-owner.ts';
import { endpointOf } from './endpoint.ts';
import { emitDetails, emitException, hasLogger } from './events.ts';
import { endSpan, startSpan } from './host-span.ts';
import { isInference, operationNameOf } from './inference.ts';
import { OTHER } from './metrics/label-values.ts';
import { ATTR } from './names.ts';
import { isNamedByMethod } from './native-spans.ts';
import { attributeOf, removeAttributes, withoutAttributesOf } from './span-members.ts';
import { addVerdict, verdictDescription } from './verdict-attributes.ts';

/** Starts the span of an operation, or takes over the SDK's own. */
export function startOperationSpan(operation: Operation, tracer: Tracer | undefined): Span {
  const { subject } = operation;
  if (subject.adopted !== undefined) return subject.adopted;
  const attributes: Attributes = { ...inheritedBy(operation) };
  addIdentity(attributes, operation);
  return startSpan(tracer, nameOf(operation), { kind: SpanKind.CLIENT, startTime: operation.timeline.epoch(subject.startedAt), attributes: withoutCredentialsIn(attributes) }, subject.parent);
}

/** Writes what became of an operation to its span, ends the span (an adopted one is ended by its owner), and emits its events. */
export function endOperationSpan(operation: Operation, content: CapturedContent | undefined, settings: Settings): void {
  const { span, subject } = operation;
  if (operation.verdict === undefined || operation.endedAt === undefined) return;
  writeOperation(operation, content, settings);
  if (subject.adopted !== undefined) {
    if (operation.abandoned) endForOwner(span, operation.timeline.epoch(operation.endedAt));
    return;
  }
  if (isToldLate(operation)) span.updateName(nameOf(operation));
  endSpan(span, operation.timeline.epoch(operation.endedAt));
}

/** Writes what became of an operation to its span, and emits its events. The events do not depend on whether the span is recorded. */
export function writeOperation(operation: Operation, content: CapturedContent | undefined, settings: Settings): void {
  const { span, verdict } = operation;
  if (verdict === undefined) return;
  const details = emitsDetails(operation, settings);
  if (span.isRecording() || details) guard('writing an operation', () => write(operation, verdict, content, settings, details));
  if (verdict.outcome === 'failure') guard('emitting an exception', () => emitException(operation, verdict));
}

/** What was known at the start is there already, but on an SDK's own span or where the wire told the request later. */
function isToldLate({ subject }: Operation): boolean {
  return subject.request === undefined || subject.adopted !== undefined || subject.url === undefined;
}

function write(operation: Operation, verdict: OperationVerdict, content: CapturedContent | undefined, settings: Settings, details: boolean): void {
  const { span, subject } = operation;
  if (subject.adopted !== undefined) {
    renameCacheWrites(span, settings.latestNames);
    if (isNamedByMethod(span)) span.updateName(nameOf(operation));
  }
  const attributes: Attributes = subject.adopted === undefined ? {} : withoutAttributesOf(span, inheritedBy(operation));
  if (isToldLate(operation)) addIdentity(attributes, operation);
  addFacts(attributes, operation, settings.latestNames);
  addVerdict(attributes, verdict);
  // The response may be going on unseen when its reader walked away: that is no success to count.
  if (verdict.outcome === 'cancelled' || verdict.outcome === 'abandoned') attributes[ATTR.cancelled] = true;
  if (operation.interrupted && verdict.outcome !== 'success') attributes[ATTR.interrupted] = true;
  span.setAttributes(withoutCredentialsIn(attributes));
  if (verdict.outcome === 'failure') span.setStatus({ code: SpanStatusCode.ERROR, message: verdictDescription(verdict) });
  if (settings.captureContent === 'none') return;
  const captured = contentAttributes(content, operation.answer, settings);
  if (settings.captureContent !== 'event') span.setAttributes(captured.forSpan);
  if (!details) return;
  addIdentity(attributes, operation);
  emitDetails(operation, withoutCredentialsIn({ ...inheritedBy(operation), ...attributes }), captured.forEvent);
}

/** Whether the event with an operation's content is emitted: it is an inference's only. */
function emitsDetails(operation: Operation, { captureContent }: Settings): boolean {
  return (captureContent === 'event' || captureContent === 'span_and_event') && isInference(operation) && hasLogger();
}

function nameOf(one: Operation): string {
  const model = modelOf(one);
  const operation = operationNameOf(one);
  return model === undefined ? operation : `${operation} ${withoutCredentials(model)}`;
}

/** The model asked for: before the request was read, by what its framework or its URL says. */
function modelOf({ request, subject }: Operation): string | undefined {
  return request === undefined ? subject.model : request.model;
}

/** What the application says of all that it does here. What the call itself says goes before. */
function inheritedBy({ step, subject }: Operation): Attributes {
  return inheritedAttributes(subject.parent, step?.conversationId);
}

/** What is known from the start, and matters to samplers. */
function addIdentity(attributes: Attributes, operation: Operation): void {
  const { provider, subject, url } = operation;
  attributes[ATTR.operationName] = operationNameOf(operation);
  attributes[ATTR.providerName] = provider?.name ?? OTHER;
  const model = modelOf(operation);
  if (model !== undefined) attributes[ATTR.requestModel] = model;
  if (url !== undefined) {
    const { address, port } = endpointOf(url);
    attributes[ATTR.serverAddress] = address;
    attributes[ATTR.serverPort] = port;
  }
  attributes[ATTR.boundary] = subject.boundary;
}

function addFacts(attributes: Attributes, operation: Operation, latestNames: boolean): void {
  const { answer, last, request, verdict } = operation;
  Object.assign(attributes, request?.parameters);
  attributes[ATTR.retryCount] = operation.retries;
  if (operation.retryDelay > 0) attributes[ATTR.retryDelay] = operation.retryDelay / 1_000;
  const streaming = last?.evidence?.body?.form === 'events';
  const streamed = streaming || request?.stream === true || last?.request.stream === true;
  if (streamed) attributes[ATTR.requestStream] = true;
  if (last?.start.overConnection === true) attributes[ATTR.networkProtocol] = 'websocket';
  if (answer !== undefined) {
    for (const [name, value] of Object.entries(answer.attributes)) if (typeof value !== 'string' || plainWord(value) !== undefined) attributes[name] = value;
    if (answer.usage !== undefined) addUsage(attributes, answer.usage, latestNames);
    const { id, model } = wordsOf(answer);
    if (id !== undefined) attributes[ATTR.responseId] = id;
    if (model !== undefined) attributes[ATTR.responseModel] = model;
  }
  const finishReasons = finishReasonsOf(verdict, answer, streamed && (last?.head?.status ?? 500) < 300);
  if (finishReasons.length > 0) attributes[ATTR.finishReasons] = finishReasons;
  if (streaming && last?.firstChunkAt !== undefined) attributes[ATTR.timeToFirstChunk] = (last.firstChunkAt - operation.subject.startedAt) / 1_000;
  if (verdict !== undefined && verdict.invalidToolCalls > 0) attributes[ATTR.invalidToolCalls] = verdict.invalidToolCalls;
  if (answer?.violations !== undefined) attributes[ATTR.schemaViolations] = [...answer.violations];
  const requestId = last?.headTelemetry?.requestId;
  if (requestId !== undefined) attributes[ATTR.providerRequestId] = requestId;
}

/** Who answered, if it says so in words. */
function wordsOf({ id, model }: AnswerFacts): { readonly id: string | undefined; readonly model: string | undefined } {
  return { id: id === undefined ? undefined : plainWord(id), model: model === undefined ? undefined : plainWord(model) };
}

/** A stream that ended before its final event gets `error` in the place of each finish reason that never came. */
function finishReasonsOf(verdict: OperationVerdict | undefined, answer: AnswerFacts | undefined, streamBegan: boolean): string[] {
  const reasons = (answer?.finishReasons ?? []).map((reason) => plainWord(reason) ?? OTHER);
  // An error event ends the stream in place of its final event.
  const final = answer?.terminal === true && answer.error === undefined;
  if (!streamBegan || final || verdict?.outcome === 'success') return reasons;
  for (let choice = reasons.length; choice < Math.max(1, answer?.choices ?? 1); choice++) reasons.push('error');
  return reasons;
}

const MODALITIES = (['text', 'image', 'audio'] as const).map((modality) => ({
  modality,
  input: `gen_ai.usage.${modality}.input_tokens`,
  output: `gen_ai.usage.${modality}.output_tokens`,
}));

/**
 * Backends sum up token attributes that they do not know: cache writes have one name, and a breakdown by modality is left to
 * those who ask for the newest names, and to metrics.
 */
function addUsage(attributes: Attributes, usage: Usage, latestNames: boolean): void {
  if (usage.input !== undefined) attributes[ATTR.usageInput] = usage.input;
  if (usage.output !== undefined) attributes[ATTR.usageOutput] = usage.output;
  if (usage.reasoning !== undefined) attributes[ATTR.usageReasoning] = usage.reasoning;
  if (usage.cacheRead !== undefined) attributes[ATTR.usageCacheRead] = usage.cacheRead;
  if (usage.cacheWrite !== undefined) attributes[latestNames ? ATTR.usageCacheWrite : ATTR.usageCacheCreation] = usage.cacheWrite;
  if (!latestNames || isTextOnly(usage)) return;
  for (const { modality, input, output } of MODALITIES) {
    const [received, sent] = [usage.inputByModality?.[modality], usage.outputByModality?.[modality]];
    if (received !== undefined) attributes[input] = received;
    if (sent !== undefined) attributes[output] = sent;
  }
}

/** An SDK's own span may have the name of the other generation. Both on one span would be counted twice. */
function renameCacheWrites(span: Span, latestNames: boolean): void {
  const [wanted, other] = latestNames ? [ATTR.usageCacheWrite, ATTR.usageCacheCreation] : [ATTR.usageCacheCreation, ATTR.usageCacheWrite];
  const written = attributeOf(span, other);
  if (typeof written !== 'number') return;
  removeAttributes(span, [other]);
  span.setAttribute(wanted, written);
}

/** Whether a breakdown by modality would say no more than the totals. */
function isTextOnly({ inputByModality, outputByModality }: Usage): boolean {
  return [inputByModality, outputByModality].every((parts) => parts?.image === undefined && parts?.audio === undefined);
}
