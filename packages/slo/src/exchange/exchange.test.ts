import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { DEFAULT_MODEL, DEFAULT_SLOS } from '../model/defaults.ts';
import type { Model, Slo } from '../model/model.ts';
import { syntaxErrors } from '../prometheus/parses.ts';
import { openSloFiles } from './openslo.ts';
import { slothFiles } from './sloth.ts';

function only(files: readonly { readonly text: string }[]): string {
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) throw new Error('one file was expected');
  return file.text;
}

const WEEK = 7 * 86_400;
const HOSTILE: Partial<Slo> = { description: `"'{{ .x }}\n---\nkind: Evil ${'x'.repeat(10_240)}`, by: [] };

function modelWith(...slos: readonly Partial<Slo>[]): Model {
  const [first] = DEFAULT_SLOS;
  if (first === undefined) throw new Error('there is a default SLO');
  return { ...DEFAULT_MODEL, slos: slos.map((slo, index) => ({ ...first, name: `slo-${index}`, ...slo })) };
}

describe('OpenSLO', () => {
  interface OpenSlo {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly spec: Readonly<Record<string, unknown>>;
  }
  const documentsOf = (model: Model): OpenSlo[] => parseAllDocuments(only(openSloFiles(model))).map((document) => document.toJS());
  const ofKind = (model: Model, kind: string): OpenSlo[] => documentsOf(model).filter((document) => document.kind === kind);
  const DURATION = /^[1-9]\d*[mhdwMQY]$/;
  const RFC1123 = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

  it('is the same bytes for the same model', () => {
    expect(openSloFiles(structuredClone(DEFAULT_MODEL))).toEqual(openSloFiles(DEFAULT_MODEL));
  });

  it.each([
    ['SLOs of all kinds', modelWith(...DEFAULT_SLOS.map(({ alerts: _, ...slo }) => slo))],
    ['a rehearsal', { ...modelWith({}), timeScale: 0.001 }],
    ['odd names and texts', modelWith({ ...HOSTILE, name: 'A_b' }, { name: 'a-b', window: WEEK }, { name: '-_-' }, { name: `x${'y'.repeat(100)}` }, { name: `x${'y'.repeat(101)}` })],
  ] satisfies readonly (readonly [string, Model])[])('follows the specification with %s', (_what, model) => {
    const documents = documentsOf(model);
    expect(documents.length).toBeGreaterThan(0);
    for (const { apiVersion, kind, metadata } of documents) {
      expect(apiVersion).toBe('openslo/v1');
      expect(['Service', 'SLO', 'AlertPolicy', 'AlertNotificationTarget']).toContain(kind);
      expect(metadata.name).toMatch(RFC1123);
    }
    const ids = documents.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(ids).size).toBe(ids.length);

    for (const { spec } of ofKind(model, 'SLO')) {
      expect(String(spec['description']).length).toBeLessThanOrEqual(1050);
      expect(ids).toContain(`Service ${String(spec['service'])}`);
      expect(spec['timeWindow']).toEqual([{ duration: expect.stringMatching(DURATION), isRolling: true }]);
      expect(spec['budgetingMethod']).toBe('Occurrences');
      expect(spec['objectives']).toEqual([{ displayName: expect.any(String), target: expect.any(Number) }]);
      const source = { metricSource: { type: 'Prometheus', spec: { query: expect.any(String) } } };
      expect(spec['indicator']).toMatchObject({ metadata: { name: expect.stringMatching(RFC1123) }, spec: { ratioMetric: { counter: false, bad: source, total: source } } });
      expect(spec['alertPolicies']).toEqual(Array.from({ length: 4 }, () => ({ alertPolicyRef: expect.toSatisfy((name: string) => ids.includes(`AlertPolicy ${name}`)) })));
    }
    for (const { spec } of ofKind(model, 'AlertPolicy')) {
      expect(spec['conditions']).toEqual([
        {
          kind: 'AlertCondition',
          metadata: { name: expect.stringMatching(RFC1123) },
          spec: { severity: expect.stringMatching(/^(page|ticket)$/), condition: { kind: 'burnrate', op: 'gte', threshold: expect.any(Number), lookbackWindow: expect.stringMatching(DURATION) } },
        },
      ]);
      expect(spec['notificationTargets']).toEqual([{ targetRef: expect.stringMatching(/^(page|ticket)$/) }]);
    }
  });

  it('has a query that parses for every SLO', () => {
    const queries = [...only(openSloFiles(DEFAULT_MODEL)).matchAll(/query: (.*)$/gm)].map(([, query]) => query ?? '');
    expect(queries).toHaveLength(2 * DEFAULT_SLOS.length);
    for (const query of queries) expect(syntaxErrors(query)).toEqual([]);
    expect(queries[0]).toBe('sum (outspan:slo_bad:increase{outspan_slo="availability"})');
  });

  it('has the burn rates of a 30-day window, scaled for others, whatever the time scale', () => {
    const names = (model: Model): string[] => ofKind(model, 'AlertPolicy').map(({ metadata }) => metadata.name);
    const month = ['page-14-4x-1h-5m', 'page-6x-6h-30m', 'ticket-3x-1d-2h', 'ticket-1x-3d-6h'];
    expect(names(DEFAULT_MODEL)).toEqual(month);
    expect(names({ ...DEFAULT_MODEL, timeScale: 0.01 })).toEqual(month);
    expect(names(modelWith({ window: WEEK, alerts: { page: true, ticket: false } }))).toEqual(['page-14-4x-14m-2m', 'page-6x-84m-7m']);
  });

  it('refers to no policy where an SLO alerts nobody', () => {
    const model = modelWith({ alerts: { page: false, ticket: false } });
    expect(documentsOf(model).map(({ kind }) => kind)).toEqual(['Service', 'SLO']);
  });
});

