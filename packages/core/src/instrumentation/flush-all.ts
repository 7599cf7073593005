import { guard } from '../guard.ts';
import { loggerProvider } from '../opentelemetry/loggers.ts';
import { meterProvider, trace } from '../opentelemetry/providers.ts';
import type { OutspanInstrumentation } from './instrumentation.ts';

/** Ends the calls that wait for a retry, and exports everything that has ended so far. Never rejects. */
export async function flushAll(live: Iterable<OutspanInstrumentation>): Promise<void> {
  for (const one of live) guard('ending what waits', () => one.flush());
  await Promise.all([trace.getTracerProvider(), meterProvider(), loggerProvider()].map(forceFlush));
}

async function forceFlush(provider: object | undefined): Promise<void> {
  try {
    if (provider !== undefined && 'forceFlush' in provider && typeof provider.forceFlush === 'function') await provider.forceFlush();
  } catch {
    // The exporter has said so through diag.
  }
}
