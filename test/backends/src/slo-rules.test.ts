import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_MODEL } from '../../../packages/slo/src/model/defaults.ts';
import type { Model, Slo, Source } from '../../../packages/slo/src/model/model.ts';
import { prometheusFiles, ruleGroups } from '../../../packages/slo/src/prometheus/generate.ts';
import { binaries, haveBackends } from './binaries.ts';
import { checkRules, testRules, type RuleTest } from './promtool.ts';
import { during, flow, ruleTest, type Calls, type Firing, type Phase, type Scenario } from './slo-rules-scenario.ts';

/** A promise about operations that do not fail by the provider's fault. */
function availabilityOf(by: readonly string[]): Slo {
  return { name: 'custom', description: '', sli: { kind: 'availability', faults: ['provider'] }, objective: 0.99, window: 30 * 86_400, by, where: {}, alerts: { page: true, ticket: true } };
}

const SOURCES: readonly Source[] = ['metrics', 'span_metrics'];

/** Two services, one of them with a canary, and three providers. */
const shop: Calls = { service: 'shop', version: '1', provider: 'openai', model: 'gpt' };
const search: Calls = { ...shop, service: 'search', version: '7' };
const canary: Calls = { ...shop, version: '2' };
const onAnthropic = (calls: Calls): Calls => ({ ...calls, provider: 'anthropic', model: 'claude' });
const onGemini = (calls: Calls): Calls => ({ ...calls, provider: 'gcp.gemini', model: 'gemini' });

const HEALTHY: Phase['operations'] = { success: 60 };
const healthy = (minutes: number): Phase => during(minutes, HEALTHY);

const incident = (provider: string): Firing => ({ alertname: 'OutspanProviderIncident', gen_ai_provider_name: provider });
const regression = ({ service, version, provider }: Calls): Firing => ({ alertname: 'OutspanReleaseRegression', service_name: service, service_version: version, gen_ai_provider_name: provider });
const alert = (alertname: Firing['alertname'], { service, provider }: Calls): Firing => ({ alertname, service_name: service, gen_ai_provider_name: provider });
const headroomLow = (calls: Calls): Firing => ({ ...alert('OutspanRateLimitHeadroomLow', calls), gen_ai_request_model: calls.model });
const modelChanged = (calls: Calls, servedModel: string): Firing => ({ ...alert('OutspanModelChanged', calls), gen_ai_request_model: calls.model, gen_ai_response_model: servedModel });
const burn = (slo: string, calls: Calls): Firing => ({ ...alert('OutspanErrorBudgetBurn', calls), outspan_slo: slo });
const slowBurn = (slo: string, calls: Calls): Firing => ({ ...alert('OutspanErrorBudgetBurnSlow', calls), outspan_slo: slo });

/** Half of the operations fail so. */
const half = (ending: keyof Phase['operations']): Phase['operations'] => ({ success: 30, [ending]: 30 });

const figure = (minute: number, expr: string, value: number): NonNullable<Scenario['figures']>[number] => ({ minute, expr, is: { '{}': value } });

