import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import { guard } from '../guard.ts';
import type { HeadTelemetry } from '../head/head-facts.ts';
import type { Attempt } from '../operation/attempt.ts';
import type { Operation } from '../operation/operation.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { withoutCredentialsIn } from './credentials.ts';
import { endForOwner } from './end-for-owner.ts';
import { endpointOf } from './endpoint.ts';
import { endSpan, startSpan } from './host-span.ts';
import { ATTR } from './names.ts';
import { addVerdict, verdictDescription } from './verdict-attributes.ts';

/** Starts the span of one exchange, named by the HTTP conventions; it is a child of its operation's. */
export function startAttemptSpan(attempt: Attempt, operation: Operation, tracer: Tracer | undefined): Span {
  const { method } = attempt.start;
  const endpoint = endpointOf(attempt.start.url);
  return startSpan(
    tracer,
    method,
    {
      kind: SpanKind.CLIENT,
      startTime: operation.timeline.epoch(attempt.startedAt),
      attributes: {
        [ATTR.httpMethod]: method,
        [ATTR.urlFull]: endpoint.url,
        [ATTR.serverAddress]: endpoint.address,
        [ATTR.serverPort]: endpoint.port,
      },
    },
    operation.context,
  );
}

/** Writes what became of an exchange to its span, and ends it unless another instrumentation owns it. */
export function endAttemptSpan(attempt: Attempt): void {
  const { span, operation, verdict } = attempt;
  if (span === undefined || operation === undefined || verdict === undefined || attempt.endedAt === undefined) return;
  if (span.isRecording()) guard('writing an attempt', () => write(span, attempt, verdict));
  if (attempt.sharedSpan === undefined) endSpan(span, operation.timeline.epoch(attempt.endedAt));
  else {
    attempt.sharedSpan.written();
    if (operation.interrupted) endForOwner(span);
  }
}

function write(span: Span, attempt: Attempt, verdict: Verdict): void {
  const attributes: Attributes = {};
  addExchange(attributes, attempt);
  addVerdict(attributes, verdict);
  span.setAttributes(withoutCredentialsIn(attributes));
  if (verdict.outcome === 'failure') span.setStatus({ code: SpanStatusCode.ERROR, message: verdictDescription(verdict) });
}

function addExchange(attributes: Attributes, attempt: Attempt): void {
  const { head, headTelemetry, evidence } = attempt;
  attributes[ATTR.attemptNumber] = attempt.number;
  if (attempt.resends > 0) attributes[ATTR.httpResendCount] = attempt.resends;
  if (attempt.sharedSpan !== undefined) {
    // Its owner wrote the URL as it is, and a URL can hold a key.
    const { url, path, query } = endpointOf(attempt.start.url);
    attributes[ATTR.urlFull] = url;
    attributes[ATTR.urlPath] = path;
    if (query !== '') attributes[ATTR.urlQuery] = query;
  }
  if (headTelemetry !== undefined) addHead(attributes, headTelemetry);
  if (head === undefined) return;
  attributes[ATTR.httpStatus] = head.status;
  const body = evidence?.body;
  // Of an answer that only its SDK read, the bytes are not known where no header tells them.
  if (body === undefined || body.bytes > 0 || body.form === 'empty') attributes[ATTR.bytesReceived] = body?.bytes ?? 0;
  const expected = body?.expected ?? head.contentLength;
  if (expected !== undefined) attributes[ATTR.bytesExpected] = expected;
}

function addHead(attributes: Attributes, head: HeadTelemetry): void {
  if (head.requestId !== undefined) attributes[ATTR.providerRequestId] = head.requestId;
  if (head.processingTime !== undefined) attributes[ATTR.providerProcessingTime] = head.processingTime;
  if (head.edgeLocation !== undefined) attributes[ATTR.edgeLocation] = head.edgeLocation;
  if (head.retryAfter !== undefined) attributes[ATTR.retryAfter] = head.retryAfter;
  for (const { subject, figure, name } of RATE_LIMITS) {
    const value = head.rateLimits[subject]?.[figure];
    if (value !== undefined) attributes[name] = value;
  }
}

const RATE_LIMITS = (['requests', 'tokens'] as const).flatMap((subject) =>
  (['limit', 'remaining', 'reset'] as const).map((figure) => ({ subject, figure, name: `outspan.rate_limit.${subject}.${figure}` })),
);
