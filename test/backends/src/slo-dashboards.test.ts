import { setTimeout as sleep } from 'node:timers/promises';
import { generate, parseModel, type OutputFile } from '@outspan/slo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binaries, haveBackends } from './binaries.ts';
import { MetricsSender, type Attributes } from './otlp-metrics.ts';
import { startPrometheus, type Prometheus } from './prometheus.ts';

/** A query of a panel, as its dashboard has it. */
interface PanelQuery {
  readonly panel: string;
  readonly legend: string;
  readonly expr: string;
  /** Whether it asks for one moment, or for a graph. */
  readonly instant: boolean;
  readonly exemplar: boolean;
}

interface DashboardJson {
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
  readonly title: string;
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly legendFormat: string; readonly expr: string; readonly instant: boolean; readonly exemplar: boolean }[] }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[] };
}

/** One series of an answer: labels, and its figures as text; a native histogram is a figure as well. */
interface Answered {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [time: number, value: string];
  readonly values?: readonly (readonly [time: number, value: string])[];
  readonly histograms?: readonly unknown[];
}

/** An LLM call as it ended. */
interface Call {
  /** Default: chat. */
  readonly operation?: 'chat' | 'embeddings';
  readonly outcome: 'success' | 'failure' | 'cancelled';
  readonly errorClass?: string;
  readonly origin?: string;
  readonly truncation?: string;
  readonly retried?: true;
}

/** One of everything that the dashboards tell apart. */
const CALLS: readonly Call[] = [
  { outcome: 'success' },
  { outcome: 'success' },
  { outcome: 'success', retried: true },
  { outcome: 'success', truncation: 'token_limit' },
  { outcome: 'failure', errorClass: 'server_error', origin: 'provider', retried: true },
  { outcome: 'failure', errorClass: 'blocked_by_edge', origin: 'gateway' },
  { outcome: 'failure', errorClass: 'connection_reset', origin: 'network' },
  { outcome: 'failure', errorClass: 'truncated_response', origin: 'network', truncation: 'stream_unterminated' },
  { outcome: 'failure', errorClass: 'quota_exhausted', origin: 'account' },
  { outcome: 'failure', errorClass: 'invalid_request', origin: 'request' },
  { outcome: 'failure', errorClass: 'timeout', origin: 'client' },
  { outcome: 'failure', errorClass: 'invalid_tool_call', origin: 'provider' },
  { outcome: 'failure', errorClass: 'malformed_response', origin: 'provider' },
  { outcome: 'cancelled' },
  { operation: 'embeddings', outcome: 'success' },
];

const SERVICES: readonly Attributes[] = [
  { 'service.name': 'checkout', 'service.version': '1.0.0', 'deployment.environment.name': 'production' },
  { 'service.name': 'checkout', 'service.version': '1.1.0', 'deployment.environment.name': 'production' },
  // Not everyone says where it runs.
  { 'service.name': 'search', 'service.version': '7' },
];

const TARGETS: readonly (readonly [provider: string, model: string, address: string])[] = [
  ['openai', 'gpt-4.1', 'api.openai.com'],
  ['anthropic', 'claude-sonnet-4', 'api.anthropic.com'],
];

/** The shortest window of a burn rate takes six minutes, so that all of the traffic is in it for as long as the tests run. */
const TIME_SCALE = 1 / 10;
/** What the dashboards show, in seconds. */
const RANGE = 300;
const ROUNDS = 5;
/** Rules look at the past, and one after the other. */
const SOON = { timeout: 20_000, interval: 500 };
/** An alert waits on top of that. */
const ALERTED = { timeout: 60_000, interval: 1_000 };
const SOURCES = [
  ['metrics', 'classic'],
  ['metrics', 'native'],
  ['span_metrics', 'classic'],
  ['span_metrics', 'native'],
] as const;

