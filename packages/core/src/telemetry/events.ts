import type { Attributes } from '@opentelemetry/api';
import { logger, loggerProvider } from '../opentelemetry/loggers.ts';
import type { Operation } from '../operation/operation.ts';
import type { OperationVerdict } from '../verdict/verdict.ts';
import { EVENT_OPERATION_DETAILS, EVENT_OPERATION_EXCEPTION } from './names.ts';
import { SCOPE_NAME, SCOPE_VERSION } from './scope.ts';
import { addVerdict } from './verdict-attributes.ts';

// Severities as the conventions set them; numbers, since the enum exists only since API 1.10.
const DEBUG = 5;
const WARN = 13;

const CLASS_NAME = /^[A-Za-z_$][\w$]{0,127}$/;

/** Whether anybody takes events. */
export function hasLogger(): boolean {
  return loggerProvider() !== undefined;
}

/** Emits the failure of an operation as a log record, once. Its type is the class that the SDK threw, else the `error.type`. It holds no message: a provider's may echo what the caller sent. */
export function emitException(operation: Operation, verdict: Extract<OperationVerdict, { outcome: 'failure' }>): void {
  const taker = logger(SCOPE_NAME, SCOPE_VERSION);
  if (taker === undefined) return;
  const attributes: Attributes = { 'exception.type': operation.threw?.names.find((name) => CLASS_NAME.test(name)) ?? verdict.error.type };
  addVerdict(attributes, verdict);
  taker.emit({
    eventName: EVENT_OPERATION_EXCEPTION,
    severityNumber: WARN,
    severityText: 'WARN',
    context: operation.context,
    attributes,
  });
}

/** Emits the details of an operation with its content as a log record. */
export function emitDetails(operation: Operation, attributes: Attributes, content: Readonly<Record<string, unknown>>): void {
  logger(SCOPE_NAME, SCOPE_VERSION)?.emit({
    eventName: EVENT_OPERATION_DETAILS,
    severityNumber: DEBUG,
    severityText: 'DEBUG',
    context: operation.context,
    attributes: { ...attributes, ...content },
  });
}
