import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { errorRatioWindows } from '../alerts/burn-rate.ts';
import { DEFAULT_MODEL, DEFAULT_SLOS } from '../model/defaults.ts';
import type { Model } from '../model/model.ts';
import { prometheusFiles } from '../prometheus/generate.ts';
import { BASE, errorRatioSeries, SLO_SERIES } from '../prometheus/series.ts';
import { DASHBOARDS } from './dashboards.ts';
import { grafanaFiles } from './generate.ts';

/** What of a dashboard the tests look at. */
interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly schemaVersion: number;
  readonly links: readonly { readonly title: string; readonly type: string; readonly url?: string; readonly includeVars: boolean; readonly keepTime: boolean; readonly placement?: string }[];
  readonly annotations: { readonly list: readonly { readonly expr: string; readonly enable: boolean; readonly titleFormat: string }[] };
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; readonly query: string; readonly allValue?: string }[] };
  readonly panels: readonly PanelJson[];
}

interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly refId: string; readonly exemplar: boolean; readonly datasource: { readonly uid: string } }[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly links?: readonly { readonly url: string }[]; readonly thresholds?: { readonly steps: readonly { readonly value: number | null }[] } };
    readonly overrides: readonly { readonly matcher: { readonly options: string }; readonly properties: readonly { readonly id: string; readonly value: unknown }[] }[];
  };
  readonly options?: { readonly yAxis?: { readonly unit?: string } };
}

const NAMES = Object.values(DASHBOARDS);
const LINKED: Model = { ...DEFAULT_MODEL, links: { runbooks: 'https://runbooks.example.com', grafana: 'https://grafana.example.com', jaeger: 'https://jaeger.example.com' } };
/** Both sources, both kinds of histograms, SLOs by labels of one's own, and windows of a rehearsal. */
const MODELS: readonly (readonly [what: string, model: Model])[] = [
  ...(['metrics', 'span_metrics'] as const).flatMap((source) => (['classic', 'native'] as const).map((histograms): [string, Model] => [`${source}, ${histograms}`, { ...DEFAULT_MODEL, source, histograms }])),
  ['links', LINKED],
  ['a label of one’s own', { ...DEFAULT_MODEL, labels: ['team'], slos: DEFAULT_SLOS.map((slo, index) => ({ ...slo, by: index === 0 ? [] : ['team', 'gen_ai_request_model'] })) }],
  ['a rehearsal', { ...DEFAULT_MODEL, interval: 1, ingestionDelay: 1, timeScale: 1 / 600 }],
  ['no SLO', { ...DEFAULT_MODEL, slos: [] }],
];

function dashboardsOf(model: Model): DashboardJson[] {
  return grafanaFiles(model)
    .filter(({ path }) => path.endsWith('.json'))
    .map(({ text }): DashboardJson => JSON.parse(text));
}

function dashboardOf(model: Model, { uid }: { readonly uid: string }): DashboardJson {
  const found = dashboardsOf(model).find((dashboard) => dashboard.uid === uid);
  if (found === undefined) throw new Error(`no dashboard ${uid}`);
  return found;
}

function panelOf(model: Model, name: { readonly uid: string }, title: string): PanelJson | undefined {
  return dashboardOf(model, name).panels.find((panel) => panel.title === title);
}

function queriesOf({ panels }: DashboardJson): string[] {
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
}

/** The series that a variable's values come from: `label_values(series, label)`. */
function lookupsOf({ templating }: DashboardJson): string[] {
  return templating.list.filter(({ type }) => type === 'query').map(({ query }) => /^label_values\((.+), \w+\)$/.exec(query)?.[1] ?? `not a lookup: ${query}`);
}

/** How Grafana writes the values that are chosen of a variable: as the Prometheus data source does it, or in a format that the query names. `undefined` for all. */
function chosen(values: readonly string[] | undefined, format: string | undefined): string {
  if (values === undefined) return '.*';
  const escape = (value: string): string =>
    format === 'regex'
      ? value.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
      : value.replaceAll('\\', '\\\\\\\\').replaceAll('"', String.raw`\\\"`).replaceAll(/[$^*{}[\]+?.()|]/g, String.raw`\\$&`);
  const escaped = values.map(escape);
  return escaped.length === 1 ? escaped.join('') : `(${escaped.join('|')})`;
}

