import { exportersOf, processorsOf, type Provider } from '../../last-export/exporters.ts';
import { method, reach } from '../../last-export/reach.ts';
import { classOf } from '../../last-export/class-of.ts';
import type { Registry } from './record.ts';

const KEY = Symbol.for('opentelemetry.js.api.1');
/** Where the logs API of SDK 2 registers: a function that is asked by the version of its protocol. */
const LEGACY_LOGS = Symbol.for('io.opentelemetry.js.api.logs');
const LEGACY_PROTOCOL = 1;

/** A proxy may delegate to another proxy, or to itself. */
const MOST_PROXIES = 5;

/** The provider behind the API's proxies. Undefined if a proxy has no delegate yet. */
function behind(value: unknown, most: number = MOST_PROXIES): unknown {
  const isProxy = method(value, 'setDelegate') !== undefined || method(value, '_setDelegate') !== undefined;
  if (!isProxy) return value;
  return most === 0 ? undefined : behind(reach(value, '_delegate'), most - 1);
}

function legacyLogs(): unknown {
  const get: unknown = Reflect.get(globalThis, LEGACY_LOGS);
  return typeof get === 'function' ? Reflect.apply(get, undefined, [LEGACY_PROTOCOL]) : undefined;
}

/** The provider of a signal that is registered, itself and no proxy. */
export function registeredProvider(provider: Provider): unknown {
  const registered = behind(reach(Reflect.get(globalThis, KEY), provider));
  return provider === 'logs' ? (registered ?? behind(legacyLogs())) : registered;
}

/** Where SDKs keep the sampler of a provider. */
const SAMPLERS = [
  ['_tracerOptions', 'sampler'],
  ['_config', 'sampler'],
] as const;

function samplerOf(provider: unknown): string | undefined {
  const sampler = SAMPLERS.map((path) => reach(provider, ...path)).find((found) => found !== undefined);
  const described = method(sampler, 'toString')?.();
  return typeof described === 'string' ? described : undefined;
}

function fieldsOf(propagator: unknown): readonly string[] {
  try {
    const fields = method(propagator, 'fields')?.();
    return Array.isArray(fields) ? fields.map(String) : [];
  } catch {
    return [];
  }
}

/** Whether a provider is one of OpenTelemetry's SDKs, whose processors can be seen. */
function showsProcessors(provider: unknown): boolean {
  return Array.isArray(reach(provider, '_activeSpanProcessor', '_spanProcessors'));
}

/** A processor, by its class and that of its exporter. */
function processorName(processor: unknown): string {
  const [exporter] = exportersOf(processor);
  return exporter === processor ? (classOf(processor) ?? 'unknown') : `${classOf(processor)} → ${classOf(exporter)}`;
}

/** What is registered in this thread. Undefined where nothing ever was. */
export function readRegistry(): Registry | undefined {
  const registry: unknown = Reflect.get(globalThis, KEY);
  const [trace, metrics, logs] = [registeredProvider('trace'), registeredProvider('metrics'), registeredProvider('logs')];
  if (registry === undefined && logs === undefined) return undefined;
  const version = reach(registry, 'version');
  const propagator = reach(registry, 'propagation');
  const loggerProvider = classOf(logs);
  const [tracerProvider, propagatorName] = [classOf(trace), classOf(propagator)];
  return {
    version: typeof version === 'string' ? version : undefined,
    tracerProvider: tracerProvider === undefined ? undefined : { name: tracerProvider, sampler: samplerOf(trace), processors: showsProcessors(trace) ? processorsOf(trace).map(processorName) : undefined },
    meterProvider: classOf(metrics),
    loggerProvider: loggerProvider === undefined ? undefined : { name: loggerProvider, by: reach(registry, 'logs') === undefined ? 'api-logs' : 'api' },
    contextManager: classOf(reach(registry, 'context')),
    propagator: propagatorName === undefined ? undefined : { name: propagatorName, fields: fieldsOf(propagator) },
  };
}
