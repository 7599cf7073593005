import { createRequire } from 'node:module';
import { ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import type * as Api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterEach, expect, it } from 'vitest';
import { propagation } from './propagation.ts';

const otherCopy: typeof Api = createRequire(import.meta.url)('@opentelemetry/api');
const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED };
const within = trace.setSpanContext(ROOT_CONTEXT, spanContext);

function register(field: string): void {
  otherCopy.propagation.setGlobalPropagator({
    fields: () => [field],
    inject(context, carrier, setter) {
      setter.set(carrier, field, otherCopy.trace.getSpanContext(context)?.spanId ?? '');
    },
    extract: (context, carrier, getter) => otherCopy.trace.setSpanContext(context, { ...spanContext, spanId: String(getter.get(carrier, field)) }),
  });
}

function injected(): Record<string, string> {
  const carrier = {};
  propagation.inject(within, carrier);
  return carrier;
}

afterEach(() => {
  otherCopy.propagation.disable();
  otherCopy.context.disable();
});

it('writes nothing, and finds nothing, where no propagator is registered', () => {
  expect(injected()).toEqual({});
  expect(propagation.extract(within, {})).toBe(within);
});

it('writes and reads by the propagator that another copy of the API has registered', () => {
  register('traceparent');
  expect(injected()).toEqual({ traceparent: spanContext.spanId });
  expect(trace.getSpanContext(propagation.extract(ROOT_CONTEXT, { traceparent: 'c'.repeat(16) }))?.spanId).toBe('c'.repeat(16));
});

it('leaves Sentry’s propagator alone where it has no context manager to follow', () => {
  register('sentry-trace');
  expect(injected()).toEqual({});
  otherCopy.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  expect(injected()).toEqual({ 'sentry-trace': spanContext.spanId });
});
