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

async function fails(test: RuleTest): Promise<string | undefined> {
  const rules = prometheusFiles(MODEL).map(({ text }) => text).join('\n');
  const results = await testRules(binaries().promtool, [{ rules, groups: ruleGroups(MODEL).map(({ name }) => name), interval: MODEL.interval, tests: [test] }]);
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
          description: `Within the last 5m, 25% of the LLM operations of "shop" with ${SHOWN} were refused because our quota or balance is used up.`,
          query: `sum by (service_name, service_version, gen_ai_provider_name, gen_ai_request_model) (\n  outspan:operations:recent{outspan_operation_outcome="failure", outspan_error_class="quota_exhausted", deployment_environment_name="", service_name="shop", gen_ai_provider_name=${quoted(HOSTILE)}}\n)`,
          runbook_url: 'https://runbooks.test/OutspanQuotaExhausted.md',
          dashboard_url: `https://grafana.test/d/outspan-provider-incident?from=now-3h&var-service=shop&var-provider=${escapedForUrl(HOSTILE)}`,
          traces_url: `https://jaeger.test/search?lookback=1h&service=shop&tags=${escapedForUrl(`{"error":"true","gen_ai.provider.name":${quoted(HOSTILE)}}`)}`,
        },
      },
    ];
    expect(await fails({ ...test, alert_rule_test: [{ eval_time: '20m', alertname: 'OutspanQuotaExhausted', exp_alerts }] })).toBe('');
  });

  it("lead from a provider's incident to the traces of the service that fails most", async () => {
    const calls: Calls = { service: 'a b', version: '1', provider: 'openai', model: 'gpt' };
    const test = ruleTest(
      { name: 'incident', flows: [flow(calls, during(20, { success: 30, serverError: 30 })), flow({ ...calls, service: 'other' }, during(20, { success: 10, serverError: 10 }))], firing: { 20: [{ alertname: 'OutspanProviderIncident', gen_ai_provider_name: 'openai' }] } },
      'metrics',
    );
    const exp_alerts = [
      {
        exp_labels: { severity: 'page', outspan_fault: 'provider', gen_ai_provider_name: 'openai' },
        exp_annotations: {
          summary: '"openai" is failing: 50% of our LLM operations',
          description: 'Within the last 5m, 50% of the operations with "openai" failed at the provider, at a gateway or on the way there, or ran into our deadline. It is so for most of the services, versions and models that use it; other providers, if any are used, are healthy.',
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
          traces_url: 'https://jaeger.test/search?lookback=1h&service=a+b&tags=%7B%22error%22%3A%22true%22%2C%22gen_ai.provider.name%22%3A%22openai%22%7D',
        },
      },
    ];
    expect(await fails({ ...test, alert_rule_test: [{ eval_time: '20m', alertname: 'OutspanProviderIncident', exp_alerts }] })).toBe('');
  });
});
