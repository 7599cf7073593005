import type { Boundary } from './verdict/vocabulary.ts';

/** What an inspector is told. */
export type Inspected =
  /** An LLM call started. `recorded`: its span records, so that the SDK exports it. */
  | { readonly kind: 'call'; readonly boundary: Boundary; readonly recorded: boolean }
  /** A file of an SDK was loaded that holds what is hooked. `hooked: false`: it is not built as the known versions are. */
  | { readonly kind: 'hook'; readonly sdk: string; readonly version: string | undefined; readonly path: string; readonly hooked: boolean }
  /** Something was announced, by the cause that is announced once. */
  | { readonly kind: 'announcement'; readonly cause: string }
  | { readonly kind: 'message'; readonly level: 'error' | 'warn' | 'info'; readonly text: string };

/** `npx @outspan/node doctor -- …` puts its inspector here, before the application starts. Otherwise nothing is there. */
const INSPECTOR = Symbol.for('outspan.inspector.v1');

/**
 * Passes a fact to the inspector of this thread, if there is one. All copies of this package share it. Never throws.
 *
 * @param event only called where there is an inspector
 */
export function inspect(event: () => Inspected): void {
  const inspector: unknown = Reflect.get(globalThis, INSPECTOR);
  if (typeof inspector !== 'function') return;
  try {
    Reflect.apply(inspector, undefined, [event()]);
  } catch {
    // The doctor then reports less.
  }
}
