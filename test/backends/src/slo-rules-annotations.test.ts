import { describe, expect, it } from 'vitest';
import { DEFAULT_MODEL } from '../../../packages/slo/src/model/defaults.ts';
import type { Model } from '../../../packages/slo/src/model/model.ts';
import { prometheusFiles, ruleGroups } from '../../../packages/slo/src/prometheus/generate.ts';
import { quoted } from '../../../packages/slo/src/prometheus/promql.ts';
import { binaries, haveBackends } from './binaries.ts';
import { testRules, type RuleTest } from './promtool.ts';
import { during, flow, ruleTest, type Calls } from './slo-rules-scenario.ts';

const MODEL: Model = { ...DEFAULT_MODEL, slos: [], links: { runbooks: 'https://runbooks.test', grafana: 'https://grafana.test', jaeger: 'https://jaeger.test' } };

/** Everything that could end a string, a selector, a template, a line or a URL's part; and long. */
const HOSTILE = `a"b'c{d}e\\f\n{{ $value }} <b>&g=h#i%zz ${'x'.repeat(10_000)}`;
const SHOWN = quoted(HOSTILE.slice(0, 100));

/** `url.QueryEscape` of Go. */
function escapedForUrl(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+').replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The search for what failed of the service "a b" in one way. */
function tracesOf(errorClass: string): string {
  return `https://jaeger.test/search?lookback=1h&limit=20&service=a+b&tags=${escapedForUrl(`{"error":"true","gen_ai.provider.name":"openai","outspan.error.class":"${errorClass}"}`)}`;
}

async function fails(test: RuleTest, model = MODEL): Promise<string | undefined> {
  const rules = prometheusFiles(model).map(({ text }) => text).join('\n');
  const results = await testRules(binaries().promtool, [{ rules, groups: ruleGroups(model).map(({ name }) => name), interval: model.interval, tests: [test] }]);
  return results.get(test.name);
}

describe.runIf(haveBackends)("an alert's annotations", () => {
  it('tell a hostile label value as a value, in sentences, queries and links', async () => {
    const calls: Calls = { service: 'shop', version: '1', provider: HOSTILE, model: 'gpt' };
    const test = ruleTest({ name: 'hostile', flows: [flow(calls, during(20, { success: 30, quota: 10 }))], firing: { 20: [{ alertname: 'OutspanQuotaExhausted', service_name: 'shop', gen_ai_provider_name: HOSTILE }] } }, 'metrics');
    const exp_alerts = [
      {
        exp_labels: { severity: 'page', outspan_fault: 'account', service_name: 'shop', gen_ai_provider_name: HOSTILE },
        exp_annotations: {
          summary: `25% of the operations of "shop" with ${SHOWN} are refused because our quota or balance is used up`,
          description: 'Retries do not help: the provider refuses until there is quota or balance again.',
          failures: '50 of 200 operations failed in the last 5m: quota_exhausted 100%.',
          spread: 'Version "1": 100% of them. Model "gpt": 100% of them. ',
          also: '',
          query: `sum by (service_name, service_version, gen_ai_provider_name, gen_ai_request_model) (\n  outspan:operations:recent{outspan_operation_outcome="failure", outspan_error_class="quota_exhausted", deployment_environment_name="", service_name="shop", gen_ai_provider_name=${quoted(HOSTILE)}}\n)`,
          runbook_url: 'https://runbooks.test/OutspanQuotaExhausted.md',
          dashboard_url: `https://grafana.test/d/outspan-provider-incident?from=now-3h&var-service=shop&var-provider=${escapedForUrl(HOSTILE)}`,
          traces_url: `https://jaeger.test/search?lookback=1h&limit=20&service=shop&tags=${escapedForUrl(`{"error":"true","gen_ai.provider.name":${quoted(HOSTILE)},"outspan.error.class":"quota_exhausted"}`)}`,
          traces_url_2: '',
          traces_url_3: '',
        },
      },
    ];
    expect(await fails({ ...test, alert_rule_test: [{ eval_time: '20m', alertname: 'OutspanQuotaExhausted', exp_alerts }] })).toBe('');
  });

  it("lead from a provider's incident to the traces of the service that fails most", async () => {
    const calls: Calls = { service: 'a b', version: '1', provider: 'openai', model: 'gpt' };
    const test = ruleTest(
      { name: 'incident', flows: [flow(calls, during(20, { success: 30, serverError: 30 })), flow({ ...calls, service: 'other' }, during(20, { success: 10, badGateway: 10 }))], firing: { 20: [{ alertname: 'OutspanProviderIncident', gen_ai_provider_name: 'openai' }] } },
      'metrics',
    );
    const exp_alerts = [
      {
        exp_labels: { severity: 'page', outspan_fault: 'provider', gen_ai_provider_name: 'openai' },
        exp_annotations: {
          summary: '"openai" is failing: 50% of our LLM operations',
          description: 'They fail at the provider, at a gateway or on the way there, or run into our deadline. It is so for most of the services, versions and models that use the provider. Other providers are healthy, if any are used.',
          failures: '200 of 400 operations failed in the last 5m: server_error 75%, bad_gateway 25%.',
          spread: 'Service "a b": 75% of them. Version "1": 100% of them. Model "gpt": 100% of them. ',
          also: '',
          query: [
            'sum by (gen_ai_provider_name, service_name, gen_ai_request_model) (',
            '  outspan:provider_failures:recent{deployment_environment_name="", gen_ai_provider_name="openai"}',
            ')',
            '/',
            'sum by (gen_ai_provider_name, service_name, gen_ai_request_model) (',
            '  outspan:operations:recent{deployment_environment_name="", gen_ai_provider_name="openai"}',
            ')',
          ].join('\n'),
          runbook_url: 'https://runbooks.test/OutspanProviderIncident.md',
          dashboard_url: 'https://grafana.test/d/outspan-provider-incident?from=now-3h&var-provider=openai',
          traces_url: tracesOf('server_error'),
          traces_url_2: tracesOf('bad_gateway'),
          traces_url_3: '',
        },
      },
    ];
    expect(await fails({ ...test, alert_rule_test: [{ eval_time: '20m', alertname: 'OutspanProviderIncident', exp_alerts }] })).toBe('');
  });

  it('tell how much of an error budget is spent, when the rest will be gone, and what else fires', async () => {
    const slos = DEFAULT_MODEL.slos.filter(({ name }) => name === 'availability').map((slo) => ({ ...slo, objective: 0.99 }));
    const calls: Calls = { service: 'shop', version: '1', provider: 'openai', model: 'gpt' };
    const test = ruleTest({ name: 'budget', flows: [flow(calls, during(1800, { success: 1000 }), during(20, { success: 400, quota: 600 }))], firing: {} }, 'metrics');
    const said = await fails({ ...test, promql_expr_test: [], alert_rule_test: [{ eval_time: '1820m', alertname: 'OutspanErrorBudgetBurn', exp_alerts: [] }] }, { ...MODEL, slos });
    expect(said).toMatch(/also="OutspanQuotaExhausted"/);
    expect(said).toMatch(/budget="\d\d\.\d+% of the error budget of \\"availability\\" is spent\. At the rate of the last 1h, the rest is gone in 1\dh /);
  });
});
