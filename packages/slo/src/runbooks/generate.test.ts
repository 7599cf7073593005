import { describe, expect, it } from 'vitest';
import { ALERTS } from '../alerts/catalogue.ts';
import { alertRules } from '../alerts/rules.ts';
import { DEFAULT_MODEL, DEFAULT_SLOS } from '../model/defaults.ts';
import type { Model } from '../model/model.ts';
import { syntaxErrors } from '../prometheus/parses.ts';
import { BASE, SLO_SERIES } from '../prometheus/series.ts';
import { runbookFiles } from './generate.ts';
import { runbookPath, runbookUrl } from './location.ts';
import { STATUS_PAGES } from './status-pages.ts';

function textOf(model: Model, path: string): string {
  const file = runbookFiles(model).find((file) => file.path === path);
  if (file === undefined) throw new Error(`no ${path}`);
  return file.text;
}

function queriesIn(text: string): string[] {
  return [...text.matchAll(/```promql\n([^]*?)\n```/g)].map(([, query]) => query ?? '');
}

const REHEARSAL: Model = { ...DEFAULT_MODEL, timeScale: 0.01, interval: 1, ingestionDelay: 1 };
const NOTHING: Model = { ...DEFAULT_MODEL, slos: [] };

describe('the runbooks', () => {
  it('are the same bytes for the same model', () => {
    expect(runbookFiles(structuredClone(DEFAULT_MODEL))).toEqual(runbookFiles(DEFAULT_MODEL));
  });

  it('are one for each alert and an index that links to all of them', () => {
    expect(runbookFiles(DEFAULT_MODEL).map(({ path }) => path)).toEqual(['runbooks/README.md', 'runbooks/error-budget-policy.md', ...ALERTS.map(({ name }) => runbookPath(name))]);
    for (const { name } of ALERTS) expect(textOf(DEFAULT_MODEL, 'runbooks/README.md')).toContain(`[${name}](${name}.md)`);
  });

  it('are where the alerts say they are', () => {
    const paths = new Set(runbookFiles(DEFAULT_MODEL).map(({ path }) => path));
    const urls = new Set(alertRules(DEFAULT_MODEL).map(({ annotations }) => annotations['runbook_url'] ?? ''));
    expect(urls.size).toBe(ALERTS.length);
    for (const url of urls) expect(paths).toContain(url);
    for (const { name } of ALERTS) expect(urls).toContain(runbookUrl(DEFAULT_MODEL, name));
  });

  it('leave out alerts that are off', () => {
    const model: Model = { ...DEFAULT_MODEL, alerts: { ...DEFAULT_MODEL.alerts, disabled: ['OutspanRetryStorm'] } };
    expect(runbookFiles(model).filter(({ path, text }) => path.includes('RetryStorm') || text.includes('OutspanRetryStorm'))).toEqual([]);
  });

  it.each(ALERTS)('tell of $name what it says, where to look, what to do and what to keep', ({ name, title }) => {
    const text = textOf(DEFAULT_MODEL, runbookPath(name));
    expect(text).toContain(`# ${name}`);
    expect(text).toContain(title);
    for (const heading of ['## What it says, and what not', '## Confirm the scope', '## Document']) expect(text).toContain(`\n${heading}\n`);
    expect(text).toMatch(/\n## (Fix it|Reduce load|Harden retries|Validate outputs)\n\n1\. /);
    expect(text).toContain('outspan.provider.request_id');
    expect(text).toContain('outspan.edge.location');
    // Short enough to be read at night.
    expect(text.split('\n').length).toBeLessThan(140);
    expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/);
  });

  it.each([
    ['the defaults', DEFAULT_MODEL],
    ['a rehearsal', REHEARSAL],
    ['no SLOs', NOTHING],
  ])('ask only what Prometheus understands, and only of recorded series, with %s', (_what, model) => {
    const queries = runbookFiles(model).flatMap(({ text }) => queriesIn(text));
    expect(queries.length).toBeGreaterThan(3 * ALERTS.length);
    const recorded = [...Object.values(BASE), ...Object.values(SLO_SERIES)];
    for (const query of queries) {
      expect(syntaxErrors(query), query).toEqual([]);
      for (const [name] of query.matchAll(/outspan:[a-z_]+:\w+/g)) expect([...recorded, expect.stringMatching(/^outspan:slo_error:ratio_/)]).toContainEqual(name);
    }
  });

  it("fill in the model's figures", () => {
    const model: Model = { ...DEFAULT_MODEL, alerts: { ...DEFAULT_MODEL.alerts, failingRatio: 0.07, healthyRatio: 0.014, minimumBadEvents: 17, retryStormAttempts: 2.25, lowHeadroomRatio: 0.2 } };
    const incident = textOf(model, 'runbooks/OutspanProviderIncident.md');
    expect(incident).toContain('Within 5m, at least 7 %');
    expect(incident).toContain('at least 17 of them');
    expect(incident).toContain('at most 1.4 %');
    expect(textOf(model, 'runbooks/OutspanRetryStorm.md')).toContain('at least 2.25 attempts');
    expect(textOf(model, 'runbooks/OutspanRateLimitHeadroomLow.md')).toContain('Less than 20 %');
    expect(textOf(model, 'runbooks/OutspanErrorBudgetBurn.md')).toContain('14.4 times the rate that it allows, over 1h and still over 5m');
    expect(textOf(REHEARSAL, 'runbooks/OutspanErrorBudgetBurn.md')).toContain('over 36s and still over 3s');
  });

  it('lead to dashboards and traces where the model says where they are', () => {
    const model: Model = { ...DEFAULT_MODEL, links: { runbooks: 'r', grafana: 'https://grafana.example', jaeger: 'https://jaeger.example' } };
    const text = textOf(model, 'runbooks/OutspanProviderIncident.md');
    expect(text).toContain('(<https://grafana.example/d/outspan-provider-incident>)');
    expect(text).toContain('(<https://jaeger.example/search>)');
    expect(textOf(DEFAULT_MODEL, 'runbooks/OutspanProviderIncident.md')).not.toContain('](<');
  });

  it('keep a hostile description on one line of its table, and its markup out', () => {
    const [first] = DEFAULT_SLOS;
    if (first === undefined) throw new Error('there is a default SLO');
    const description = `a | b\n## Evil <script>alert(1)</script> [x](https://evil.example) \`\`\` ${'y'.repeat(10_240)}`;
    const text = textOf({ ...DEFAULT_MODEL, slos: [{ ...first, description }] }, 'runbooks/README.md');
    const rows = text.split('\n').filter((line) => line.includes('Evil'));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatch(/^\| `availability` \|/);
    expect(rows[0]).toContain(String.raw`a \| b \#\# Evil \<script\>`);
    expect(rows[0]?.length).toBeLessThan(500);
  });

  it('know a status page for every provider that the convention names', () => {
    const named = ['openai', 'anthropic', 'aws.bedrock', 'azure.ai.inference', 'azure.ai.openai', 'cohere', 'deepseek', 'gcp.gemini', 'gcp.gen_ai', 'gcp.vertex_ai', 'groq', 'ibm.watsonx.ai', 'mistral_ai', 'moonshot_ai', 'perplexity', 'x_ai'];
    expect(STATUS_PAGES.flatMap(({ providers }) => providers)).toEqual(expect.arrayContaining(named));
    for (const { url } of STATUS_PAGES) expect(new URL(url).protocol).toBe('https:');
  });
});