/** Alerts that name a cause. */
const DIAGNOSES: readonly Scenario[] = [
  {
    name: 'nothing is wrong',
    flows: [
      flow(shop, during(30, { success: 500, serverError: 1, cancelled: 200, tokenLimit: 100, retried: 10 })),
      flow(onAnthropic(shop), healthy(30)),
    ],
    firing: { 10: [], 30: [] },
  },
  {
    name: 'one provider of three fails, for every service that uses it, and recovers',
    flows: [
      flow(shop, healthy(20), during(15, half('serverError')), healthy(25)),
      flow(search, healthy(20), during(15, half('badGateway')), healthy(25)),
      flow(onAnthropic(shop), healthy(60)),
      flow(onGemini(search), healthy(60)),
    ],
    firing: { 23: [], 24: [incident('openai')], 36: [incident('openai')], 55: [] },
  },
  {
    name: 'a provider fails and is asked again and again',
    flows: [flow(shop, healthy(20), during(15, half('serverErrorToTheLast')), healthy(25)), flow(onAnthropic(shop), healthy(60))],
    firing: { 35: [incident('openai'), alert('OutspanRetryStorm', shop)], 60: [] },
  },
  {
    name: 'the only provider in use fails',
    flows: [flow(shop, healthy(20), during(15, half('serverError')))],
    firing: { 23: [], 24: [incident('openai')], 35: [incident('openai')] },
  },
  {
    name: 'a provider fails for both versions of a service',
    flows: [
      flow(shop, healthy(20), during(15, half('serverError'))),
      flow(canary, healthy(20), during(15, half('serverError'))),
      flow(onAnthropic(shop), healthy(35)),
    ],
    firing: { 24: [incident('openai')], 35: [incident('openai')] },
  },
  {
    name: 'a provider fails while a release is rolled out',
    flows: [
      flow(shop, healthy(18), during(4, { success: 10, serverError: 30 })),
      flow(canary, during(18, {}), during(2, HEALTHY), during(15, half('serverError'))),
      flow(search, healthy(20), during(15, half('serverError'))),
      flow(onAnthropic(shop), healthy(35)),
    ],
    firing: { 35: [incident('openai')] },
  },
  {
    name: 'a provider stalls: deadlines end the calls of every service',
    flows: [
      flow(shop, healthy(20), during(15, half('timeout'))),
      flow(search, healthy(20), during(15, half('timeout'))),
      flow(onAnthropic(shop), healthy(35)),
    ],
    firing: { 35: [incident('openai'), alert('OutspanClientTimeouts', shop), alert('OutspanClientTimeouts', search)] },
  },
  {
    name: 'all providers fail at once: the cause is none of them',
    flows: [
      flow(shop, healthy(20), during(15, half('connectionReset'))),
      flow(onAnthropic(shop), healthy(20), during(15, half('connectionReset'))),
      flow(onGemini(shop), healthy(20), during(15, half('connectionReset'))),
    ],
    firing: { 35: [] },
  },
  {
    name: 'one model of three fails at a provider',
    flows: [
      flow(shop, healthy(20), during(15, half('serverError'))),
      flow({ ...shop, model: 'gpt-mini' }, healthy(35)),
      flow({ ...shop, model: 'gpt-nano' }, healthy(35)),
    ],
    firing: { 35: [] },
  },
  {
    name: 'one version of two fails, and is rolled back',
    flows: [
      flow(shop, healthy(60)),
      flow(canary, during(20, {}), during(15, { success: 10, serverError: 40 })),
      flow(onAnthropic(shop), healthy(60)),
    ],
    firing: { 22: [], 25: [regression(canary)], 35: [regression(canary)], 55: [] },
  },
  {
    name: 'a release with requests that no provider accepts',
    flows: [flow(shop, healthy(35)), flow(canary, during(20, {}), during(15, { success: 10, invalidRequest: 40 }))],
    firing: { 35: [regression(canary)] },
  },
  {
    name: 'a release that replaced the one before fails, while another service is healthy with the same provider',
    flows: [flow(shop, healthy(20)), flow(canary, during(20, {}), during(20, { success: 10, serverError: 40 })), flow(search, healthy(40))],
    firing: { 25: [regression(canary)], 40: [regression(canary)] },
  },
  {
    name: 'a release that replaced the only user of a provider fails from its beginning',
    flows: [flow(shop, healthy(20)), flow(canary, during(20, {}), during(40, { success: 10, serverError: 40 })), flow(onAnthropic(shop), healthy(60))],
    firing: { 25: [regression(canary)], 40: [regression(canary)], 60: [regression(canary)] },
  },
  {
    name: 'another version is deployed while the provider fails',
    flows: [flow(shop, healthy(20), during(5, half('serverError'))), flow(canary, during(25, {}), during(35, half('serverError'))), flow(onAnthropic(shop), healthy(60))],
    firing: { 24: [incident('openai')], 40: [incident('openai')], 60: [incident('openai')] },
  },
  {
    name: 'a release is healthy for a while before its provider fails',
    flows: [flow(shop, healthy(20)), flow(canary, during(20, {}), healthy(5), during(30, half('serverError'))), flow(onAnthropic(search), healthy(55))],
    firing: { 29: [incident('openai')], 55: [incident('openai')] },
  },
  {
    name: 'a release is fixed by the next',
    flows: [flow(shop, healthy(20)), flow(canary, during(20, {}), during(20, half('serverError'))), flow({ ...shop, version: '3' }, during(40, {}), healthy(30))],
    firing: { 40: [regression(canary)], 60: [] },
  },
  {
    name: 'a service that was not released fails, while another is healthy with the same provider',
    flows: [flow(shop, healthy(20), during(15, half('serverError'))), flow(search, healthy(35))],
    firing: { 35: [] },
  },
  {
    name: 'the quota is used up',
    flows: [flow(shop, healthy(20), during(15, half('quota')), healthy(20)), flow(search, healthy(55))],
    firing: { 23: [], 24: [alert('OutspanQuotaExhausted', shop)], 36: [alert('OutspanQuotaExhausted', shop)], 55: [] },
  },
  {
    name: 'credentials are rejected',
    flows: [flow(shop, healthy(20), during(15, { success: 50, authentication: 5, permission: 5 }), healthy(20)), flow(search, healthy(55))],
    firing: { 35: [alert('OutspanCredentialsRejected', shop)], 55: [] },
  },
  {
    name: 'a firewall blocks calls',
    flows: [flow(shop, healthy(20), during(15, half('blocked')), healthy(20))],
    firing: { 35: [alert('OutspanEdgeBlocking', shop)], 55: [] },
  },
  {
    name: 'the deadlines of one service are too short',
    flows: [flow(shop, healthy(20), during(15, half('timeout')), healthy(20)), flow(search, healthy(55))],
    firing: { 35: [alert('OutspanClientTimeouts', shop)], 55: [] },
  },
  {
    name: 'we send more than our rate limit allows',
    flows: [flow(shop, healthy(20), during(15, half('rateLimited'))), flow(search, healthy(20), during(15, half('rateLimited')))],
    firing: { 35: [] },
  },
  {
    name: 'answers to one service are cut off',
    flows: [flow(shop, healthy(20), during(15, { success: 50, cut: 8, malformed: 2, tokenLimit: 10 }), healthy(20)), flow(search, healthy(55))],
    firing: { 35: [alert('OutspanTruncationBurst', shop)], 55: [] },
  },
  {
    name: 'answers to all are cut off, at one provider of two',
    flows: [flow(shop, healthy(20), during(15, half('cut'))), flow(search, healthy(20), during(15, half('cut'))), flow(onAnthropic(shop), healthy(35))],
    firing: { 35: [incident('openai'), alert('OutspanTruncationBurst', shop), alert('OutspanTruncationBurst', search)] },
  },
  {
    name: 'answers end at the token limit',
    flows: [flow(shop, during(30, half('tokenLimit')))],
    firing: { 30: [] },
  },
  {
    name: 'callers cancel most calls',
    flows: [flow(shop, healthy(20), during(15, { success: 2, cancelled: 100 }))],
    firing: { 35: [] },
  },
  {
    name: 'retries storm, where they were rare',
    flows: [flow(shop, healthy(30), during(15, half('retried')), healthy(20)), flow(search, during(65, half('retried')))],
    // `search` always retries: that is known to be its norm as soon as there is one.
    firing: { 4: [alert('OutspanRetryStorm', search)], 30: [], 45: [alert('OutspanRetryStorm', shop)], 65: [] },
  },
  {
    name: 'few operations, most of which fail',
    flows: [flow(shop, ...Array.from({ length: 12 }, () => [during(1, { serverError: 1 }), during(2, {})]).flat())],
    firing: { 20: [], 36: [] },
  },
  {
    name: 'a rate limit is nearly reached',
    flows: [flow(shop, during(20, HEALTHY, { headroom: [0.9, 0.8] }), during(15, HEALTHY, { headroom: [0.05, 0.05] }), during(25, HEALTHY, { headroom: [0.8, 0.9] }))],
    firing: { 20: [], 35: [headroomLow(shop)], 60: [] },
  },
  {
    name: 'a rate limit will be reached if it goes on like this',
    flows: [flow(shop, during(20, HEALTHY, { headroom: [0.9, 0.8] }), during(8, HEALTHY, { headroom: [0.75, 0.15] }), during(30, HEALTHY, { headroom: [0.7, 0.9] }))],
    firing: { 22: [], 28: [headroomLow(shop)], 58: [] },
  },
  {
    name: 'a rate limit was nearly reached when the last answer came, long ago',
    flows: [flow(shop, during(20, HEALTHY, { headroom: [0.9, 0.05] }), during(40, {}))],
    firing: { 22: [headroomLow(shop)], 40: [], 60: [] },
  },
  {
    name: 'another model answers than the day before',
    model: { timeScale: 0.05 },
    flows: [
      flow({ ...shop, servedModel: 'gpt-2026-01' }, healthy(60), during(40, {})),
      flow({ ...shop, servedModel: 'gpt-2026-06' }, during(60, {}), healthy(40)),
      // A version that asks for another model gets what it asks for.
      flow({ ...canary, model: 'gpt-pro', servedModel: 'gpt-pro-1' }, during(60, {}), healthy(40)),
    ],
    firing: { 60: [], 63: [modelChanged(shop, 'gpt-2026-06')], 80: [] },
  },
  {
    name: 'traffic that was steady stops',
    flows: [flow(shop, healthy(70)), flow(search, healthy(150))],
    firing: { 75: [], 85: [alert('OutspanTrafficVanished', shop)], 120: [alert('OutspanTrafficVanished', shop)], 150: [] },
  },
  {
    name: 'traffic that was steady stops and begins again, at five times the pace',
    model: { timeScale: 0.2 },
    flows: [flow(shop, healthy(20), during(10, {}), healthy(5))],
    firing: { 22: [], 28: [alert('OutspanTrafficVanished', shop)], 35: [] },
  },
  {
    name: 'traffic moves from one provider to another, at five times the pace',
    model: { timeScale: 0.2 },
    flows: [flow(shop, healthy(20), during(15, {})), flow(onAnthropic(shop), during(20, { success: 5 }), during(15, { success: 62 }))],
    firing: { 28: [], 35: [] },
  },
  {
    name: 'traffic that comes and goes stays away, at five times the pace',
    model: { timeScale: 0.2 },
    flows: [flow(shop, ...Array.from({ length: 4 }, () => [healthy(4), during(4, {})]).flat(), during(10, {}))],
    firing: { 42: [] },
  },
];

