import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_MODEL, RECOMMENDED_BUCKETS } from '../model/defaults.ts';
import type { Model } from '../model/model.ts';
import { askPrometheus } from './ask-prometheus.ts';
import { presentAs, SOURCE_METRICS } from './source-metrics.ts';

interface Knows {
  readonly names: readonly string[];
  readonly labels: readonly string[];
  readonly bounds: readonly (number | string)[];
  readonly retention: string;
}

const ALL: Knows = {
  names: SOURCE_METRICS.metrics.flatMap((metric) => [presentAs(metric, DEFAULT_MODEL), `${metric.name}_bucket`]),
  labels: ['__name__', 'service_name', 'service_version', 'deployment_environment_name', 'gen_ai_provider_name'],
  bounds: [...RECOMMENDED_BUCKETS, '+Inf'],
  retention: '90d',
};

let server: Server | undefined;
afterEach(() => server?.close());

/** The address of something that answers these paths. */
async function serve(answer: (path: string) => { readonly status?: number; readonly body: string }): Promise<URL> {
  const listening = createServer((request, response) => {
    const { status = 200, body } = answer(new URL(request.url ?? '', 'http://x').pathname);
    response.writeHead(status).end(body);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  return new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/under/a/prefix/`);
}

async function ask(knows: Partial<Knows>, model: Model = DEFAULT_MODEL) {
  const { names, labels, bounds, retention } = { ...ALL, ...knows };
  const data: Readonly<Record<string, unknown>> = {
    '/under/a/prefix/api/v1/label/__name__/values': names,
    '/under/a/prefix/api/v1/labels': labels,
    '/under/a/prefix/api/v1/label/le/values': bounds.map(String),
    '/under/a/prefix/api/v1/status/runtimeinfo': { storageRetention: retention },
  };
  return askPrometheus(await serve((path) => ({ status: path in data ? 200 : 404, body: JSON.stringify({ status: 'success', data: data[path] }) })), model);
}

describe('asking a live Prometheus', () => {
  it('finds nothing wrong with one that has everything', async () => {
    expect(await ask({})).toEqual({ problems: [], notes: [] });
  });

  it('names every missing metric with what to do', async () => {
    const { problems, notes } = await ask({ names: [] });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['outspan_client_operations_total', 'outspan_client_attempts_total', 'gen_ai_client_inference_duration_seconds']);
    expect(problems[0]).toContain('OTEL_METRICS_EXPORTER=otlp');
    expect(notes).toContain('outspan_client_tokens_wasted_total: not there yet; it appears with the first failure that cost tokens');
    expect(notes).toHaveLength(SOURCE_METRICS.metrics.length - 3);
  });

  it('tells that histograms are there in the other form', async () => {
    const { problems } = await ask({ names: SOURCE_METRICS.metrics.map(({ name }) => name) });
    expect(problems).toEqual(['gen_ai_client_inference_duration_seconds: missing; it is there in the other form: set histograms: native']);
  });

  it('names labels that no series has', async () => {
    const { problems } = await ask({ labels: ['__name__', 'gen_ai_provider_name'] });
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain('no series has the label service_name; if it is a resource attribute, add it to otlp.promote_resource_attributes');
  });

  it('only notes that no application says where it runs', async () => {
    const { problems, notes } = await ask({ labels: ALL.labels.filter((label) => label !== 'deployment_environment_name') });
    expect(problems).toEqual([]);
    expect(notes[0]).toContain('no series has the label deployment_environment_name; until applications set deployment.environment.name');
  });

  it('names thresholds that are no bound of the histogram', async () => {
    const { problems } = await ask({ bounds: [1, 5.12, '10.0', '+Inf'] });
    expect(problems).toEqual(['gen_ai_client_inference_duration_seconds_bucket: has no bound 20.48, which the SLO latency needs; its bounds are 1, 5.12, 10']);
  });

  it('warns of a Prometheus that forgets before a window is over', async () => {
    const { problems, notes } = await ask({ retention: '15d or 10GiB' });
    expect(problems).toEqual([]);
    expect(notes[0]).toContain('keeps 15 d, and the longest window is 30 d');
  });

  it.each([
    ['nothing that a Prometheus would say', { body: '<html>' }, 'does not answer as a Prometheus does'],
    ['an error', { status: 503, body: '' }, 'answers 503 to /api/v1/label/__name__/values; is it a Prometheus?'],
  ])('takes %s for a problem', async (_, answer, message) => {
    expect((await askPrometheus(await serve(() => answer), DEFAULT_MODEL)).problems[0]).toContain(message);
  });

  it('takes a server that is not there for a problem', async () => {
    const url = await serve(() => ({ body: '' }));
    await new Promise((resolve) => server?.close(resolve));
    expect((await askPrometheus(url, DEFAULT_MODEL)).problems[0]).toContain('cannot be reached: ECONNREFUSED');
  });
});
