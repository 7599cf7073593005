import { defaultTextMapGetter, defaultTextMapSetter, propagation as api } from '@opentelemetry/api';
import type { Baggage, Context, TextMapPropagator } from '@opentelemetry/api';
import { registered } from './registry.ts';

function propagator(): TextMapPropagator | undefined {
  const found = registered('propagation');
  return isPropagator(found) && !followsSentry(found) ? found : undefined;
}

/** Sentry's propagator takes no context but the one that a registered context manager says is active. Without a manager Sentry sends its headers by itself. */
function followsSentry(found: TextMapPropagator): boolean {
  return registered('context') === undefined && found.fields().includes('sentry-trace');
}

function isPropagator(value: unknown): value is TextMapPropagator {
  return typeof value === 'object' && value !== null && 'inject' in value && 'extract' in value && 'fields' in value;
}

/** The API's `propagation`, by the propagator that is registered now, whichever copy of the API did that. */
export const propagation = {
  /** The baggage of `context`, whichever copy of the API set it. */
  getBaggage: (context: Context): Baggage | undefined => api.getBaggage(context),

  /** Writes what a receiver should know of `context` into `carrier`. No-op where no propagator is registered. */
  inject(context: Context, carrier: Record<string, string>): void {
    propagator()?.inject(context, carrier, defaultTextMapSetter);
  },

  /** A context with what `carrier` holds, or `context` itself where no propagator is registered. */
  extract(context: Context, carrier: unknown): Context {
    return propagator()?.extract(context, carrier, defaultTextMapGetter) ?? context;
  },
} as const;
