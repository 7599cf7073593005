import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ALERTS } from '../alerts/catalogue.ts';
import { DEFAULT_MODEL, DEFAULT_SLOS } from '../model/defaults.ts';
import type { Model, Slo } from '../model/model.ts';
import { alertRules } from '../alerts/rules.ts';
import { prometheusFiles, ruleGroups } from './generate.ts';
import { BASE, RECENT, SLO_SERIES, errorRatioSeries } from './series.ts';

const HOSTILE = ['a"b', 'c}{d', 'e\nf', 'g\\h', '{{ $value }}', '.*', 'x'.repeat(10_000)];
const HOSTILE_SLO: Slo = {
  name: 'hostile',
  description: 'Promised to "all" {{ $value }}\nof them',
  sli: { kind: 'availability', faults: ['unknown'] },
  objective: 0.9,
  window: 7 * 86_400,
  by: [],
  where: { gen_ai_request_model: HOSTILE, gen_ai_provider_name: ['a"b'] },
  alerts: { page: true, ticket: true },
};
const LINKS: Model['links'] = { runbooks: 'https://runbooks.test/{{ x }}', grafana: 'https://grafana.test', jaeger: 'https://jaeger.test' };

const MODELS: readonly (readonly [name: string, model: Model])[] = (['metrics', 'span_metrics'] as const).flatMap((source) =>
  (['classic', 'native'] as const).flatMap((histograms) => [
    [`defaults from ${source}, ${histograms} histograms`, { ...DEFAULT_MODEL, source, histograms }] as const,
    [`hostile values from ${source}, ${histograms} histograms`, { ...DEFAULT_MODEL, source, histograms, links: LINKS, labels: ['server_address'], slos: [...DEFAULT_SLOS, HOSTILE_SLO] }] as const,
  ]),
);

function rulesOf(model: Model): { name: string; expr: string; annotations: Readonly<Record<string, string>> }[] {
  return ruleGroups(model).flatMap(({ rules }) => rules.map((rule) => ('alert' in rule ? { ...rule, name: rule.alert } : { ...rule, name: rule.record, annotations: {} })));
}

function namesIn(expr: string): string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({ enter: ({ name, from, to }) => void (name === 'VectorSelector' && names.push(expr.slice(from, to).replace(/\{[\s\S]*/, '').trim())) });
  return names;
}

function syntaxErrors(expr: string): string[] {
  const errors: string[] = [];
  parser.parse(expr).iterate({ enter: ({ type, from }) => void (type.isError && errors.push(`at ${from} of ${expr}`)) });
  return errors;
}

/** As Prometheus would expand it, for labels that are called `x`. */
function expanded(template: string): string {
  return template.replaceAll(/\{\{ printf "%q" \$labels\.\w+ \}\}/g, '"x"').replaceAll('{{ "{{" }}', '{{');
}

describe.each(MODELS)("Prometheus' rules of %s", (_, model) => {
  it('parse, every one', () => {
    expect(rulesOf(model).flatMap(({ expr }) => syntaxErrors(expr))).toEqual([]);
  });

  it('lead to queries that parse', () => {
    const queries = [...alertRules(model).map(({ query }) => query), ...rulesOf(model).flatMap(({ annotations: { query } }) => (query === undefined ? [] : [expanded(query)]))];
    expect(queries.length).toBeGreaterThan(2 * model.slos.length);
    expect(queries.flatMap(syntaxErrors)).toEqual([]);
  });

  it('read in SLOs and alerts only what other rules record', () => {
    const groups = ruleGroups(model);
    const recorded = new Set(groups.flatMap(({ rules }) => rules.flatMap((rule) => ('record' in rule ? [rule.record] : []))));
    const read = groups.slice(1).flatMap(({ rules }) => rules.flatMap(({ expr }) => namesIn(expr)));
    expect(read.filter((name) => !recorded.has(name) && name !== 'ALERTS')).toEqual([]);
  });

  it('record every series that dashboards and runbooks may read', () => {
    const recorded = new Set(rulesOf(model).map(({ name }) => name));
    for (const name of [...Object.values(BASE), ...Object.values(SLO_SERIES), ...Object.values(RECENT)]) expect(recorded).toContain(name);
  });

  it('are the same when the file is read again, and each time they are made', () => {
    const [file] = prometheusFiles(model);
    expect(parse(file?.text ?? '')).toEqual({ groups: ruleGroups(model) });
    expect(prometheusFiles(model)).toEqual([file]);
  });
});

