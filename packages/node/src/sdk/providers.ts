import type { Attributes, TextMapPropagator } from '@opentelemetry/api';
import { diag } from '@outspan/core';
import { logRecordProcessors, metricReaders, spanProcessors } from './exporters.ts';
import type { Values } from './exporters.ts';
import { apiVersionOf } from './find.ts';
import type { FoundSdk } from './find.ts';
import { make, packageOf, tracePackage } from './modules.ts';
import { detectedResource } from './resource.ts';
import type { GivenResource } from './resource.ts';

/** What is added to what the variables ask for. */
export interface Additions {
  readonly spanProcessors: readonly object[];
  readonly metricReaders: readonly object[];
  readonly resource: Attributes | GivenResource;
}

/** The providers that an SDK consists of; a signal that nothing is done with has none. */
export interface Providers {
  readonly contextManager: object;
  readonly propagator: object | undefined;
  readonly trace: object | undefined;
  readonly metrics: object | undefined;
  readonly logs: object | undefined;
}

const PROPAGATORS: Readonly<Record<string, (sdk: FoundSdk) => object>> = {
  tracecontext: (sdk) => make(sdk, '@opentelemetry/core', 'W3CTraceContextPropagator'),
  baggage: (sdk) => make(sdk, '@opentelemetry/core', 'W3CBaggagePropagator'),
  b3: (sdk) => make(sdk, '@opentelemetry/propagator-b3', 'B3Propagator'),
  // `B3InjectEncoding.MULTI_HEADER`
  b3multi: (sdk) => make(sdk, '@opentelemetry/propagator-b3', 'B3Propagator', { injectEncoding: 1 }),
};

function propagator(sdk: FoundSdk, values: Values): object | undefined {
  const names = (values['OTEL_PROPAGATORS'] ?? 'tracecontext,baggage').split(',');
  if (names.includes('none')) return undefined;
  const propagators = names.flatMap((name) => PROPAGATORS[name]?.(sdk) ?? []);
  const { CompositePropagator } = packageOf(sdk, '@opentelemetry/core');
  return propagators.length > 1 ? new CompositePropagator({ propagators: propagators.filter(isPropagator) }) : propagators[0];
}

function isPropagator(value: object): value is TextMapPropagator {
  return 'inject' in value && 'extract' in value;
}

function ratio(values: Values): number {
  const asked = values['OTEL_TRACES_SAMPLER_ARG'];
  if (asked === undefined) diag.warn('OTEL_TRACES_SAMPLER_ARG is not set: every trace is sampled');
  return Number(asked ?? 1);
}

const SAMPLERS: Readonly<Record<string, (sdk: FoundSdk, values: Values) => object>> = {
  always_on: (sdk) => make(sdk, tracePackage(sdk), 'AlwaysOnSampler'),
  always_off: (sdk) => make(sdk, tracePackage(sdk), 'AlwaysOffSampler'),
  traceidratio: (sdk, values) => make(sdk, tracePackage(sdk), 'TraceIdRatioBasedSampler', ratio(values)),
};

const PARENT_BASED = 'parentbased_';

function sampler(sdk: FoundSdk, values: Values): object | undefined {
  const name = values['OTEL_TRACES_SAMPLER'];
  if (name === undefined) return undefined;
  if (!name.startsWith(PARENT_BASED)) return SAMPLERS[name]?.(sdk, values);
  const root = SAMPLERS[name.slice(PARENT_BASED.length)]?.(sdk, values);
  return root === undefined ? undefined : make(sdk, tracePackage(sdk), 'ParentBasedSampler', { root });
}

/** Limits by the variables that set them, the more special first. */
const SPAN_LIMITS = {
  attributeCountLimit: ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
  attributeValueLengthLimit: ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
  eventCountLimit: ['OTEL_SPAN_EVENT_COUNT_LIMIT'],
  linkCountLimit: ['OTEL_SPAN_LINK_COUNT_LIMIT'],
  attributePerEventCountLimit: ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT'],
  attributePerLinkCountLimit: ['OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'],
} as const;

const LOG_RECORD_LIMITS = {
  attributeCountLimit: ['OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
  attributeValueLengthLimit: ['OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
} as const;

function limits(table: Readonly<Record<string, readonly string[]>>, values: Values): Readonly<Record<string, number>> {
  const set = Object.entries(table).map(([limit, variables]) => [limit, variables.map((name) => values[name]).find((value) => value !== undefined)] as const);
  return Object.fromEntries(set.flatMap(([limit, value]) => (value === undefined ? [] : [[limit, Number(value)]])));
}

/** Whether the SDK can make log records with the API that it finds: SDK 3 needs 1.10 for them. */
function canLog(sdk: FoundSdk): boolean {
  const { createNoopLogger } = packageOf(sdk, '@opentelemetry/api');
  const isSdk3 = !sdk.version.startsWith('0.2');
  if (!isSdk3 || typeof createNoopLogger === 'function') return true;
  diag.warn(`@opentelemetry/sdk-node ${sdk.version} needs @opentelemetry/api 1.10 and finds ${apiVersionOf(sdk) ?? 'an older one'}: log records are not exported`);
  return false;
}

/**
 * Makes the providers that the variables ask for, of whatever generation the SDK is. `process.env` must hold the same values:
 * the SDK reads it as well.
 *
 * @param observed whether the SDK is to count what it does, where it can
 */
export function makeProviders(sdk: FoundSdk, values: Values, observed: boolean, additions: Additions): Providers {
  const { AsyncLocalStorageContextManager } = packageOf(sdk, '@opentelemetry/context-async-hooks');
  const resource = detectedResource(sdk, values['OTEL_NODE_RESOURCE_DETECTORS'], additions.resource);
  const readers = [...metricReaders(sdk, values), ...additions.metricReaders];
  const metrics = readers.length === 0 ? undefined : make(sdk, '@opentelemetry/sdk-metrics', 'MeterProvider', { resource, readers, sdkMetricsEnabled: observed });
  const observer = observed ? metrics : undefined;
  const processors = [...additions.spanProcessors, ...spanProcessors(sdk, values, observer)];
  const chosen = sampler(sdk, values);
  const traced = { resource, spanProcessors: processors, spanLimits: limits(SPAN_LIMITS, values), ...(chosen && { sampler: chosen }), ...(observer && { meterProvider: observer }) };
  const logged = canLog(sdk) ? logRecordProcessors(sdk, values, observer) : [];
  return {
    contextManager: new AsyncLocalStorageContextManager().enable(),
    propagator: propagator(sdk, values),
    metrics,
    trace: processors.length === 0 ? undefined : make(sdk, tracePackage(sdk), sdk.likeSdk3 ? 'TracerProvider' : 'BasicTracerProvider', traced),
    logs: logged.length === 0 ? undefined : make(sdk, '@opentelemetry/sdk-logs', 'LoggerProvider', { resource, processors: logged, logRecordLimits: limits(LOG_RECORD_LIMITS, values), ...(observer && { meterProvider: observer }) }),
  };
}
