import { metrics } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { registeredGlobally } from './opentelemetry-globals.ts';

/** Milliseconds after which a provider is looked for; the first look is right after all preloaded modules have run. */
const LOOKS = [0, 50, 250, 1_000, 5_000, 30_000] as const;

/**
 * Gives the instrumentations the meter provider once the application has registered one. Tracers and loggers got
 * early turn into real ones by themselves; meters do not.
 */
export function followMeterProvider(instrumentations: readonly Instrumentation[]): void {
  const look = (index: number): void => {
    if (registeredGlobally('metrics') !== undefined) {
      for (const instrumentation of instrumentations) instrumentation.setMeterProvider(metrics.getMeterProvider());
      return;
    }
    const delay = LOOKS[index];
    if (delay !== undefined) setTimeout(look, delay, index + 1).unref();
  };
  // Registered before us: the instrumentations have been given it when they were created.
  if (registeredGlobally('metrics') === undefined) look(0);
}
