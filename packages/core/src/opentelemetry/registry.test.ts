import { createRequire } from 'node:module';
import { metrics, trace as apiTrace } from '@opentelemetry/api';
import type * as Api from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, expect, it } from 'vitest';
import { meterProvider, trace, whenTracerProviderRegistered } from './providers.ts';
import { registered, registryVersion, whenRegistered } from './registry.ts';

/** The other copy of the API: its CommonJS build, which has globals, proxies and constants of its own. */
const otherCopy: typeof Api = createRequire(import.meta.url)('@opentelemetry/api');
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

const provider = (): TracerProvider => new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: new InMemorySpanExporter() })] });

afterEach(() => {
  for (const api of [apiTrace, otherCopy.trace]) api.disable();
  Reflect.deleteProperty(globalThis, REGISTRY);
});

/** Whatever version another copy may have, it writes into the same object. */
function registerAs(version: string, instances: Readonly<Record<string, object>>): void {
  Reflect.set(globalThis, REGISTRY, { version, ...instances });
}

it('finds nothing where nothing is registered', () => {
  expect([registered('trace'), registryVersion(), trace.getTracerProvider(), meterProvider()]).toEqual([undefined, undefined, undefined, undefined]);
});

it('finds what either copy of the API has registered, and not the copy’s proxy', () => {
  expect(otherCopy.trace).not.toBe(apiTrace);
  for (const api of [apiTrace, otherCopy.trace]) {
    const own = provider();
    api.setGlobalTracerProvider(own);
    expect(trace.getTracerProvider()).toBe(own);
    api.disable();
    expect(trace.getTracerProvider()).toBeUndefined();
  }
});

it.each(['1.9.0', '1.10.0', '1.99.3'])('finds what API %s has registered', (version) => {
  const own = provider();
  const measures = new MeterProvider();
  registerAs(version, { trace: own, metrics: measures });
  expect([registryVersion(), trace.getTracerProvider(), meterProvider()]).toEqual([version, own, measures]);
});

it('prefers a given provider to the registered one, unless the given one is a stand-in', () => {
  const [own, given] = [provider(), provider()];
  apiTrace.setGlobalTracerProvider(own);
  expect(trace.getTracerProvider(given)).toBe(given);
  expect(trace.getTracerProvider(new otherCopy.ProxyTracerProvider())).toBe(own);
  const measures = new MeterProvider();
  otherCopy.metrics.setGlobalMeterProvider(measures);
  // What an instrumentation gets where nobody has given it any.
  expect(meterProvider(otherCopy.createNoopMeter === undefined ? undefined : { getMeter: () => otherCopy.createNoopMeter() })).toBe(measures);
  expect(meterProvider(metrics.getMeterProvider())).toBe(measures);
});

it('calls a watcher when any copy of the API registers a provider later', () => {
  for (const api of [apiTrace, otherCopy.trace]) {
    const told: unknown[] = [];
    whenTracerProviderRegistered((registeredNow) => told.push(registeredNow));
    expect(told).toEqual([]);
    const own = provider();
    api.setGlobalTracerProvider(own);
    expect(told).toEqual([own]);
    api.disable();
    Reflect.deleteProperty(globalThis, REGISTRY);
  }
});

it('calls a watcher when a provider is set behind a proxy that was registered before', () => {
  otherCopy.metrics.setGlobalMeterProvider(new MeterProvider());
  const proxy = new otherCopy.ProxyTracerProvider();
  const told: unknown[] = [];
  whenTracerProviderRegistered((found) => told.push(found));
  const stop = whenTracerProviderRegistered((found) => told.push(['after the stop', found]));
  stop();
  Reflect.set(Object(Reflect.get(globalThis, REGISTRY)), 'trace', proxy);
  expect(told).toEqual([]);
  const own = provider();
  proxy.setDelegate(own);
  expect(told).toEqual([own]);
  expect(trace.getTracerProvider()).toBe(own);
});

it('leaves the registry’s properties as they were made, and goes on when a watcher throws', () => {
  const told: unknown[] = [];
  whenRegistered('propagation', () => {
    throw new Error('a watcher');
  });
  whenRegistered('propagation', (found) => told.push(found));
  const propagator = new otherCopy.ProxyTracerProvider();
  registerAs('1.10.0', {});
  const registry = Object(Reflect.get(globalThis, REGISTRY));
  Reflect.set(registry, 'propagation', propagator);
  expect(told).toEqual([propagator]);
  expect(Object.getOwnPropertyDescriptor(registry, 'propagation')).toEqual({ value: propagator, configurable: true, enumerable: true, writable: true });
  Reflect.set(registry, 'propagation', {});
  expect(told).toEqual([propagator]);
});
