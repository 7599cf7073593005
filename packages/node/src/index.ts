/**
 * `@outspan/node`: truthful OpenTelemetry traces of LLM calls.
 *
 * Most applications need none of this: `node --import @outspan/node/register app.js` does it all.
 */
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { hookedModules } from './hooked-modules.ts';
import { enabledInstrumentations, liveInstrumentations, type OutspanInstrumentationOptions } from './instrumentations.ts';
import { hookModules } from './module-hook.ts';

export type { InstrumentationName, OutspanInstrumentationOptions } from './instrumentations.ts';
export { TreeSpanProcessor, type TreeOptions } from './console-tree/tree-span-processor.ts';
export { coverage, type CoveredSdk, type Coverage } from './coverage.ts';
export type { Paint, Palette } from './console-tree/colours.ts';

/**
 * Every Outspan instrumentation, for `registerInstrumentations({ instrumentations })` or `new NodeSDK({ instrumentations })`.
 *
 * Call it before the SDKs of the providers are imported: it also hooks ES modules of those names (and no others).
 * There is one of each per thread: a second call returns the same ones with its options applied. Obeys
 * `OTEL_NODE_ENABLED_INSTRUMENTATIONS` and `OTEL_NODE_DISABLED_INSTRUMENTATIONS`. Never throws.
 *
 * @param options configuration per instrumentation, by package name
 */
export function outspanInstrumentations(options: OutspanInstrumentationOptions = {}): Instrumentation[] {
  const live = liveInstrumentations(enabledInstrumentations(process.env), options);
  hookModules(hookedModules(live));
  return live;
}