/** Alerts that say that a budget burns. */
const BUDGETS: readonly Scenario[] = [
  {
    name: 'everything is as promised',
    flows: [flow(shop, during(60, { success: 500, serverError: 1, cut: 1, invalidRequest: 2, slow: 10, retried: 10, cancelled: 100 }, { headroom: [0.9, 0.5] }))],
    firing: { 30: [], 60: [] },
  },
  {
    name: 'half of the requests of a service are invalid, for a while',
    flows: [flow(shop, healthy(60), during(20, half('invalidRequest')), healthy(40)), flow(search, healthy(120))],
    firing: { 60: [], 75: [burn('requests', shop), slowBurn('requests', shop)], 120: [slowBurn('requests', shop)] },
  },
  {
    name: 'all providers fail',
    flows: [flow(shop, healthy(20), during(15, half('connectionReset'))), flow(onAnthropic(shop), healthy(20), during(15, half('connectionReset')))],
    firing: { 20: [], 30: [shop, onAnthropic(shop)].flatMap((calls) => [burn('availability', calls), slowBurn('availability', calls)]) },
  },
  {
    name: 'a few more operations fail than promised',
    flows: [flow(shop, during(60, { success: 124, serverError: 1 }))],
    firing: { 4: [], 60: [slowBurn('availability', shop)] },
    figures: [{ minute: 60, expr: 'round(outspan:slo_error_budget:remaining_ratio{outspan_slo="availability"}, 0.001)', is: { '{outspan_slo="availability", service_name="shop", gen_ai_provider_name="openai"}': -0.6 } }],
  },
  {
    name: 'answers are cut off, which applications take for successes',
    flows: [flow(shop, healthy(20), during(15, half('cut'))), flow(onAnthropic(shop), healthy(35))],
    firing: {
      20: [],
      35: [
        incident('openai'),
        alert('OutspanTruncationBurst', shop),
        ...['availability', 'integrity'].flatMap((slo) => [burn(slo, shop), slowBurn(slo, shop)]),
      ],
    },
  },
  {
    name: 'a fifth of the operations is slow',
    flows: [flow(shop, during(40, { success: 48, slow: 12 }))],
    firing: { 40: [slowBurn('latency', shop)] },
  },
  {
    name: 'a fifth of the operations needs three attempts',
    flows: [flow(shop, during(40, { success: 48, retried: 12 }))],
    firing: { 40: [slowBurn('retries', shop)] },
  },
  {
    name: 'a rate limit is nearly reached all the time',
    flows: [flow(shop, during(40, HEALTHY, { headroom: [0.05, 0.05] }))],
    firing: { 40: [headroomLow(shop), slowBurn('headroom', shop)] },
  },
  {
    name: 'three of four operations fail, in an hour',
    flows: [flow(shop, ...['serverError', 'success', 'serverError', 'serverError'].map((ending) => [during(1, { [ending]: 1 }), during(14, {})]).flat())],
    firing: { 60: [] },
  },
  {
    name: 'a budget burns and stops burning, ten times as fast as in production',
    model: { timeScale: 0.1 },
    flows: [flow(shop, healthy(20), during(10, half('invalidRequest')), healthy(60))],
    firing: { 21: [], 25: [burn('requests', shop), slowBurn('requests', shop)], 34: [slowBurn('requests', shop)], 75: [] },
  },
  {
    name: 'the buckets that an SLO needs are missing',
    model: { slos: [{ ...availabilityOf([]), sli: { kind: 'latency', threshold: 7 } }] },
    flows: [flow(shop, during(30, { slow: 60 }))],
    firing: { 30: [] },
    figures: [figure(30, 'count({__name__=~"outspan:slo_(bad|error).*"}) or vector(0)', 0), figure(30, 'sum_over_time(sum(outspan:slo_valid:increase)[31m:1m])', 1740)],
  },
  {
    name: 'an SLO of one model and all services together',
    model: { slos: [{ ...availabilityOf([]), objective: 0.9, where: { gen_ai_request_model: ['gpt', 'a.c|"\\{}\n'] } }] },
    flows: [flow(shop, healthy(10), during(20, { serverError: 60 })), flow({ ...onAnthropic(search), model: 'abc' }, during(30, { invalidRequest: 3, cancelled: 100 }))],
    firing: { 10: [], 30: [incident('openai'), { alertname: 'OutspanErrorBudgetBurn', outspan_slo: 'custom' }, { alertname: 'OutspanErrorBudgetBurnSlow', outspan_slo: 'custom' }] },
    figures: [
      { minute: 30, expr: 'sum_over_time(outspan:slo_valid:increase[31m])', is: { '{outspan_slo="custom"}': 1740 } },
      { minute: 30, expr: 'sum_over_time(outspan:slo_bad:increase[31m])', is: { '{outspan_slo="custom"}': 1140 } },
    ],
  },
];

