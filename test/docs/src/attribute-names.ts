import { ATTR } from '@outspan/core';
import { COUNTERS, GAUGES, HISTOGRAMS, METRIC_ATTR, UP_DOWN_COUNTERS } from '../../../packages/core/src/telemetry/metrics/instruments.ts';
import type { Metric } from '../../../packages/core/src/telemetry/metrics/instruments.ts';
import * as fromBodies from '../../../packages/core/src/dialects/attribute-names.ts';

const RATE_LIMITS = ['requests', 'tokens'].flatMap((subject) => ['limit', 'remaining', 'reset'].map((figure) => `outspan.rate_limit.${subject}.${figure}`));
const MODALITIES = ['text', 'image', 'audio'].flatMap((modality) => ['input', 'output'].map((side) => `gen_ai.usage.${modality}.${side}_tokens`));

/** Every attribute that the code can write to a span. The last two groups are put together where they are written. */
export const ATTRIBUTE_NAMES: ReadonlySet<string> = new Set([...Object.values(ATTR).map(asDocumented), ...Object.values(fromBodies), ...RATE_LIMITS, ...MODALITIES]);

/** The name in the documents: they say what follows a prefix. */
export function asDocumented(attribute: string): string {
  return attribute.startsWith(ATTR.promptVariable) ? `${ATTR.promptVariable}<name>` : attribute;
}

/** Every metric by its kind of instrument. */
export const METRICS_BY_KIND: Readonly<Record<string, readonly Metric[]>> = {
  histogram: Object.values(HISTOGRAMS),
  counter: Object.values(COUNTERS),
  'up-down counter': Object.values(UP_DOWN_COUNTERS),
  gauge: Object.values(GAUGES),
};

export const METRIC_NAMES: ReadonlySet<string> = new Set(Object.values(METRICS_BY_KIND).flatMap((metrics) => metrics.map(({ name }) => name)));
/** Attributes that only metrics carry. */
export const METRIC_ATTRIBUTE_NAMES: ReadonlySet<string> = new Set(Object.values(METRIC_ATTR));
