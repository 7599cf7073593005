import { diag } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';

function isNamed(value: unknown): value is { readonly name: string } {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}

/** A module to be hooked: a specifier as applications write it, or a file of a package by its URL. */
export type HookedModule = string | RegExp;

/**
 * The modules that the instrumentations patch, as they declare them: the only ones to be hooked. Files are hooked by where
 * they are, since a bundler's development server or a test runner imports them by URL.
 */
export function hookedModules(instrumentations: readonly Instrumentation[]): HookedModule[] {
  const names = new Set<string>();
  const files = new Set<string>();
  for (const instrumentation of instrumentations) {
    try {
      if (!('getModuleDefinitions' in instrumentation) || typeof instrumentation.getModuleDefinitions !== 'function') continue;
      const definitions: unknown = instrumentation.getModuleDefinitions();
      for (const definition of Array.isArray(definitions) ? definitions : []) {
        if (!isNamed(definition)) continue;
        // Of some packages only files are patched.
        if ('patch' in definition && typeof definition.patch === 'function') names.add(definition.name);
        const declared: unknown = 'files' in definition ? definition.files : [];
        for (const file of Array.isArray(declared) ? declared : []) if (isNamed(file) && !file.name.endsWith('.cjs')) files.add(file.name);
      }
    } catch (error) {
      diag.warn(`outspan: ${instrumentation.instrumentationName} does not say which modules it patches`, error);
    }
  }
  return [...names, ...[...files].map(byUrl)];
}

function byUrl(file: string): RegExp {
  return new RegExp(`/node_modules/${file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}
