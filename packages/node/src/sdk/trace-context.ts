import type { Context, Span, SpanOptions, TextMapPropagator, Tracer } from '@opentelemetry/api';
import { diag, isNativeScope, recogniseProvider, registered, trace } from '@outspan/core';

function isPropagator(value: unknown): value is Pick<TextMapPropagator, 'inject'> {
  return typeof value === 'object' && value !== null && 'inject' in value && typeof value.inject === 'function';
}

/** Whether a span that is about to start is of a call to a public provider. */
function goesToPublicProvider(options: SpanOptions | undefined): boolean {
  const address = options?.attributes?.['server.address'];
  if (typeof address !== 'string' || !URL.canParse(`https://${address}`)) return false;
  return recogniseProvider(new URL(`https://${address}`), 'anthropic.messages', []).public;
}

/** Notes the spans of a tracer that are of calls to public providers, those that a sampler leaves out among them. */
function watch(tracer: Tracer, calls: WeakSet<Span>): void {
  // oxlint-disable-next-line typescript/unbound-method -- applied to this very tracer
  const { startSpan } = tracer;
  tracer.startSpan = function startWatched(name, options, context) {
    const span = Reflect.apply(startSpan, tracer, [name, options, context]);
    if (goesToPublicProvider(options)) calls.add(span);
    return span;
  };
}

/**
 * Lets the propagator that was registered send nothing with the calls that an SDK traces itself (Anthropic's) and sends to a
 * public provider: it would send trace context and baggage there, because it finds a propagator where there was none.
 */
export function keepContextFromPublicProviders(): void {
  const propagator = registered('propagation');
  const provider = trace.getTracerProvider();
  if (!isPropagator(propagator) || provider === undefined) return;
  const calls = new WeakSet<Span>();
  const watched = new WeakSet<Tracer>();
  // oxlint-disable-next-line typescript/unbound-method -- applied to this very provider
  const { getTracer } = provider;
  provider.getTracer = function getWatched(name, ...rest) {
    const tracer = Reflect.apply(getTracer, provider, [name, ...rest]);
    try {
      if (isNativeScope(name) && !watched.has(tracer)) {
        watched.add(tracer);
        watch(tracer, calls);
      }
    } catch (error) {
      diag.debug('a tracer cannot be watched, its trace context goes to whom it calls', error);
    }
    return tracer;
  };
  // oxlint-disable-next-line typescript/unbound-method -- applied to this very propagator
  const { inject } = propagator;
  propagator.inject = function injectUnlessPublic(context: Context, ...rest) {
    const span = trace.getSpan(context);
    if (span === undefined || !calls.has(span)) Reflect.apply(inject, propagator, [context, ...rest]);
  };
}
