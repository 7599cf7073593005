import { createContextKey, type Context } from '@opentelemetry/api';
import { context } from '@outspan/core';

/** What @opentelemetry/core's suppressTracing sets, and exporters run under. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** Whether what runs now is known to be an exporter's own, and not the application's. */
export function isSuppressed(): boolean {
  return context.active().getValue(SUPPRESSED) === true;
}

/** Runs what exports where everything that it starts is known to be its own, and not the application's. */
export function suppressed<T>(work: () => T, within: Context = context.active()): T {
  return context.with(within.setValue(SUPPRESSED, true), work);
}