/** Labels by which the dashboards' variables select. */
const VARIABLE_LABEL: Readonly<Record<string, string>> = { environment: 'deployment_environment_name', service: 'service_name', provider: 'gen_ai_provider_name', model: 'gen_ai_request_model', slo: 'outspan_slo' };
/** What a user chooses; the rules record an objective for each SLO. */
const CHOSEN: Readonly<Record<string, string>> = { environment: 'production', service: 'checkout', provider: 'openai', model: 'gpt-4.1', slo: 'availability' };
const WINDOWS: Readonly<Record<string, string>> = { __interval: '1s', __rate_interval: '4s', __range: `${RANGE}s` };

describe.runIf(haveBackends).each(SOURCES)('the dashboards with source %s and %s histograms', (source, histograms) => {
  let prometheus: Prometheus;
  let dashboards: readonly DashboardJson[];
  let queries: readonly PanelQuery[];

  beforeAll(async () => {
    const files = filesOf(`source: ${source}\nhistograms: ${histograms}\ninterval: 1s\ningestion_delay: 1s\n`);
    dashboards = files.filter(({ path }) => /^grafana\/.*\.json$/.test(path)).map(({ text }): DashboardJson => JSON.parse(text));
    queries = dashboards.flatMap(({ title, panels }) => panels.flatMap(({ title: panel, targets = [] }) => targets.map(({ legendFormat, ...target }) => ({ ...target, panel: `${title} / ${panel}`, legend: legendFormat }))));
    prometheus = await startPrometheus(binaries().prometheus, { rules: files.filter(({ path }) => path.startsWith('prometheus/')).map(({ text }) => text) });
    const senders = SERVICES.map((resource) => new MetricsSender(prometheus.otlpMetricsUrl, resource, histograms));
    const record = source === 'metrics' ? recordAsApplication : recordAsCollector;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const sender of senders) {
        for (const [provider, model, address] of TARGETS) {
          for (const call of CALLS) record(sender, { 'gen_ai.provider.name': provider, 'gen_ai.request.model': model, 'server.address': address }, call);
        }
      }
      await Promise.all(senders.map((sender) => sender.send()));
      await sleep(1_000);
    }
  });

  afterAll(async () => {
    await prometheus?.stop();
  });

  it('show something in every panel', async () => {
    expect(queries.length).toBeGreaterThan(40);
    await expect.poll(() => withoutData({}), SOON).toEqual([]);
  });

  it('show only what was chosen, and still something in every panel', async () => {
    await expect.poll(() => withoutData(CHOSEN), SOON).toEqual([]);
    const everyProvider = new Set(['Outspan / Provider incident / Failing share, every provider']);
    for (const query of queries.filter(({ panel }) => !everyProvider.has(panel))) {
      for (const { metric } of await ask(prometheus, query, CHOSEN)) {
        for (const [variable, label] of Object.entries(VARIABLE_LABEL)) expect([undefined, CHOSEN[variable]], `${query.panel}: ${label}`).toContain(metric[label]);
      }
    }
  });

  it('find values for every variable', async () => {
    for (const { name, query } of dashboards.flatMap(({ templating }) => templating.list.filter(({ type }) => type === 'query'))) {
      const [, selector = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
      const { data } = await get<{ readonly data: readonly string[] }>(prometheus, `label/${label}/values`, { 'match[]': interpolate(selector, {}) });
      expect(data, name).toContain(CHOSEN[name]);
    }
  });

  it('find traces behind the points of every histogram', async () => {
    const withExemplars = queries.filter(({ exemplar }) => exemplar);
    expect(withExemplars.length).toBeGreaterThan(5);
    const now = Date.now() / 1000;
    for (const { panel, expr } of withExemplars) {
      const { data } = await get<{ readonly data: readonly { readonly exemplars: readonly { readonly labels: Readonly<Record<string, string>> }[] }[] }>(prometheus, 'query_exemplars', { query: interpolate(expr, {}), start: String(now - RANGE), end: String(now) });
      expect(data[0]?.exemplars[0]?.labels, panel).toMatchObject({ trace_id: '0af7651916cd43dd8448eb211c80319c' });
    }
  });

  it('mark when an alert fired', async () => {
    const marks = dashboards.flatMap(({ annotations }) => annotations.list.map(({ name, expr }) => ({ panel: name, legend: '', expr, instant: false, exemplar: false })));
    expect(marks).toHaveLength(dashboards.length);
    for (const mark of marks) await expect.poll(async () => (await ask(prometheus, mark, CHOSEN)).length, ALERTED).toBeGreaterThan(0);
  });

  it('count every call once', async () => {
    const judged = CALLS.filter(({ outcome }) => outcome !== 'cancelled').length * ROUNDS * SERVICES.length;
    const failed = CALLS.filter(({ outcome }) => outcome === 'failure').length * ROUNDS * SERVICES.length;
    for (const [legend, count] of [['Operations', judged], ['Failed', failed]] as const) {
      const [query] = queries.filter((candidate) => candidate.panel === 'Outspan / Provider incident / Providers and models' && candidate.legend === legend);
      if (query === undefined) throw new Error(`no column ${legend}`);
      const rows = async (): Promise<unknown> => Object.fromEntries((await ask(prometheus, query, {})).map(({ metric, value }) => [metric['gen_ai_request_model'], Number(value?.[1])]));
      await expect.poll(rows, SOON).toEqual({ 'claude-sonnet-4': count, 'gpt-4.1': count });
    }
  });

  /** Queries that have no figure at all. */
  async function withoutData(chosen: Readonly<Record<string, string>>): Promise<string[]> {
    const answers = await Promise.all(queries.map(async (query) => ({ query, answer: await ask(prometheus, query, chosen) })));
    return answers.filter(({ answer }) => !answer.some(hasFigure)).map(({ query: { panel, legend, expr } }) => `${panel} [${legend}]: ${interpolate(expr, chosen)}`);
  }
});

