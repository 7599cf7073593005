import { createContextKey } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import type { Operation } from './operation.ts';
import type { PendingCall } from './pending-call.ts';

// createContextKey is Symbol.for underneath: the ESM and the CJS copy of this package share the key.
const OPERATION: symbol = createContextKey('outspan.operation.v1');
// The key that @opentelemetry/core's suppressTracing sets; asked for by name so as not to depend on that package.
const SUPPRESSED: symbol = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** The operation that a context belongs to, if any. */
export function operationOf(context: Context): Operation | undefined {
  const value = context.getValue(OPERATION);
  return isOperation(value) ? value : undefined;
}

/** A context that belongs to `operation`. */
export function withOperation(context: Context, operation: Operation): Context {
  return context.setValue(OPERATION, operation);
}

/** The framework's loop that a context is in, if none of its operations is nearer. */
export function pendingCallOf(context: Context): PendingCall | undefined {
  const value = context.getValue(OPERATION);
  return isPendingCall(value) ? value : undefined;
}

/** A context in which operations are to be those of `pending`. */
export function withPendingCall(context: Context, pending: PendingCall): Context {
  return context.setValue(OPERATION, pending);
}

/** Whether a context is inside an operation, or a framework's loop around one. */
export function inCall(context: Context): boolean {
  return context.getValue(OPERATION) !== undefined;
}

/** The context, as of what is no part of an operation that was started in it. */
export function withoutOperation(context: Context): Context {
  return context.deleteValue(OPERATION);
}

/** Whether the application (or an exporter) asked for no tracing here. */
export function isSuppressed(context: Context): boolean {
  return context.getValue(SUPPRESSED) === true;
}

// Not instanceof: the operation may come from this package's other copy.
function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'attemptStarted' in value;
}

function isPendingCall(value: unknown): value is PendingCall {
  return typeof value === 'object' && value !== null && 'nextTry' in value;
}