const counted = (name: string, minutes: number): string => `sum(sum_over_time(${name}[${minutes}m]))`;

/** What is counted, exactly. */
const FIGURES: readonly Scenario[] = [
  {
    name: 'the first sample of a series counts',
    flows: [flow(shop, during(10, {}), during(1, { invalidRequest: 7 }), during(20, {}))],
    firing: {},
    figures: [figure(31, counted('outspan:operations:increase', 30), 7), figure(31, counted('outspan:attempts:increase', 30), 7)],
  },
  {
    name: 'a counter that starts again counts on',
    flows: [flow(shop, during(10, { success: 10 }), during(10, { success: 3 }, { restarted: true }), during(10, {}))],
    firing: {},
    figures: [figure(30, counted('outspan:operations:increase', 31), 130), figure(30, counted('outspan:durations:increase', 31), 130)],
  },
  {
    name: 'samples that do not arrive for ten minutes are made up for by the next',
    flows: [flow(shop, during(10, { success: 10 }), during(10, { success: 10 }, { unseen: true }), during(10, { success: 10 }), during(5, {}))],
    firing: {},
    figures: [figure(35, counted('outspan:operations:increase', 36), 300)],
  },
  {
    name: 'processes add up',
    flows: [flow(shop, during(10, { success: 10 })), flow({ ...shop, instance: '2' }, during(5, {}), during(5, { success: 4, invalidRequest: 2 }), during(5, {}))],
    firing: {},
    figures: [figure(15, counted('outspan:operations:increase', 16), 130)],
  },
];