function filesOf(text: string): readonly OutputFile[] {
  const { model, problems } = parseModel(text, { file: 'outspan.slo.yaml', timeScale: TIME_SCALE });
  if (model === undefined) throw new Error(JSON.stringify(problems));
  return generate(model);
}

/** The attributes of a call's own counter. */
function operationOf(target: Attributes, { operation = 'chat', outcome, errorClass, origin, truncation, retried }: Call): Attributes {
  return {
    ...target,
    'gen_ai.operation.name': operation,
    'outspan.operation.outcome': outcome,
    ...(errorClass !== undefined && origin !== undefined && { 'outspan.error.class': errorClass, 'outspan.error.origin': origin }),
    ...(truncation !== undefined && { 'outspan.response.truncation.kind': truncation }),
    'outspan.retried': retried === true,
  };
}

/** The model that answered, where one did. */
function answeredBy(target: Attributes, { errorClass }: Call): Attributes {
  return errorClass === undefined ? { 'gen_ai.response.model': `${target['gen_ai.request.model']}-2026-01-01` } : {};
}

/** What core records of a call. */
function recordAsApplication(sender: MetricsSender, target: Attributes, call: Call): void {
  const { operation = 'chat', errorClass, retried } = call;
  const failed: Attributes = errorClass === undefined ? {} : { 'error.type': errorClass };
  const standard: Attributes = { ...target, 'gen_ai.operation.name': operation, ...answeredBy(target, call), ...failed };
  sender.add('outspan.client.operations', operationOf(target, call));
  sender.level('outspan.client.active_operations', target, 3);
  sender.add('outspan.client.attempts', errorClass === undefined ? { ...target, 'http.response.status_code': '200' } : { ...target, 'outspan.error.class': errorClass });
  if (retried === true) {
    sender.add('outspan.client.attempts', { ...target, 'outspan.error.class': 'overloaded', 'http.response.status_code': '503' });
    sender.record('outspan.client.retry.delay', 's', target, 0.5);
  }
  for (const subject of ['requests', 'tokens']) {
    sender.set('outspan.rate_limit.remaining', { ...target, 'outspan.rate_limit.subject': subject }, 80);
    sender.set('outspan.rate_limit.limit', { ...target, 'outspan.rate_limit.subject': subject }, 100);
  }
  if (operation === 'embeddings') {
    sender.record('gen_ai.client.embeddings.duration', 's', standard, 0.05);
    sender.record('gen_ai.client.embeddings.operation.input_tokens', '{token}', standard, 12);
    return;
  }
  const inference = 'gen_ai.client.inference';
  sender.record(`${inference}.duration`, 's', standard, 1.5);
  sender.record(`${inference}.time_to_first_chunk`, 's', standard, 0.3);
  sender.record(`${inference}.time_per_output_chunk`, 's', standard, 0.02);
  sender.record(`${inference}.operation.input_tokens`, '{token}', standard, 100);
  sender.record(`${inference}.operation.output_tokens`, '{token}', standard, 20);
  for (const kind of ['input_tokens', 'output_tokens', 'cache_read.input_tokens', 'cache_write.input_tokens', 'reasoning.output_tokens']) sender.add(`${inference}.usage.${kind}`, { ...standard, 'gen_ai.token.modality': 'text' }, 20);
  if (errorClass === undefined) return;
  for (const direction of ['input', 'output']) sender.add('outspan.client.tokens.wasted', { ...target, 'outspan.token.type': direction, 'outspan.waste.reason': 'operation_failed' }, 10);
}

