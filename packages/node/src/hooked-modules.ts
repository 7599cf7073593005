import { diag } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';

function isNamed(value: unknown): value is { readonly name: string } {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}

/**
 * The names of the modules that the instrumentations patch, as they declare them: the only ones to be hooked.
 * Built-in modules are left out, none of ours patches one.
 */
export function hookedModules(instrumentations: readonly Instrumentation[]): string[] {
  const names = new Set<string>();
  for (const instrumentation of instrumentations) {
    try {
      if (!('getModuleDefinitions' in instrumentation) || typeof instrumentation.getModuleDefinitions !== 'function') continue;
      const definitions: unknown = instrumentation.getModuleDefinitions();
      for (const definition of Array.isArray(definitions) ? definitions : []) if (isNamed(definition)) names.add(definition.name);
    } catch (error) {
      diag.warn(`outspan: ${instrumentation.instrumentationName} does not say which modules it patches`, error);
    }
  }
  return [...names];
}
