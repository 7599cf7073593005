import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import type { HeadTelemetry } from '../head/head-facts.ts';
import type { Attempt } from '../operation/attempt.ts';
import type { Operation } from '../operation/operation.ts';
import { ATTR } from './names.ts';
import { addressOf, portOf, recordableQuery, recordableUrl } from './url.ts';
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
  if (span.isRecording()) {
    span.setAttributes({ ...exchangeAttributes(attempt), ...verdictAttributes(verdict) });
    if (verdict.outcome === 'failure') span.setStatus({ code: SpanStatusCode.ERROR, message: verdictDescription(verdict) });
  }
  if (attempt.sharedSpan === undefined) span.end(operation.timeline.epoch(attempt.endedAt));
  else attempt.sharedSpan.written();
}

function exchangeAttributes(attempt: Attempt): Attributes {
  const { head, headTelemetry, evidence } = attempt;
  const attributes: Attributes = { [ATTR.attemptNumber]: attempt.number, ...(headTelemetry && headAttributes(headTelemetry)) };
  if (attempt.number > 1) attributes[ATTR.httpResendCount] = attempt.number - 1;
  if (attempt.sharedSpan !== undefined) {
    // Its owner wrote the URL as it is, and a URL can hold a key.
    attributes[ATTR.urlFull] = recordableUrl(attempt.start.url);
    if (attempt.start.url.search !== '') attributes[ATTR.urlQuery] = recordableQuery(attempt.start.url).slice(1);
  }
  if (head !== undefined) {
    attributes[ATTR.httpStatus] = head.status;
    attributes[ATTR.bytesReceived] = evidence?.body?.bytes ?? 0;
    const expected = evidence?.body?.expected ?? head.contentLength;
    if (expected !== undefined) attributes[ATTR.bytesExpected] = expected;
  }
  return attributes;
}

function headAttributes(head: HeadTelemetry): Attributes {
  const attributes: Attributes = {};
  const set = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) attributes[name] = value;
  };
  set(ATTR.providerRequestId, head.requestId);
  set(ATTR.providerProcessingTime, head.processingTime);
  set(ATTR.edgeLocation, head.edgeLocation);
  set(ATTR.retryAfter, head.retryAfter);
  for (const subject of ['requests', 'tokens'] as const) {
    const figures = head.rateLimits[subject];
    for (const figure of ['limit', 'remaining', 'reset'] as const) set(`outspan.rate_limit.${subject}.${figure}`, figures?.[figure]);
  }
  return attributes;
}
