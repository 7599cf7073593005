import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_MODEL, DEFAULT_SLOS } from '../../../packages/slo/src/model/defaults.ts';
import type { Maintenance, Model, Slo } from '../../../packages/slo/src/model/model.ts';
import { prometheusFiles, ruleGroups } from '../../../packages/slo/src/prometheus/generate.ts';
import { binaries, haveBackends } from './binaries.ts';
import { checkRules, testRules } from './promtool.ts';
import { during, flow, ruleTest, type Calls, type Firing, type Phase, type Scenario } from './slo-rules-scenario.ts';

const [AVAILABILITY] = DEFAULT_SLOS;
if (AVAILABILITY === undefined) throw new Error('there is a default SLO');

const shop: Calls = { service: 'shop', version: '1', provider: 'openai', model: 'gpt' };
const search: Calls = { ...shop, service: 'search', version: '7' };
const onAnthropic: Calls = { ...shop, provider: 'anthropic', model: 'claude' };
const healthy = (minutes: number): Phase => during(minutes, { success: 60 });
const failing = (minutes: number): Phase => during(minutes, { success: 30, serverError: 30 });

const incident: Firing = { alertname: 'OutspanProviderIncident', gen_ai_provider_name: 'openai' };
const quota = ({ service, provider }: Calls): Firing => ({ alertname: 'OutspanQuotaExhausted', service_name: service, gen_ai_provider_name: provider });
const burn = (slo: string, { service, provider }: Calls): Firing => ({ alertname: 'OutspanErrorBudgetBurn', service_name: service, gen_ai_provider_name: provider, outspan_slo: slo });

/** promtool begins at the epoch, which was a Thursday. */
const minutes = (from: number, to: number): Maintenance['during'] => ({ from: from * 60, to: to * 60 });
const only = (slos: readonly Slo[]): Partial<Model> => ({ slos: slos.map((slo) => ({ ...slo, alerts: { page: true, ticket: false } })) });
const figure = (minute: number, expr: string, is: Readonly<Record<string, number>>): NonNullable<Scenario['figures']>[number] => ({ minute, expr, is });

const spent = 'sum by (service_name) (sum_over_time(outspan:slo_bad:increase[1h]))';

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'planned maintenance of a provider spends no budget and raises no alert',
    model: { ...only([AVAILABILITY]), maintenance: [{ name: 'migration', where: { gen_ai_provider_name: ['openai'] }, during: minutes(18, 36) }] },
    flows: [flow(shop, healthy(20), failing(15), healthy(25)), flow(onAnthropic, healthy(60))],
    firing: { 25: [], 60: [] },
    figures: [figure(60, spent, { '{service_name="shop"}': 0 }), figure(60, 'sum(sum_over_time(outspan:slo_valid:increase{gen_ai_provider_name="openai"}[1h]))', { '{}': 41 * 60 })],
  },
  {
    name: 'planned maintenance of a provider does not hide what goes on elsewhere, nor after it',
    model: { ...only([AVAILABILITY]), maintenance: [{ name: 'migration', where: { gen_ai_provider_name: ['anthropic'] }, during: minutes(0, 60) }, { name: 'over', where: {}, during: minutes(0, 20) }] },
    flows: [flow(shop, healthy(10), failing(40)), flow(onAnthropic, healthy(50))],
    firing: { 20: [], 45: [incident, burn('availability', shop)] },
  },
  {
    name: 'planned maintenance of every week is that of its days and hours',
    model: {
      ...only([AVAILABILITY]),
      maintenance: [
        { name: 'thursdays', where: { service_name: ['shop'] }, during: { days: [4], from: 0, to: 60 } },
        { name: 'fridays', where: { service_name: ['search'] }, during: { days: [5], from: 0, to: 60 } },
      ],
    },
    flows: [flow(shop, healthy(10), during(30, { success: 30, quota: 30 }), healthy(2)), flow(search, healthy(10), during(30, { success: 30, quota: 30 }), healthy(2))],
    firing: { 35: [quota(search), burn('availability', search)] },
    figures: [figure(42, spent, { '{service_name="search"}': 900 })],
  },
  {
    name: 'a part of an SLO has another objective, and the whole does not count it',
    model: only([
      { ...AVAILABILITY, except: [{ service_name: ['search'] }] },
      { ...AVAILABILITY, name: 'lenient', objective: 0.4, where: { service_name: ['search'] } },
    ]),
    flows: [flow(shop, healthy(42)), flow(search, healthy(10), during(30, { success: 30, quota: 30 }), healthy(2))],
    firing: { 35: [quota(search)] },
    figures: [figure(42, 'sum by (outspan_slo) (sum_over_time(outspan:slo_bad:increase[1h])) > 0', { '{outspan_slo="lenient"}': 900 })],
  },
  {
    name: 'a part that is told by two labels is left out only where both are so',
    model: only([{ ...AVAILABILITY, except: [{ service_name: ['search', 'other$1'], gen_ai_provider_name: ['openai', 'gcp.gemini'] }] }]),
    flows: [flow(shop, during(20, { success: 10 })), flow(search, during(20, { success: 10 })), flow({ ...search, provider: 'anthropic' }, during(20, { success: 10 }))],
    firing: {},
    figures: [figure(20, 'sum by (service_name, gen_ai_provider_name) (sum_over_time(outspan:slo_valid:increase[1h]))', { '{gen_ai_provider_name="anthropic", service_name="search"}': 190, '{gen_ai_provider_name="openai", service_name="shop"}': 190 })],
  },
  {
    name: 'policies give an alert the severity of the first that fits',
    model: {
      slos: [],
      alerts: {
        ...DEFAULT_MODEL.alerts,
        policies: [
          { where: { service_name: ['search', 'a"{{ .Value }}'], gen_ai_provider_name: ['openai'] }, alerts: ['OutspanQuotaExhausted'], severity: 'none' },
          { where: { service_name: ['search', 'batch'] }, alerts: [], severity: 'ticket' },
        ],
      },
    },
    flows: ['shop', 'search', 'batch'].map((service) => flow({ ...shop, service }, healthy(20), during(15, { success: 50, quota: 10 }), healthy(5))),
    firing: { 35: ['shop', 'search', 'batch'].map((service) => quota({ ...shop, service })) },
    figures: [figure(35, 'count by (service_name, severity) (ALERTS{alertstate="firing"})', { '{service_name="batch", severity="ticket"}': 1, '{service_name="search", severity="none"}': 1, '{service_name="shop", severity="page"}': 1 })],
  },
];

const modelOf = (scenario: Scenario): Model => ({ ...DEFAULT_MODEL, ...scenario.model });
const rulesOf = (model: Model): string => prometheusFiles(model).map(({ text }) => text).join('');

describe.runIf(haveBackends)('the policy of a model in promtool', () => {
  let results: ReadonlyMap<string, string>;

  beforeAll(async () => {
    results = await testRules(
      binaries().promtool,
      SCENARIOS.map((scenario) => {
        const model = modelOf(scenario);
        return { rules: rulesOf(model), groups: ruleGroups(model).map(({ name }) => name), interval: model.interval, tests: [ruleTest(scenario, 'metrics')] };
      }),
    );
  }, 110_000);

  it.each(SCENARIOS)('$name', (scenario) => {
    expect(results.get(ruleTest(scenario, 'metrics').name)).toBe('');
  });

  it.each(SCENARIOS)('is accepted without complaint: $name', async (scenario) => {
    expect(await checkRules(binaries().promtool, rulesOf(modelOf(scenario)))).toContain('SUCCESS');
  });
});
