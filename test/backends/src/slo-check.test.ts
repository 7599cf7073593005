import { describe, expect, it } from 'vitest';
import { askPrometheus } from '../../../packages/slo/src/live/ask-prometheus.ts';
import { DEFAULT_MODEL } from '../../../packages/slo/src/model/defaults.ts';
import { parseModel } from '../../../packages/slo/src/model/parse.ts';
import { binaries, haveBackends } from './binaries.ts';
import { type HistogramForm, MetricsSender } from './otlp-metrics.ts';
import { startPrometheus, type Prometheus } from './prometheus.ts';
import { until } from './until.ts';

const CALL = { 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-5', 'server.address': 'api.openai.com' };

async function withPrometheus(test: (prometheus: Prometheus, url: URL) => Promise<void>): Promise<void> {
  const prometheus = await startPrometheus(binaries().prometheus);
  try {
    await test(prometheus, new URL(prometheus.url));
  } finally {
    await prometheus.stop();
  }
}

/** Sends what one good call leaves, and waits until it can be asked for. */
async function oneCall(prometheus: Prometheus, resource: Readonly<Record<string, string>>, form: HistogramForm): Promise<void> {
  const sender = new MetricsSender(prometheus.otlpMetricsUrl, resource, form);
  sender.add('outspan.client.operations', { ...CALL, 'outspan.operation.outcome': 'success' });
  sender.add('outspan.client.attempts', CALL);
  sender.record('gen_ai.client.inference.duration', 's', { ...CALL, 'gen_ai.operation.name': 'chat' }, 1.5);
  await sender.send();
  await until('the metrics to be there', 10_000, async () => (await askPrometheus(new URL(prometheus.url), DEFAULT_MODEL)).problems.every((problem) => !problem.startsWith('outspan_client_operations_total: missing')));
}

const SERVICE = { 'service.name': 'shop', 'service.version': '1' };

describe.runIf(haveBackends)('outspan-slo check, of a real Prometheus', () => {
  it('names the metrics that are missing, and none once a call was counted', async () => {
    await withPrometheus(async (prometheus, url) => {
      const before = await askPrometheus(url, DEFAULT_MODEL);
      expect(before.problems.map((problem) => problem.split(':')[0])).toEqual(['outspan_client_operations_total', 'outspan_client_attempts_total', 'gen_ai_client_inference_duration_seconds']);
      await oneCall(prometheus, SERVICE, 'classic');
      const after = await askPrometheus(url, DEFAULT_MODEL);
      expect(after.problems).toEqual([]);
      expect(after.notes).toContain('outspan_client_retry_delay_seconds: not there yet; it appears with the first retry');
      // What Prometheus keeps by default is half of what the default windows need.
      expect(after.notes.at(-1)).toContain('this Prometheus keeps 15 d, and the longest window is 30 d');
    });
  });

  it('names labels and bucket bounds that are missing', async () => {
    await withPrometheus(async (prometheus, url) => {
      await oneCall(prometheus, { 'service.name': 'shop' }, 'classic');
      const { model } = parseModel('buckets: [5, 15]\nslos: [{ name: latency, threshold: 15s, by: [team] }]', { file: 'outspan.slo.yaml' });
      const { problems } = await askPrometheus(url, model ?? DEFAULT_MODEL);
      expect(problems).toHaveLength(3);
      expect(problems[0]).toContain('no series has the label service_version');
      expect(problems[1]).toContain('no series has the label team');
      expect(problems[2]).toContain('gen_ai_client_inference_duration_seconds_bucket: has no bound 15, which the SLO latency needs; its bounds are 0.01, 0.02');
    });
  });

  it('tells native histograms from classic ones', async () => {
    await withPrometheus(async (prometheus, url) => {
      await oneCall(prometheus, SERVICE, 'native');
      expect((await askPrometheus(url, DEFAULT_MODEL)).problems).toEqual(['gen_ai_client_inference_duration_seconds: missing; it is there in the other form: set histograms: native']);
      expect((await askPrometheus(url, { ...DEFAULT_MODEL, histograms: 'native' })).problems).toEqual([]);
    });
  });
});