function interpolate(query: string, values: readonly string[] | undefined): string {
  const windows: Readonly<Record<string, string>> = { __interval: '1m', __rate_interval: '4m', __range: '21600s' };
  return query.replaceAll(/\$(?:(\w+)|\{(\w+)(?::(\w+))?\})/g, (_, plain?: string, braced?: string, format?: string) => windows[plain ?? braced ?? ''] ?? chosen(values, format));
}

function syntaxErrors(query: string): string[] {
  const errors: string[] = [];
  parser.parse(query).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) errors.push(`at ${from}: ${query.slice(Math.max(0, from - 30), to + 30)}`);
    },
  });
  return errors;
}

function seriesIn(query: string): string[] {
  const names: string[] = [];
  parser.parse(interpolate(query, undefined)).iterate({
    enter: ({ name, node }) => {
      if (name !== 'VectorSelector') return;
      const identifier = node.getChild('Identifier');
      names.push(identifier === null ? 'a selector without a name' : interpolate(query, undefined).slice(identifier.from, identifier.to));
    },
  });
  return names;
}

const SELECTIONS: readonly (readonly [what: string, values: readonly string[] | undefined])[] = [
  ['everything', undefined],
  ['one model with a dot', ['gpt-4.1']],
  ['hostile values', ['a"} or vector(1) #', String.raw`back\slash`, '{{curly}} (round) [square]', 'new\\nline', '.*']],
];

describe('grafanaFiles and prometheusFiles', () => {
  it.each(MODELS)('read only metrics that are recorded whatever OTEL_SEMCONV_STABILITY_OPT_IN says: %s', (_what, model) => {
    const read = [...grafanaFiles(model), ...prometheusFiles(model)].flatMap(({ text }) => text.match(/\bgen_ai_client_[a-z_]+/g) ?? []);
    expect(read.filter((name) => !/^gen_ai_client_(?:inference|embeddings)_/.test(name))).toEqual([]);
    expect(read.length > 0).toBe(model.source === 'metrics');
  });
});

