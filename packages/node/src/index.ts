/**
 * `@outspan/node`: truthful OpenTelemetry traces of LLM calls.
 *
 * Most applications need none of this: `node --import @outspan/node/register app.js` does it all.
 */
import type { OutspanInstrumentation } from '@outspan/core';
import { beside } from './begin.ts';
import { enabledInstrumentations, liveInstrumentations, type OutspanInstrumentationOptions } from './instrumentations.ts';

export { withCallAttributes, type CallAttributes } from '@outspan/core';
export type { InstrumentationName, OutspanInstrumentationOptions } from './instrumentations.ts';
export { TreeSpanProcessor, type TreeOptions } from './console-tree/tree-span-processor.ts';
export { coverage, type CoveredSdk, type Coverage } from './coverage.ts';
export { flush, shutdown } from './ending/flush.ts';
export type { FolderReport, RunReport } from './doctor/report.ts';
export type { GivenResource } from './sdk/resource.ts';
export { start, type ForeignInstrumentation, type MetricReader, type SpanProcessor, type StartOptions } from './start.ts';
export type { Paint, Palette } from './console-tree/colours.ts';

/**
 * Every Outspan instrumentation, for `registerInstrumentations({ instrumentations })` or `new NodeSDK({ instrumentations })`.
 *
 * Call it before the SDKs of the providers are imported: it also hooks their ES modules (and no others).
 * There is one of each per thread: a second call returns the same ones with its options applied. Obeys
 * `OTEL_NODE_ENABLED_INSTRUMENTATIONS` and `OTEL_NODE_DISABLED_INSTRUMENTATIONS`. Never throws.
 *
 * @param options configuration per instrumentation, by package name
 */
export function outspanInstrumentations(options: OutspanInstrumentationOptions = {}): OutspanInstrumentation[] {
  const live = liveInstrumentations(enabledInstrumentations(process.env), options);
  beside(live);
  return live;
}
