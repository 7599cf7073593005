import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import type { Attempt } from '../operation/attempt.ts';
import type { Operation } from '../operation/operation.ts';
import { ATTR } from './names.ts';
import { addressOf, portOf, recordableUrl } from './url.ts';
import { verdictAttributes, verdictDescription } from './verdict-attributes.ts';

/** Starts the span of one exchange, named by the HTTP conventions; it is a child of its operation's. */
export function startAttemptSpan(attempt: Attempt, operation: Operation, tracer: Tracer): Span {
  const { method, url } = attempt.start;
  return tracer.startSpan(
    method,
    {
      kind: SpanKind.CLIENT,
      startTime: operation.timeline.epoch(attempt.startedAt),
      attributes: {
        [ATTR.httpMethod]: method,
        [ATTR.urlFull]: recordableUrl(url),
        [ATTR.serverAddress]: addressOf(url),
        [ATTR.serverPort]: portOf(url),
      },
    },
    operation.context,
  );
}

/** Writes what became of an exchange to its span, and ends it unless another instrumentation owns it. */
export function endAttemptSpan(attempt: Attempt): void {
  const { span, operation, verdict } = attempt;
  if (span === undefined || operation === undefined || verdict === undefined || attempt.endedAt === undefined) return;
  const own = attempt.sharedSpan === undefined;
  if (span.isRecording()) {
    span.setAttributes({ ...exchangeAttributes(attempt), ...verdictAttributes(verdict) });
    if (verdict.outcome === 'failure') span.setStatus({ code: SpanStatusCode.ERROR, message: verdictDescription(verdict) });
  }
  if (own) span.end(operation.timeline.epoch(attempt.endedAt));
  else attempt.sharedSpan?.written();
}

function exchangeAttributes(attempt: Attempt): Attributes {
  const { head, headTelemetry, evidence } = attempt;
  const attributes: Attributes = { [ATTR.attemptNumber]: attempt.number, ...headTelemetry?.attributes };
  if (attempt.number > 1) attributes[ATTR.httpResendCount] = attempt.number - 1;
  if (headTelemetry?.requestId !== undefined) attributes[ATTR.providerRequestId] = headTelemetry.requestId;
  if (head !== undefined) {
    attributes[ATTR.httpStatus] = head.status;
    attributes[ATTR.bytesReceived] = evidence?.body?.bytes ?? 0;
    const expected = evidence?.body?.expected ?? head.contentLength;
    if (expected !== undefined) attributes[ATTR.bytesExpected] = expected;
  }
  return attributes;
}
