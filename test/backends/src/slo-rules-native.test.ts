import { describe, expect, it } from 'vitest';
import { DEFAULT_MODEL } from '../../../packages/slo/src/model/defaults.ts';
import type { Model, Slo, Source } from '../../../packages/slo/src/model/model.ts';
import { prometheusFiles, ruleGroups } from '../../../packages/slo/src/prometheus/generate.ts';
import { binaries, haveBackends } from './binaries.ts';
import { testRules, type RuleTest } from './promtool.ts';

const LATENCY: Slo = { name: 'latency', description: '', sli: { kind: 'latency', threshold: 16 }, objective: 0.9, window: 30 * 86_400, by: ['service_name'], where: {}, alerts: { page: false, ticket: false } };

/** A native histogram of so many observations of 1.5 s and of 20 s. Bounds of schema 0 are the powers of two. */
function observed(fast: number, slow: number): string {
  return `{{schema:0 count:${fast + slow} sum:${fast * 1.5 + slow * 20} buckets:[0 ${fast} 0 0 0 ${slow}]}}`;
}

const SERIES: Readonly<Record<Source, { readonly durations: string; readonly attempts: readonly string[] }>> = {
  metrics: { durations: 'gen_ai_client_inference_duration_seconds{service_name="shop"}', attempts: ['outspan_client_attempts_total{service_name="shop"}'] },
  // Attempts are a second each, and no native histogram.
  span_metrics: {
    durations: 'outspan_spans_operations_duration_seconds{service_name="shop", outspan_operation_outcome="success"}',
    attempts: ['outspan_spans_attempts_duration_seconds_sum{service_name="shop"}', 'outspan_spans_attempts_duration_seconds_count{service_name="shop"}'],
  },
};

describe.runIf(haveBackends)('rules for native histograms', () => {
  it.for(['metrics', 'span_metrics'] as const)('count exactly, with the first sample and after a restart, from %s', async (source) => {
    const model: Model = { ...DEFAULT_MODEL, source, histograms: 'native', slos: [LATENCY] };
    const figure = (series: string, value: number): NonNullable<RuleTest['promql_expr_test']>[number] => ({ expr: `round(sum(sum_over_time(${series}[10m])), 0.001)`, eval_time: '9m', exp_samples: [{ labels: '{}', value }] });
    const test: RuleTest = {
      name: 'native',
      interval: '1m',
      input_series: [
        // Three, then five more, then none, then a new process with four.
        { series: SERIES[source].durations, values: `_ ${observed(2, 1)} ${observed(6, 2)} ${observed(6, 2)} ${observed(1, 3)} ${observed(1, 3)}` },
        ...SERIES[source].attempts.map((series) => ({ series, values: '_ 3 9 4' })),
      ],
      promql_expr_test: [
        figure('outspan:durations:increase', 12),
        figure('outspan:durations_within:increase{threshold="16"}', 7),
        figure('outspan:duration_seconds:increase', 7 * 1.5 + 5 * 20),
        figure('outspan:slo_valid:increase', 12),
        figure('outspan:slo_bad:increase', 5),
        figure('outspan:attempts:increase', 13),
      ],
    };
    const rules = prometheusFiles(model).map(({ text }) => text).join('\n');
    const results = await testRules(binaries().promtool, [{ rules, groups: ruleGroups(model).map(({ name }) => name), interval: 60, tests: [test] }]);
    expect(results.get('native')).toBe('');
  });
});
