import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_MODEL } from '../../../packages/slo/src/model/defaults.ts';
import { prometheusFiles } from '../../../packages/slo/src/prometheus/generate.ts';
import { runbookFiles } from '../../../packages/slo/src/runbooks/generate.ts';
import { binaries, haveBackends } from './binaries.ts';
import { query, startPrometheus, type Prometheus } from './prometheus.ts';

describe.runIf(haveBackends)('the runbooks, at a real Prometheus', () => {
  let prometheus: Prometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus(binaries().prometheus, { rules: prometheusFiles(DEFAULT_MODEL).map(({ text }) => text) });
  });
  afterAll(() => prometheus?.stop());

  it.each(runbookFiles(DEFAULT_MODEL).filter(({ path }) => !path.endsWith('README.md')))('ask nothing in $path that it refuses', async ({ path, text }) => {
    const questions = [...text.matchAll(/```promql\n([^]*?)\n```/g)].map(([, promql]) => promql ?? '');
    expect(questions.length).toBeGreaterThan(path.endsWith('error-budget-policy.md') ? 0 : 2);
    for (const question of questions) await query(prometheus, question);
  });
});