/** What the gateway's connectors count of a call's spans. */
function recordAsCollector(sender: MetricsSender, target: Attributes, call: Call): void {
  const operation: Attributes = { ...operationOf(target, call), ...answeredBy(target, call) };
  const retried = call.retried === true;
  const spans = 'outspan.spans';
  sender.add(`${spans}.operations.calls`, operation);
  sender.record(`${spans}.operations.duration`, 's', operation, 1.5);
  sender.record(`${spans}.first_chunk.duration`, 's', operation, 0.3);
  sender.measure(`${spans}.attempts.duration`, operation, retried ? 2 : 1);
  if (retried) sender.measure(`${spans}.retry_delay.duration`, operation, 0.5);
  sender.measure(`${spans}.input_tokens.duration`, operation, 100e-6);
  sender.measure(`${spans}.output_tokens.duration`, operation, 20e-6);
  for (const subject of ['requests', 'tokens']) {
    const limit: Attributes = { 'server.address': target['server.address'] ?? '', 'outspan.rate_limit.subject': subject };
    sender.measure(`${spans}.rate_limit_remaining.duration`, limit, 80e-6);
    sender.measure(`${spans}.rate_limit_limit.duration`, limit, 100e-6);
  }
}

/** Asks what Grafana would ask, for the time shown. */
async function ask(prometheus: Prometheus, { expr, instant }: PanelQuery, chosen: Readonly<Record<string, string>>): Promise<readonly Answered[]> {
  const now = Math.floor(Date.now() / 1000);
  const query = interpolate(expr, chosen);
  const { data } = await (instant
    ? get<{ readonly data: { readonly result: readonly Answered[] } }>(prometheus, 'query', { query })
    : get<{ readonly data: { readonly result: readonly Answered[] } }>(prometheus, 'query_range', { query, start: String(now - RANGE), end: String(now), step: '1s' }));
  return data.result;
}

/** Fills in variables as Grafana does: `.*` for all; what is chosen, escaped for a regular expression within a string. */
function interpolate(query: string, chosen: Readonly<Record<string, string>>): string {
  return query.replaceAll(/\$(\w+)/g, (_, name: string) => WINDOWS[name] ?? chosen[name]?.replaceAll('.', String.raw`\\.`) ?? '.*');
}

function hasFigure({ value, values = [], histograms = [] }: Answered): boolean {
  return histograms.length > 0 || [...values, ...(value === undefined ? [] : [value])].some(([, text]) => Number.isFinite(Number(text)));
}

async function get<T extends { readonly data: unknown }>({ url }: Prometheus, path: string, parameters: Readonly<Record<string, string>>): Promise<T> {
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`, { signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} ${JSON.stringify(parameters)}: ${text}`);
  const answer: T = JSON.parse(text);
  return answer;
}
