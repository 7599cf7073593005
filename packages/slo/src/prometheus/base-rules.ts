import type { Model, SliKind, Source } from '../model/model.ts';
import type { RecordingRule } from './rule.ts';
import { BASE, STANDARD_LABELS } from './series.ts';
import { metricsSource } from './sources/metrics.ts';
import type { SourceExpressions } from './sources/source.ts';
import { spanMetricsSource } from './sources/span-metrics.ts';

const SOURCES: Readonly<Record<Source, SourceExpressions>> = { metrics: metricsSource, span_metrics: spanMetricsSource };

/** Rules that record the base series from whatever the source calls them. */
export function baseRules(model: Model): readonly RecordingRule[] {
  const source = SOURCES[model.source](model, [...new Set([...STANDARD_LABELS, ...model.labels])]);
  const directions = ['input', 'output'] as const;
  return [
    { record: BASE.operations, expr: source.operations },
    { record: BASE.attempts, expr: source.attempts },
    { record: BASE.durations, expr: source.durations },
    ...thresholds(model, 'latency').map((threshold) => ({ record: BASE.durationsWithin, expr: source.durationsWithin(threshold), labels: thresholdLabel(threshold) })),
    { record: BASE.durationSum, expr: source.durationSum },
    { record: BASE.firstChunks, expr: source.firstChunks },
    ...thresholds(model, 'time_to_first_chunk').map((threshold) => ({ record: BASE.firstChunksWithin, expr: source.firstChunksWithin(threshold), labels: thresholdLabel(threshold) })),
    { record: BASE.retryDelay, expr: source.retryDelay },
    ...directions.map((direction) => ({ record: BASE.tokens, expr: source.tokens(direction), labels: { direction } })),
    ...directions.map((direction) => ({ record: BASE.tokensWasted, expr: source.tokensWasted(direction), labels: { direction } })),
    { record: BASE.servedModels, expr: source.servedModels },
    { record: BASE.headroom, expr: source.headroom },
  ];
}

/** The label of series that count what stayed within a threshold. */
export function thresholdLabel(threshold: number): { readonly threshold: string } {
  return { threshold: String(threshold) };
}

function thresholds({ slos }: Model, kind: SliKind): readonly number[] {
  const found = slos.flatMap(({ sli }) => (sli.kind === kind && 'threshold' in sli ? [sli.threshold] : []));
  return [...new Set(found)].sort((a, b) => a - b);
}
