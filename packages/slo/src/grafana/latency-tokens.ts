import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Model, SliKind } from '../model/model.ts';
import { series, sum } from '../prometheus/promql.ts';
import { BASE, LABEL } from '../prometheus/series.ts';
import { dashboard } from './dashboard.ts';
import { DASHBOARDS } from './dashboards.ts';
import type { PanelSpec, Threshold } from './panel.ts';
import { COMMON_VARIABLES, count, legend, selected, WINDOW, type PanelQuery } from './queries.ts';
import { quantile, rate, RAW_METRICS, spread, type RawHistogram } from './raw-metrics.ts';

const BY_MODEL = [LABEL.provider, LABEL.model];

/** How long calls take, and how many tokens they use. The only dashboard that reads metrics as they come: quantiles need whole histograms. */
export function latencyTokens(model: Model): Dashboard {
  const raw = RAW_METRICS[model.source];
  const percentiles = (histogram: RawHistogram): PanelQuery[] => [0.5, 0.9, 0.99].map((q) => ({ expr: quantile(q, histogram, model), legend: `p${q * 100}` }));
  const p95 = (histogram: RawHistogram, by: readonly string[]): PanelQuery[] => [{ expr: quantile(0.95, histogram, model, by), legend: legend(by) }];
  const latencyPromise = promised(model, 'latency');
  const firstChunkPromise = promised(model, 'time_to_first_chunk');

  const latency: PanelSpec[] = [
    {
      kind: 'lines',
      title: 'Time to the whole answer',
      description: 'How long calls took that succeeded, all retries included: half of them at most p50, all but one in a hundred at most p99. Dashed: the thresholds of the latency SLOs. The diamonds are single calls; open one to see its trace.',
      unit: 'seconds',
      queries: percentiles(raw.duration),
      thresholds: latencyPromise,
      exemplars: true,
    },
    {
      kind: 'heatmap',
      title: 'Spread of durations',
      description: 'How many calls that succeeded took how long. Two bands mean two kinds of calls, or a provider of which a part is slow. The diamonds are single calls; open one to see its trace.',
      query: { expr: spread(raw.duration, model), legend: '{{le}}' },
    },
    {
      kind: 'lines',
      title: 'p95 by model',
      description: 'The duration that one in twenty calls exceeds, failed ones aside, by provider and model. One line rising alone points at that model; all rising together at the way there, or at ourselves.',
      unit: 'seconds',
      queries: p95(raw.duration, BY_MODEL),
      thresholds: latencyPromise,
      exemplars: true,
    },
    {
      kind: 'lines',
      title: 'p95 by service and version',
      description: 'The duration that one in twenty calls exceeds, failed ones aside, by service and its version. A new version that is slower asks for longer answers, or more of them at once.',
      unit: 'seconds',
      queries: p95(raw.duration, [LABEL.service, LABEL.version]),
      exemplars: true,
    },
    {
      kind: 'lines',
      title: 'Embeddings',
      description: 'How long embedding calls took that succeeded.',
      unit: 'seconds',
      queries: percentiles(raw.embeddingsDuration),
      exemplars: true,
    },
  ];

  const streaming: PanelSpec[] = [
    {
      kind: 'lines',
      title: 'Time to the first chunk',
      description: 'How long streams took from the request to their first chunk: what a reader waits before anything appears. Dashed: the thresholds of its SLOs.',
      unit: 'seconds',
      queries: percentiles(raw.firstChunk),
      thresholds: firstChunkPromise,
      exemplars: true,
    },
    {
      kind: 'lines',
      title: 'Time to the first chunk, p95 by model',
      description: 'What one in twenty streams exceeds, by provider and model. It rises before anything fails when a provider is overloaded.',
      unit: 'seconds',
      queries: p95(raw.firstChunk, BY_MODEL),
      thresholds: firstChunkPromise,
      exemplars: true,
    },
    ...(raw.outputChunk === undefined
      ? []
      : [
          {
            kind: 'lines',
            title: 'Time per output chunk',
            description: 'How long each chunk after the first took. It rises when a model generates more slowly.',
            unit: 'seconds',
            queries: percentiles(raw.outputChunk),
            exemplars: true,
          } satisfies PanelSpec,
        ]),
  ];

  const tokens: PanelSpec[] = [
    {
      kind: 'bars',
      title: 'Tokens by direction and model',
      description: 'Tokens that providers reported, sent (input) and generated (output). This is what is paid for, failed calls included.',
      unit: 'count',
      queries: [{ expr: count(BASE.tokens, { by: ['direction', LABEL.model], window: WINDOW.step }), legend: `{{direction}} {{${LABEL.model}}}` }],
    },
    ...(raw.operationTokens === undefined
      ? []
      : [
          {
            kind: 'lines',
            title: 'Tokens of one call',
            description: 'How many tokens single calls sent and generated: the median, and what one in twenty exceeds. Growing prompts show here first.',
            unit: 'count',
            queries: Object.entries(raw.operationTokens).flatMap(([direction, histogram]) => [0.5, 0.95].map((q) => ({ expr: quantile(q, histogram, model), legend: `${direction} p${q * 100}` }))),
            exemplars: true,
          } satisfies PanelSpec,
        ]),
    ...(raw.specialTokens === undefined
      ? []
      : [
          {
            kind: 'lines',
            title: 'Cached and reasoning tokens per second',
            description: 'Input tokens that the provider read from or wrote to its cache, and output tokens that it spent on reasoning. A fall of cached tokens makes calls slower and dearer.',
            unit: 'count',
            queries: Object.entries(raw.specialTokens).map(([kind, counter]) => ({ expr: sum([], rate(counter)), legend: kind })),
          } satisfies PanelSpec,
        ]),
  ];

  const load: PanelSpec[] = [
    {
      kind: 'bars',
      title: 'Operations by kind',
      description: 'LLM calls by what was asked for; retries of a call are not counted again.',
      unit: 'count',
      queries: [{ expr: count(BASE.operations, { by: [LABEL.operation], window: WINDOW.step }), legend: legend([LABEL.operation]) }],
    },
    ...(raw.activeOperations === undefined
      ? []
      : [
          {
            kind: 'lines',
            title: 'Active operations',
            description: 'LLM calls under way at each moment. Many of them at the same traffic means that calls take longer, or hang.',
            unit: 'count',
            queries: [{ expr: sum(BY_MODEL, series(raw.activeOperations, ...selected(COMMON_VARIABLES))), legend: legend(BY_MODEL) }],
          } satisfies PanelSpec,
        ]),
  ];

  return dashboard(model, DASHBOARDS.latencyTokens, COMMON_VARIABLES, [
    { title: 'Latency', panels: latency },
    { title: 'Streaming', panels: streaming },
    { title: 'Tokens', panels: tokens },
    { title: 'Load', panels: load },
  ]);
}

/** The thresholds of the SLOs of one kind. */
function promised({ slos }: Model, kind: SliKind & ('latency' | 'time_to_first_chunk')): Threshold[] {
  const values = slos.flatMap(({ sli }) => (sli.kind === kind && 'threshold' in sli ? [sli.threshold] : []));
  return [...new Set(values)].map((value) => ({ value, color: 'red' }));
}