describe("sloth's specification", () => {
  it('is the same bytes for the same model', () => {
    expect(slothFiles(structuredClone(DEFAULT_MODEL))).toEqual(slothFiles(DEFAULT_MODEL));
  });

  it.each([
    ['the defaults', DEFAULT_MODEL],
    ['odd texts', modelWith({ ...HOSTILE, name: '_a-' }, { name: 'b', by: ['gen_ai_request_model'] })],
  ] satisfies readonly (readonly [string, Model])[])('follows its rules with %s', (_what, model) => {
    const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
    const { version, service, slos } = parse(only(slothFiles(model)));
    expect(version).toBe('prometheus/v1');
    expect(service).toMatch(NAME);
    expect(slos).toHaveLength(model.slos.length);
    for (const { name, objective, sli, alerting } of slos) {
      expect(name).toMatch(NAME);
      expect(objective).toBeGreaterThan(0);
      expect(objective).toBeLessThanOrEqual(100);
      expect(Object.keys(sli)).toEqual(['events']);
      const { error_query: bad, total_query: total } = sli.events;
      expect(bad).not.toBe(total);
      for (const query of [bad, total]) {
        expect(query).toMatch(/\{\{ *\.window *\}\}/);
        expect(syntaxErrors(query.replaceAll('{{.window}}', '5m'))).toEqual([]);
      }
      expect(alerting.name).not.toBe('');
    }
  });

  it('states objectives in percent, exactly', () => {
    const objectives = parse(only(slothFiles(modelWith({ objective: 0.999 }, { objective: 0.9995 }, { objective: 0.57 })))).slos.map(({ objective }: { objective: number }) => objective);
    expect(objectives).toEqual([99.9, 99.95, 57]);
  });

  it('turns off what an SLO does not raise', () => {
    const [{ alerting }] = parse(only(slothFiles(modelWith({ alerts: { page: false, ticket: true } })))).slos;
    expect(alerting).toMatchObject({ page_alert: { disable: true }, ticket_alert: { labels: { severity: 'ticket' } } });
  });

  it('says which period sloth has to be told', () => {
    expect(only(slothFiles(DEFAULT_MODEL))).not.toContain('--default-slo-period');
    expect(only(slothFiles(modelWith({ window: WEEK })))).toContain('--default-slo-period=7d');
  });
});
