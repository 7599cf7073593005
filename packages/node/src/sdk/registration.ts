import { diag, registered, registryVersion } from '@outspan/core';
import { apiVersionOf } from './find.ts';
import type { FoundSdk } from './find.ts';
import { packageOf } from './modules.ts';
import type { Providers } from './providers.ts';

type Signal = 'context' | 'propagation' | 'trace' | 'metrics' | 'logs';

/** Each API of `@opentelemetry/api`, and what it calls its registering. */
const SETTERS: Readonly<Record<Signal, readonly [api: string, setter: string]>> = {
  context: ['context', 'setGlobalContextManager'],
  propagation: ['propagation', 'setGlobalPropagator'],
  trace: ['trace', 'setGlobalTracerProvider'],
  metrics: ['metrics', 'setGlobalMeterProvider'],
  logs: ['logs', 'setGlobalLoggerProvider'],
};

function setGlobally(from: unknown, signal: Signal, instance: object): boolean {
  const [name, setter] = SETTERS[signal];
  const api: unknown = typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;
  const set: unknown = typeof api === 'object' && api !== null ? Reflect.get(api, setter) : undefined;
  return typeof set === 'function' && Boolean(Reflect.apply(set, api, [instance]));
}

/** The API of log records: since API 1.10 a part of it, before that a package of its own. */
function logsApi(sdk: FoundSdk): unknown {
  const api = packageOf(sdk, '@opentelemetry/api');
  return 'logs' in api ? api : sdk.load('@opentelemetry/api-logs');
}

const REGISTRY = Symbol.for('opentelemetry.js.api.1');

/** Registers where the API would not, since another version of it has registered something before. */
function putIntoRegistry(signal: Signal, instance: object): boolean {
  const registry: unknown = Reflect.get(globalThis, REGISTRY);
  return registered(signal) === undefined && typeof registry === 'object' && registry !== null && Reflect.set(registry, signal, instance);
}

/** Registers the providers globally, by the copy of the API that the SDK uses. */
export function registerProviders(sdk: FoundSdk, { contextManager, logs, metrics, propagator, trace }: Providers): void {
  const api = packageOf(sdk, '@opentelemetry/api');
  const given = { context: contextManager, propagation: propagator, trace, metrics } as const;
  let refused = false;
  for (const signal of ['context', 'propagation', 'metrics', 'trace'] as const) {
    const instance = given[signal];
    if (instance === undefined || setGlobally(api, signal, instance)) continue;
    refused = true;
    putIntoRegistry(signal, instance);
  }
  if (logs !== undefined) setGlobally(logsApi(sdk), 'logs', logs);
  if (refused) sayRefusal(sdk);
}

function sayRefusal(sdk: FoundSdk): void {
  const [first, own] = [registryVersion(), apiVersionOf(sdk)];
  if (first === own) return;
  diag.warn(`two versions of @opentelemetry/api are in use: ${first} registered first, and the SDK in ${sdk.folder} uses ${own}. LLM calls are recorded; spans that code makes by ${own} itself are not`);
}
