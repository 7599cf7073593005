import * as api from '@opentelemetry/api';
import type { Attributes, AnyValue, Logger, SeverityNumber } from '@opentelemetry/api';
import type { Operation } from '../operation/operation.ts';
import type { OperationVerdict } from '../verdict/verdict.ts';
import { EVENT_OPERATION_DETAILS, EVENT_OPERATION_EXCEPTION } from './names.ts';
import { SCOPE_NAME, SCOPE_VERSION } from './scope.ts';
import { addVerdict } from './verdict-attributes.ts';

// Severities as the conventions set them; numbers, since the enum exists only since API 1.10.
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const DEBUG: SeverityNumber.DEBUG = 5;
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const WARN: SeverityNumber.WARN = 13;

/** Emits the failure of an operation as a log record, once. It holds no message: a provider's may echo what the caller sent. */
export function emitException(operation: Operation, verdict: Extract<OperationVerdict, { outcome: 'failure' }>): void {
  const attributes: Attributes = { 'exception.type': verdict.error.type };
  addVerdict(attributes, verdict);
  logger()?.emit({
    eventName: EVENT_OPERATION_EXCEPTION,
    severityNumber: WARN,
    severityText: 'WARN',
    context: operation.context,
    attributes,
  });
}

/** Emits the details of an operation with its content as a log record. */
export function emitDetails(operation: Operation, attributes: Attributes, content: Readonly<Record<string, AnyValue>>): void {
  logger()?.emit({
    eventName: EVENT_OPERATION_DETAILS,
    severityNumber: DEBUG,
    severityText: 'DEBUG',
    context: operation.context,
    attributes: { ...attributes, ...content },
  });
}

function logger(): Logger | undefined {
  // The logs API is part of @opentelemetry/api since 1.10; before it there is nowhere to send events.
  const { logs } = api as Partial<typeof api>;
  return logs?.getLogger(SCOPE_NAME, SCOPE_VERSION);
}
