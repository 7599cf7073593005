import { describe, expect, it } from 'vitest';
import { DEFAULT_MODEL } from '../model/defaults.ts';
import { LABEL } from '../prometheus/series.ts';
import { prometheusFiles } from '../prometheus/generate.ts';
import { SOURCE_METRICS } from './source-metrics.ts';

const LABELS: ReadonlySet<string> = new Set([...Object.values(LABEL), 'outspan_token_type']);

/** Names of metrics in the rules' expressions, histograms without the suffix of their series. */
function metricsIn(rules: string): readonly string[] {
  const words = [...rules.matchAll(/(?<![\w:])(?:outspan|gen_ai)_\w+/g)].map(([word]) => word);
  const names = words.filter((word) => !LABELS.has(word) && /_(?:total|seconds|remaining|limit|tokens)(?:_(?:bucket|sum|count))?$/.test(word));
  return [...new Set(names.map((name) => name.replace(/_(?:bucket|sum|count)$/, '')))].sort();
}

describe('the metrics that a live check asks for', () => {
  it.each(['metrics', 'span_metrics'] as const)('are those that the rules read from %s', (source) => {
    const rules = prometheusFiles({ ...DEFAULT_MODEL, source }).map(({ text }) => text).join('\n');
    expect(SOURCE_METRICS[source].map(({ name }) => name).toSorted()).toEqual(metricsIn(rules));
  });
});
