import { environment } from '@outspan/core';
import { isFunction, isObject } from '@outspan/sdk-boundary';

const VARIABLE = 'MISTRAL_SDK_TELEMETRY';

/** The providers that applications registered with the copies of the SDK that are loaded. */
const registered = new Set<() => unknown>();

/** Notes where one copy of the SDK keeps the tracer provider that the application registers with it. */
export function noteRegisteredProvider(exports: object): () => void {
  const get: unknown = Reflect.get(exports, 'getRegisteredTracerProvider');
  if (!isFunction(get)) return () => undefined;
  const read = (): unknown => Reflect.apply(get, undefined, []);
  registered.add(read);
  return () => void registered.delete(read);
}

/**
 * Whether the SDK will make a span of its own for this client's next request, on a provider of the application's. A provider
 * that it makes for itself (`dedicated`) sends to Mistral: the application's backend sees nothing of that.
 *
 * It follows what the SDK's own hook does at each request.
 */
export function tracesItself(client: unknown): boolean {
  const hook = hookOf(client);
  if (hook === undefined) return false;
  const { tracerProvider, _autoTelemetryProvider: own, _telemetryUseGlobalProvider: global, _telemetryAutoDisabled: decided } = hook;
  if (tracerProvider !== undefined) return tracerProvider !== own;
  if (global === true) return true;
  const said = decided === true ? undefined : environment()[VARIABLE]?.trim().toLowerCase();
  return said === 'global' || [...registered].some((read) => read() !== undefined);
}

function hookOf(client: unknown): Readonly<Record<string, unknown>> | undefined {
  const options = isObject(client) ? client['_options'] : undefined;
  const hooks = isObject(options) ? options['hooks'] : undefined;
  const before = isObject(hooks) ? hooks['beforeRequestHooks'] : undefined;
  if (!Array.isArray(before)) return undefined;
  return before.find((hook: unknown) => isObject(hook) && hook['_mistralTracingHook'] === true);
}