const NO_SLOS: Partial<Model> = { slos: [] };

interface Case {
  readonly suite: string;
  readonly scenario: Scenario;
  readonly model: Model;
}

const CASES: readonly Case[] = [
  { suite: 'diagnosis', scenarios: DIAGNOSES, differently: NO_SLOS },
  { suite: 'error budgets', scenarios: BUDGETS, differently: {} },
  { suite: 'figures', scenarios: FIGURES, differently: NO_SLOS },
].flatMap(({ suite, scenarios, differently }) =>
  SOURCES.flatMap((source) => scenarios.map((scenario) => ({ suite, scenario, model: { ...DEFAULT_MODEL, ...differently, ...scenario.model, source } }))),
);

function rulesOf(model: Model): string {
  return prometheusFiles(model).map(({ text }) => text).join('\n');
}

describe.runIf(haveBackends)('the rules of @outspan/slo in promtool', () => {
  let results: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const batches = new Map<string, { readonly model: Model; readonly tests: RuleTest[] }>();
    for (const { scenario, model } of CASES) {
      const key = JSON.stringify(model);
      const batch = batches.get(key) ?? { model, tests: [] };
      batch.tests.push(ruleTest(scenario, model.source));
      batches.set(key, batch);
    }
    // One run for each source, at the same time.
    const runs = SOURCES.map((source) =>
      testRules(
        binaries().promtool,
        [...batches.values()].filter(({ model }) => model.source === source).map(({ model, tests }) => ({ rules: rulesOf(model), groups: ruleGroups(model).map(({ name }) => name), interval: model.interval, tests })),
      ),
    );
    results = new Map((await Promise.all(runs)).flatMap((each) => [...each]));
  }, 110_000);

  for (const { suite, scenario, model } of CASES) {
    it(`${suite}: ${scenario.name} (${model.source})`, () => {
      expect(results.get(ruleTest(scenario, model.source).name)).toBe('');
    });
  }

  it('accepts the rules for label values of any characters, and SLOs of several windows', async () => {
    const values = ['"', '\\', '}{', '\n', '\u0000\u0085\u2028\uFEFF', '{{ x }}', '.*|(', 'half a pair: \uD83D', 'x'.repeat(10_000)];
    const slo = { ...availabilityOf([]), description: values.join(' '), where: { gen_ai_request_model: values, service_name: ['"'] } };
    expect(await checkRules(binaries().promtool, rulesOf({ ...DEFAULT_MODEL, slos: [slo, { ...slo, name: 'of-a-week', window: 7 * 86_400 }] }))).toContain('SUCCESS');
  });

  it.for(SOURCES.flatMap((source) => (['classic', 'native'] as const).map((histograms) => ({ source, histograms }))))('accepts the rules for %o without complaint', async ({ source, histograms }) => {
    expect(await checkRules(binaries().promtool, rulesOf({ ...DEFAULT_MODEL, source, histograms }))).toContain('SUCCESS');
  });
});
