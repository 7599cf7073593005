import { loggerProvider, meterProvider, trace } from '@outspan/core';

type Signal = 'trace' | 'metrics' | 'logs';

const PROVIDERS: Readonly<Record<Signal, () => object | undefined>> = { trace: () => trace.getTracerProvider(), metrics: () => meterProvider(), logs: () => loggerProvider() };

/** The provider of a signal that is registered globally, itself and not the proxy that it is behind. */
export function providerOf(name: Signal): object | undefined {
  return PROVIDERS[name]();
}
