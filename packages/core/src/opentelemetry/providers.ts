import { trace as api } from '@opentelemetry/api';
import type { MeterProvider, Span, Tracer, TracerProvider } from '@opentelemetry/api';
import { registered, whenRegistered } from './registry.ts';

/** The API's stand-in for a provider that is registered later. */
interface ProxyProvider extends TracerProvider {
  getDelegate(): TracerProvider;
  getDelegateTracer(name: string, version?: string): Tracer | undefined;
  setDelegate(delegate: TracerProvider): void;
}

function isProvider(value: unknown): value is TracerProvider {
  return typeof value === 'object' && value !== null && 'getTracer' in value && typeof value.getTracer === 'function';
}

function isProxy(provider: TracerProvider): provider is ProxyProvider {
  return 'getDelegate' in provider && 'getDelegateTracer' in provider && 'setDelegate' in provider;
}

/** The provider itself: of the API's proxy the one behind it, undefined where there is none yet. */
function actual(provider: unknown): TracerProvider | undefined {
  if (!isProvider(provider)) return undefined;
  if (!isProxy(provider)) return provider;
  const delegate = provider.getDelegate();
  if (delegates.has(delegate)) return delegate;
  // Without a delegate the proxy answers with a provider that records nothing, but with no tracer.
  if (provider.getDelegateTracer('@outspan/core') === undefined) return undefined;
  delegates.add(delegate);
  return delegate;
}

/** Providers that were found behind a proxy: asking one for a tracer costs more than all else here. */
const delegates = new WeakSet<TracerProvider>();

/**
 * The API's `trace`: functions of contexts are the API's own, the provider is the one that is registered now, whichever copy
 * of the API did that.
 */
export const trace = {
  getSpan: (...args: Parameters<typeof api.getSpan>): Span | undefined => api.getSpan(...args),
  setSpan: (...args: Parameters<typeof api.setSpan>): ReturnType<typeof api.setSpan> => api.setSpan(...args),
  wrapSpanContext: (...args: Parameters<typeof api.wrapSpanContext>): Span => api.wrapSpanContext(...args),

  /**
   * The tracer provider in force, and no proxy.
   *
   * @param given the one that an instrumentation was given, which is preferred to the global one
   * @returns undefined where no SDK was started
   */
  getTracerProvider(given?: TracerProvider): TracerProvider | undefined {
    return actual(given) ?? actual(registered('trace'));
  },
} as const;

/**
 * Calls `told` with a tracer provider once it is there: with the given one, or with the one behind the API's proxy as soon as
 * that is set.
 */
export function whenProvided(provider: unknown, told: (provider: TracerProvider) => void): void {
  const present = actual(provider);
  if (present !== undefined) told(present);
  else if (isProvider(provider) && isProxy(provider)) {
    // oxlint-disable-next-line typescript/unbound-method -- applied to this very proxy
    const { setDelegate } = provider;
    provider.setDelegate = (delegate) => {
      provider.setDelegate = setDelegate;
      Reflect.apply(setDelegate, provider, [delegate]);
      whenProvided(provider, told);
    };
  }
}

/**
 * Calls `told` with the global tracer provider, now or when one is registered.
 *
 * @returns a function that stops the waiting
 */
export function whenTracerProviderRegistered(told: (provider: TracerProvider) => void): () => void {
  let waiting = true;
  const stop = whenRegistered('trace', (provider) => {
    whenProvided(provider, (present) => {
      if (waiting) told(present);
    });
  });
  return () => {
    waiting = false;
    stop();
  };
}

function isMeterProvider(value: unknown): value is MeterProvider {
  return typeof value === 'object' && value !== null && 'getMeter' in value && typeof value.getMeter === 'function';
}

/**
 * The meter provider in force.
 *
 * @param given the one that an instrumentation was given: preferred if it measures anything
 * @returns undefined where nothing is measured
 */
export function meterProvider(given?: MeterProvider): MeterProvider | undefined {
  if (given !== undefined && !isNoop(given)) return given;
  const found = registered('metrics');
  return isMeterProvider(found) ? found : undefined;
}

/** Whether a provider is the API's that measures nothing: it has one meter, and one counter, for all. SDKs' providers can be shut down. */
function isNoop(provider: MeterProvider): boolean {
  if ('shutdown' in provider) return false;
  const meter = provider.getMeter('@outspan/core');
  return meter === provider.getMeter('@outspan/core:probe') && meter.createCounter('outspan.probe') === meter.createCounter('outspan.probe.other');
}