describe("Prometheus' rules", () => {
  const alertsIn = (model: Model): string[] => rulesOf(model).flatMap(({ name, annotations }) => ('summary' in annotations ? [name] : []));

  it('have every alert of the catalogue', () => {
    expect(new Set(alertsIn(DEFAULT_MODEL))).toEqual(new Set(ALERTS.map(({ name }) => name)));
  });

  it('leave out alerts that are disabled', () => {
    const disabled = ['OutspanErrorBudgetBurn', 'OutspanModelChanged'];
    expect(alertsIn({ ...DEFAULT_MODEL, alerts: { ...DEFAULT_MODEL.alerts, disabled } }).filter((name) => disabled.includes(name))).toEqual([]);
  });

  it('give an alert the severity that the model gives it', () => {
    const text = prometheusFiles({ ...DEFAULT_MODEL, slos: [], alerts: { ...DEFAULT_MODEL.alerts, severities: { OutspanRetryStorm: 'page' } } })[0]?.text ?? '';
    expect(text).toMatch(/alert: OutspanRetryStorm[\s\S]*?severity: page/);
  });

  it('alert of an SLO only as it asks for', () => {
    const slo = { ...HOSTILE_SLO, alerts: { page: true, ticket: false } };
    expect(alertsIn({ ...DEFAULT_MODEL, slos: [slo] }).filter((name) => name.startsWith('OutspanErrorBudget'))).toEqual(['OutspanErrorBudgetBurn']);
  });

  it('link only to what the model knows the place of', () => {
    const FIGURES = ['failures', 'spread', 'budget', 'also'];
    const keys = (model: Model): string[] => [...new Set(rulesOf(model).flatMap(({ annotations }) => Object.keys(annotations)))];
    expect(keys(DEFAULT_MODEL)).toEqual(['summary', 'description', ...FIGURES, 'query', 'runbook_url']);
    expect(keys({ ...DEFAULT_MODEL, links: LINKS })).toEqual(['summary', 'description', ...FIGURES, 'query', 'runbook_url', 'dashboard_url', 'traces_url', 'traces_url_2', 'traces_url_3']);
  });

  it('leave nothing of the model to run as a template', () => {
    const texts = rulesOf({ ...DEFAULT_MODEL, links: LINKS, slos: [HOSTILE_SLO] }).flatMap(({ annotations }) => [annotations['description'] ?? '', annotations['runbook_url'] ?? '']);
    expect(texts.filter((text) => text.includes('hostile') || text.includes('Promised to')).join('\n')).toContain('"all" {{ "{{" }} $value }}');
    expect(texts.join('\n')).not.toContain('/{{ x }}');
    expect(texts.join('\n')).toContain('/{{ "{{" }} x }}');
  });

  it('match a whole bucket bound however Prometheus spells it', () => {
    const slo: Slo = { ...HOSTILE_SLO, name: 'whole', sli: { kind: 'latency', threshold: 5 } };
    expect(prometheusFiles({ ...DEFAULT_MODEL, slos: [slo] })[0]?.text).toContain(String.raw`le=~"5|5\\.0"`);
  });

  it('record a ratio for each window of each SLO once', () => {
    const names = rulesOf({ ...DEFAULT_MODEL, slos: [...DEFAULT_SLOS, HOSTILE_SLO] }).map(({ name }) => name).filter((name) => name.startsWith('outspan:slo_error:'));
    expect(names).toHaveLength(new Set(names).size);
    expect(names).toEqual(expect.arrayContaining([30 * 86_400, 7 * 86_400, 3_600, 300].map(errorRatioSeries)));
  });

  it('count nothing where there are no SLOs', () => {
    expect(ruleGroups({ ...DEFAULT_MODEL, slos: [] }).map(({ name }) => name)).toEqual(['outspan-base', 'outspan-alerts-diagnosis']);
  });
});