describe('grafanaFiles', () => {
  it('writes four dashboards and what provisions them', () => {
    expect(grafanaFiles(DEFAULT_MODEL).map(({ path }) => path)).toEqual([
      'grafana/overview.json',
      'grafana/provider-incident.json',
      'grafana/latency-tokens.json',
      'grafana/retries-truncation.json',
      'grafana/provisioning/datasources.yaml',
      'grafana/provisioning/dashboards.yaml',
    ]);
  });

  it('gives dashboards names that links can rely on', () => {
    expect(dashboardsOf(DEFAULT_MODEL).map(({ uid, title }) => ({ uid, title }))).toEqual(NAMES.map(({ uid, title }) => ({ uid, title })));
    expect(NAMES.map(({ uid }) => uid)).toEqual(['outspan-overview', 'outspan-provider-incident', 'outspan-latency-tokens', 'outspan-retries-truncation']);
  });

  describe.each(MODELS)('for %s', (_, model) => {
    it('gives the same bytes again', () => {
      expect(grafanaFiles(structuredClone(model))).toEqual(grafanaFiles(model));
    });

    it.each(SELECTIONS)('writes queries that parse with %s chosen', (_what, values) => {
      const queries = dashboardsOf(model).flatMap((dashboard) => [...queriesOf(dashboard), ...lookupsOf(dashboard), ...dashboard.annotations.list.map(({ expr }) => expr)]);
      expect(queries.length).toBeGreaterThan(20);
      expect(queries.flatMap((query) => syntaxErrors(interpolate(query, values)))).toEqual([]);
    });

    it('reads recorded series, and metrics as they come only for quantiles', () => {
      const recorded = new Set<string>([...Object.values(BASE), ...Object.values(SLO_SERIES), ...errorRatioWindows(model).map(errorRatioSeries)]);
      const raw = RAW[model.source][model.histograms];
      for (const dashboard of dashboardsOf(model)) {
        const known = dashboard.uid === DASHBOARDS.latencyTokens.uid ? new Set([...recorded, ...raw]) : recorded;
        const read = [...queriesOf(dashboard), ...lookupsOf(dashboard)].flatMap(seriesIn);
        expect(read.length).toBeGreaterThan(0);
        expect(read.filter((name) => !known.has(name))).toEqual([]);
      }
    });

    it('reads nothing that the rules do not record', () => {
      const rules = prometheusFiles(model).map(({ text }) => text).join('');
      const recorded = new Set([...rules.matchAll(/record: "?([\w:]+)/g)].map(([, name]) => name));
      const read = dashboardsOf(model).flatMap(queriesOf).flatMap(seriesIn).filter((name) => name.includes(':'));
      expect(read.length).toBeGreaterThan(0);
      expect(read.filter((name) => !recorded.has(name))).toEqual([]);
    });

    it('uses only variables that the dashboard has', () => {
      for (const dashboard of dashboardsOf(model)) {
        const variables = new Set([...dashboard.templating.list.map(({ name }) => name), '__interval', '__rate_interval', '__range']);
        const used = queriesOf(dashboard).flatMap((query) => [...query.matchAll(/\$(\w+)/g)].map(([, name]) => name));
        expect(used.filter((name) => name === undefined || !variables.has(name))).toEqual([]);
      }
    });

    it('explains every panel, gives it a unit, and lets no two overlap', () => {
      for (const { panels } of dashboardsOf(model)) {
        expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
        const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => Array.from({ length: w * h }, (_cell, index) => `${x + (index % w)},${y + Math.floor(index / w)}`));
        expect(new Set(cells).size).toBe(cells.length);
        for (const { gridPos, type, title, description, targets, fieldConfig, options } of panels) {
          expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
          if (type === 'row') continue;
          expect(description, title).toMatch(/^\S.{20,}\.$/s);
          expect(targets?.every(({ datasource }) => datasource.uid === '${datasource}'), title).toBe(true);
          expect(new Set(targets?.map(({ refId }) => refId)).size, title).toBe(targets?.length);
          const units = [fieldConfig?.defaults.unit, options?.yAxis?.unit, ...(fieldConfig?.overrides ?? []).flatMap(({ properties }) => properties.filter(({ id }) => id === 'unit').map(({ value }) => value))];
          expect(units.some((unit) => unit !== undefined), title).toBe(true);
        }
      }
    });

    it('asks for exemplars wherever a histogram is read', () => {
      for (const { panels } of dashboardsOf(model)) {
        for (const { expr, exemplar } of panels.flatMap(({ targets = [] }) => targets)) expect(exemplar, expr).toBe(/_bucket\{|histogram_quantile|rate\(\w+_seconds\{/.test(expr));
      }
    });

    it('links the dashboards with each other, with what is chosen', () => {
      for (const { tags, links } of dashboardsOf(model)) {
        expect(tags).toEqual(['outspan']);
        expect(links[0]).toMatchObject({ type: 'dashboards', tags: ['outspan'], includeVars: true, keepTime: true });
        expect(links[0]).not.toHaveProperty('placement');
      }
    });
  });

  it('marks when an alert fired that is about what is chosen', () => {
    for (const { annotations } of dashboardsOf(DEFAULT_MODEL)) {
      expect(annotations.list).toHaveLength(1);
      expect(annotations.list[0]).toMatchObject({ enable: true, titleFormat: '{{alertname}}' });
      expect(annotations.list[0]?.expr).toMatch(/^ALERTS\{alertname=~"OutspanProviderIncident\|.*", alertstate="firing", .*gen_ai_provider_name=~"\$provider\|"/);
    }
  });

  it('draws the thresholds of the model', () => {
    const model: Model = {
      ...DEFAULT_MODEL,
      slos: DEFAULT_SLOS.map((slo) => (slo.sli.kind === 'latency' ? { ...slo, sli: { kind: 'latency', threshold: 2.56 } } : slo)),
      alerts: { ...DEFAULT_MODEL.alerts, failingRatio: 0.42, healthyRatio: 0.02, retryStormAttempts: 2.5, lowHeadroomRatio: 0.15 },
    };
    const thresholds = (name: { readonly uid: string }, title: string): (number | null)[] | undefined => panelOf(model, name, title)?.fieldConfig?.defaults.thresholds?.steps.map(({ value }) => value);
    expect(thresholds(DASHBOARDS.providerIncident, 'Failing share, every provider')).toEqual([null, 0.02, 0.42]);
    expect(thresholds(DASHBOARDS.latencyTokens, 'Time to the whole answer')).toEqual([null, 2.56]);
    expect(thresholds(DASHBOARDS.latencyTokens, 'Time to the first chunk')).toEqual([null, 5.12]);
    expect(thresholds(DASHBOARDS.retriesTruncation, 'Attempts per operation')).toEqual([null, 2.5]);
    expect(thresholds(DASHBOARDS.retriesTruncation, 'Rate limit headroom')).toEqual([null, 0.15]);
  });

  it('shows the burn rate of every long window that alerts, and colours it by the rates that do', () => {
    const columns = panelOf(DEFAULT_MODEL, DASHBOARDS.overview, 'Objectives')?.fieldConfig?.overrides.filter(({ matcher }) => matcher.options.startsWith('Burn rate'));
    expect(columns?.map(({ matcher, properties }) => [matcher.options, properties.find(({ id }) => id === 'thresholds')?.value])).toEqual([
      ['Burn rate, 1h', { mode: 'absolute', steps: [{ value: null, color: 'green' }, { value: 14.4, color: 'red' }] }],
      ['Burn rate, 6h', { mode: 'absolute', steps: [{ value: null, color: 'green' }, { value: 6, color: 'red' }] }],
      ['Burn rate, 1d', { mode: 'absolute', steps: [{ value: null, color: 'green' }, { value: 3, color: 'orange' }] }],
      ['Burn rate, 3d', { mode: 'absolute', steps: [{ value: null, color: 'green' }, { value: 1, color: 'orange' }] }],
    ]);
  });

  it('shows other providers beside the one that is chosen', () => {
    const [target] = panelOf(DEFAULT_MODEL, DASHBOARDS.providerIncident, 'Failing share, every provider')?.targets ?? [];
    expect(target?.expr).toContain('$service');
    expect(target?.expr).not.toContain('$provider');
  });

  it('keeps SLOs in sight that are not kept by what is chosen', () => {
    const [target] = panelOf(DEFAULT_MODEL, DASHBOARDS.overview, 'Budget left')?.targets ?? [];
    expect(target?.expr).toContain('gen_ai_provider_name=~"$provider|"');
  });

  it('leaves out what spans cannot tell', () => {
    const titles = (source: Model['source']): string[] => dashboardsOf({ ...DEFAULT_MODEL, source }).flatMap(({ panels }) => panels.map(({ title }) => title));
    const fromSpans = titles('span_metrics');
    expect(titles('metrics').filter((title) => !fromSpans.includes(title))).toEqual(['Failing share of attempts by class', 'Time per output chunk', 'Tokens of one call', 'Cached and reasoning tokens per second', 'Active operations']);
  });

  it('leaves out objectives where there are none', () => {
    const overview = dashboardOf({ ...DEFAULT_MODEL, slos: [] }, DASHBOARDS.overview);
    expect(queriesOf(overview).flatMap(seriesIn).filter((name) => name.includes('slo'))).toEqual([]);
    expect(overview.templating.list.map(({ name }) => name)).not.toContain('slo');
  });

  it('leads to Jaeger and the runbooks only where the model says where they are', () => {
    const outside = (model: Model): (string | undefined)[] => dashboardOf(model, DASHBOARDS.overview).links.slice(1).map(({ url }) => url);
    expect(outside(DEFAULT_MODEL)).toEqual([]);
    expect(outside(LINKED)).toEqual(['https://jaeger.example.com/search', 'https://runbooks.example.com']);
    const panelLinks = (model: Model): PanelJson[] => dashboardsOf(model).flatMap(({ panels }) => panels.filter(({ fieldConfig }) => fieldConfig?.defaults.links !== undefined));
    expect(panelLinks(DEFAULT_MODEL)).toEqual([]);
    const linked = panelLinks(LINKED);
    expect(linked.length).toBeGreaterThan(2);
    for (const { title, targets = [], fieldConfig } of linked) {
      // Jaeger searches within a service, which the series must tell.
      expect(targets.every(({ expr }) => expr.includes('sum by (service_name')), title).toBe(true);
      expect(fieldConfig?.defaults.links?.map(({ url }) => url)).toEqual(['https://jaeger.example.com/search?service=${__field.labels.service_name:percentencode}&tags=%7B%22error%22%3A%22true%22%7D&lookback=custom&start=${__from}000&end=${__to}000']);
    }
  });

  it('provisions data sources whose addresses come from the environment, and exemplars that lead to Jaeger', () => {
    const text = grafanaFiles(LINKED).find(({ path }) => path === 'grafana/provisioning/datasources.yaml')?.text ?? '';
    expect(parse(text)).toEqual({
      apiVersion: 1,
      datasources: [
        {
          name: 'Outspan Prometheus',
          uid: 'outspan-prometheus',
          type: 'prometheus',
          access: 'proxy',
          url: '${PROMETHEUS_URL}',
          jsonData: {
            httpMethod: 'POST',
            timeInterval: '60s',
            exemplarTraceIdDestinations: [
              { name: 'trace_id', datasourceUid: 'outspan-jaeger', urlDisplayLabel: 'Trace in Grafana' },
              { name: 'trace_id', url: 'https://jaeger.example.com/trace/$${__value.raw}', urlDisplayLabel: 'Trace in Jaeger' },
            ],
          },
        },
        { name: 'Outspan Jaeger', uid: 'outspan-jaeger', type: 'jaeger', access: 'proxy', url: '${JAEGER_URL}' },
      ],
    });
  });

  it('provisions the dashboards from a folder', () => {
    const text = grafanaFiles(DEFAULT_MODEL).find(({ path }) => path === 'grafana/provisioning/dashboards.yaml')?.text ?? '';
    expect(parse(text)).toEqual({ apiVersion: 1, providers: [{ name: 'outspan', folder: 'Outspan', type: 'file', allowUiUpdates: false, options: { path: '/var/lib/grafana/dashboards/outspan' } }] });
    expect(text).toContain('# Mount the folder of the generated dashboards at /var/lib/grafana/dashboards/outspan.');
  });
});

const HISTOGRAMS = ['gen_ai_client_inference_duration_seconds', 'gen_ai_client_embeddings_duration_seconds', 'gen_ai_client_inference_time_to_first_chunk_seconds', 'gen_ai_client_inference_time_per_output_chunk_seconds', 'gen_ai_client_inference_operation_input_tokens', 'gen_ai_client_inference_operation_output_tokens'];
const OTHERS = ['gen_ai_client_inference_usage_cache_read_input_tokens_total', 'gen_ai_client_inference_usage_cache_write_input_tokens_total', 'gen_ai_client_inference_usage_reasoning_output_tokens_total', 'outspan_client_active_operations'];
const SPAN_HISTOGRAMS = ['outspan_spans_operations_duration_seconds', 'outspan_spans_first_chunk_duration_seconds'];

/** Metrics as applications and the Collector's connector send them, as Prometheus names them. */
const RAW: Readonly<Record<Model['source'], Readonly<Record<Model['histograms'], readonly string[]>>>> = {
  metrics: { classic: [...HISTOGRAMS.map((name) => `${name}_bucket`), ...OTHERS], native: [...HISTOGRAMS, ...OTHERS] },
  span_metrics: { classic: SPAN_HISTOGRAMS.map((name) => `${name}_bucket`), native: SPAN_HISTOGRAMS },
};
