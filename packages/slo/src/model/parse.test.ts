import { describe, expect, it } from 'vitest';
import { burnRates } from '../alerts/burn-rate.ts';
import { DEFAULT_MODEL, DEFAULT_SLOS } from './defaults.ts';
import { findingInWords } from './finding.ts';
import type { Model, Slo } from './model.ts';
import { parseModel } from './parse.ts';
import { TEMPLATE } from './template.ts';

const FILE = 'outspan.slo.yaml';

function problems(text: string, timeScale = 1): readonly string[] {
  return parseModel(text, { file: FILE, timeScale }).problems.map(findingInWords).map((words) => words.slice(FILE.length + 1));
}

function warnings(text: string): readonly string[] {
  return parseModel(text, { file: FILE }).warnings.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

function model(text: string): Model {
  const parsed = parseModel(text, { file: FILE });
  if (parsed.model === undefined) throw new Error(parsed.problems.map(findingInWords).join('\n'));
  return parsed.model;
}

function slo(entry: string): Slo | undefined {
  return model(`slos: [{ ${entry} }]`).slos[0];
}

const defaultSlo = (name: string): Slo | undefined => DEFAULT_SLOS.find((slo) => slo.name === name);

describe('a model file', () => {
  it.each(['', '\n', '# only a comment\n', '{}', 'version: 1', '---\n', '\uFEFF'])('that says nothing (%j) means the defaults', (text) => {
    expect(parseModel(text, { file: FILE })).toEqual({ model: DEFAULT_MODEL, problems: [], warnings: [] });
  });

  it('as init writes it means the defaults', () => {
    expect(model(TEMPLATE)).toEqual(DEFAULT_MODEL);
    expect(warnings(TEMPLATE)).toEqual([]);
  });

  it('settles every key', () => {
    const { slos, ...rest } = model(`
version: 1
source: span_metrics
histograms: native
interval: 30s
ingestion_delay: 1m30s
slos: [{ name: availability }]
alerts:
  disabled: [OutspanModelChanged, OutspanEdgeBlocking, OutspanModelChanged]
  severities: { OutspanRetryStorm: page }
  minimum_bad_events: 20
  failing_ratio: 20%
  healthy_ratio: 0.05
  retry_storm_attempts: 2
  low_headroom_ratio: 5.5%
  policies:
    - { where: { environment: [staging, test] }, severity: ticket }
    - { where: { service: batch, provider: openai }, alerts: [OutspanClientTimeouts, OutspanClientTimeouts], severity: none }
maintenance:
  - { name: migration, from: '2026-12-24T23:00+01:00', to: '2026-12-25T02:00Z', where: { provider: openai } }
  - { name: nightly batch, days: [saturday, monday], from: '02:30', to: '24:00' }
budget_policy:
  - { below: 0, action: '  freeze   releases' }
  - { below: 25%, action: careful }
links: { runbooks: 'https://git.example.com/slo/runbooks//', grafana: 'https://grafana.example.com/', jaeger: 'http://jaeger:16686' }
receivers: { page: { webhook: 'https://pager.example.com/hook?key=1' }, ticket: {} }
`);
    expect(slos.map(({ name }) => name)).toEqual(['availability']);
    expect(rest).toEqual({
      source: 'span_metrics',
      histograms: 'native',
      interval: 30,
      ingestionDelay: 90,
      timeScale: 1,
      labels: [],
      maintenance: [
        { name: 'migration', where: { gen_ai_provider_name: ['openai'] }, during: { from: 1_798_149_600, to: 1_798_164_000 } },
        { name: 'nightly batch', where: {}, during: { days: [1, 6], from: 150, to: 1440 } },
      ],
      budgetPolicy: [{ below: 0.25, action: 'careful' }, { below: 0, action: 'freeze releases' }],
      alerts: {
        disabled: ['OutspanEdgeBlocking', 'OutspanModelChanged'],
        severities: { OutspanRetryStorm: 'page' },
        policies: [
          { where: { deployment_environment_name: ['staging', 'test'] }, alerts: [], severity: 'ticket' },
          { where: { gen_ai_provider_name: ['openai'], service_name: ['batch'] }, alerts: ['OutspanClientTimeouts'], severity: 'none' },
        ],
        minimumBadEvents: 20,
        failingRatio: 0.2,
        healthyRatio: 0.05,
        retryStormAttempts: 2,
        lowHeadroomRatio: 0.055,
      },
      links: { runbooks: 'https://git.example.com/slo/runbooks', grafana: 'https://grafana.example.com', jaeger: 'http://jaeger:16686' },
      receivers: { page: { webhook: 'https://pager.example.com/hook?key=1' }, ticket: { webhook: undefined } },
    });
  });

  it('takes YAML anchors', () => {
    const { slos } = model('slos:\n  - { name: availability, where: &here { model: [m] } }\n  - { name: latency, where: *here }');
    expect(slos.map(({ where }) => where)).toEqual([{ gen_ai_request_model: ['m'] }, { gen_ai_request_model: ['m'] }]);
  });
});

describe('an entry of slos', () => {
  it('without an sli changes only what it says of the default SLO of its name', () => {
    expect(slo('name: latency, objective: 99')).toEqual({ ...defaultSlo('latency'), objective: 0.99 });
    expect(slo('name: requests, alerts: []')).toEqual({ ...defaultSlo('requests'), alerts: { page: false, ticket: false } });
    expect(slo('name: headroom')).toEqual(defaultSlo('headroom'));
  });

  it('gets a description that fits when the threshold of a default is changed', () => {
    expect(slo('name: latency, threshold: 10.24s')).toMatchObject({ sli: { threshold: 10.24 }, description: 'Successful LLM operations that took at most 10.24 s' });
    expect(slo('name: latency, threshold: 10.24s, description: "quick\\n  enough"')).toMatchObject({ description: 'quick enough' });
  });

  it('with overrides is an SLO for each, and one for what they leave', () => {
    const { slos } = model(`
slos:
  - name: availability
    where: { provider: openai }
    overrides:
      - { name: staging, where: { environment: staging }, objective: 95, alerts: [ticket] }
      - { name: search, where: { service: [search, indexer] }, window: 7d, description: what search needs }
`);
    const whole = { ...defaultSlo('availability'), where: { gen_ai_provider_name: ['openai'] } };
    const staging = { gen_ai_provider_name: ['openai'], deployment_environment_name: ['staging'] };
    const search = { gen_ai_provider_name: ['openai'], service_name: ['indexer', 'search'] };
    expect(slos).toEqual([
      { ...whole, except: [staging, search] },
      { ...whole, name: 'staging', where: staging, objective: 0.95, alerts: { page: false, ticket: true } },
      { ...whole, name: 'search', where: search, window: 7 * 86_400, description: 'what search needs', except: [staging] },
    ]);
  });

  it('leaves out the defaults that are not listed', () => {
    expect(model('slos: [{ name: retries }, { name: latency }]').slos.map(({ name }) => name)).toEqual(['retries', 'latency']);
  });

  it('with an sli stands on its own', () => {
    expect(slo('name: requests, sli: availability, objective: 99.9%')).toEqual({
      ...defaultSlo('availability'),
      name: 'requests',
      objective: 0.999,
      description: 'LLM operations that do not fail by the fault of provider, gateway, network, account, client or unknown',
    });
    expect(slo('name: x, sli: integrity, objective: 99.9, window: 7d, by: [], where: {provider: openai}, alerts: [page]')).toMatchObject({
      objective: 0.999,
      window: 604_800,
      by: [],
      where: { gen_ai_provider_name: ['openai'] },
      alerts: { page: true, ticket: false },
    });
  });

  it('says faults in the order of the origins, whatever its own', () => {
    expect(slo('name: x, sli: availability, objective: 99, faults: [client, provider, client]')?.sli).toEqual({ kind: 'availability', faults: ['provider', 'client'] });
  });

  it.each([
    ['20.48s', 20.48],
    ['5120ms', 5.12],
    ['1s280ms', 1.28],
  ])('takes %s for a bucket bound', (threshold, seconds) => {
    expect(slo(`name: x, sli: time_to_first_chunk, objective: 95, threshold: ${threshold}`)?.sli).toEqual({ kind: 'time_to_first_chunk', threshold: seconds });
  });

  it('takes any threshold for native histograms', () => {
    expect(model('histograms: native\nslos: [{ name: latency, threshold: 15s }]').slos[0]?.sli).toEqual({ kind: 'latency', threshold: 15 });
  });

  it('takes the bounds that the file says', () => {
    expect(model('buckets: [1, 5, 15]\nslos: [{ name: latency, threshold: 15s }]').slos[0]?.sli).toEqual({ kind: 'latency', threshold: 15 });
  });

  it('takes labels by alias, attribute and Prometheus name, and tells the model which are not standard', () => {
    const { labels, slos } = model('slos: [{ name: availability, by: [service, gen_ai.request.model, team, server.address], where: { k8s.namespace.name: b, operation: chat, environment: [z, a, z] } }]');
    expect(slos[0]).toMatchObject({
      by: ['service_name', 'gen_ai_request_model', 'team', 'server_address'],
      where: { deployment_environment_name: ['a', 'z'], gen_ai_operation_name: ['chat'], k8s_namespace_name: ['b'] },
    });
    expect(labels).toEqual(['gen_ai_operation_name', 'k8s_namespace_name', 'server_address', 'team']);
  });

  it('takes label values that have to be escaped', () => {
    const values = ['a"b', "it's", '{x="y"}', '$(rm)', '{{ .Labels }}', '\\', '`', '日本', 'x'.repeat(1024), ''];
    expect(model(`slos: [{ name: availability, where: { model: ${JSON.stringify(values)} } }]`).slos[0]?.where).toEqual({ gen_ai_request_model: values.toSorted() });
  });
});

describe('what is wrong with a model file', () => {
  it.each([
    ['surce: metrics', "1:1: unknown key 'surce'; did you mean 'source'?"],
    ['elephant: 1', "1:1: unknown key 'elephant'; there is version, source, histograms, buckets, interval, ingestion_delay, slos, maintenance, budget_policy, alerts, links, receivers"],
    ['version: 2', '1:10: 2 is not 1, the only version there is'],
    ['source: metric', "1:9: there is no 'metric' here; did you mean 'metrics'?"],
    ['histograms: exotic', "1:13: 'exotic' is not one of classic, native"],
    ['slos:', '1:6: there is no value; leave the key out or give a list of SLOs'],
    ['slos: []', '1:7: this list is empty; leave the key out or list something'],
    ['slos: {}', '1:7: a map is not a list of SLOs'],
    ['- a', '1:1: a list is not a map of keys such as source and slos'],
    ['just words', "1:1: 'just words' is not a map of keys such as source and slos"],
    ['__proto__: 1', "1:1: unknown key '__proto__'; there is"],
    ['interval: 60', '1:11: 60 is not a duration such as 30s, 5m, 1h30m or 30d'],
    ['interval: 1 minute', "1:11: '1 minute' is not a duration"],
    ['interval: 10m', "1:11: '10m' is not between 1s and 5m"],
    ['interval: 0s', "1:11: '0s' is not between 1s and 5m"],
    ['ingestion_delay: -5s', "1:18: '-5s' is not a duration"],
    ['ingestion_delay: 1h', "1:18: '1h' is not between 0s and 15m"],
    ['buckets: [1, -2]', '1:14: -2 is not a number of seconds above 0'],
    ['buckets: [1, 3, 2]', '1:17: bounds ascend, but 2 follows 3'],
    ['buckets: [1, .nan]', '1:14: NaN is not a number of seconds above 0'],
    ['buckets: [5.12, 15, 30]', "1:10: the threshold of the default SLO 'latency', 20.48s, is no bucket bound, so nobody can tell how many calls were faster; its neighbours are 15s and 30s"],
    ['alerts: { disabled: [OutspanProviderIncidents] }', "1:22: there is no 'OutspanProviderIncidents' here; did you mean 'OutspanProviderIncident'?"],
    ['alerts: { severities: { Elephant: page } }', "1:25: 'Elephant' is not one of OutspanProviderIncident,"],
    ['alerts: { severities: { OutspanRetryStorm: shout } }', "1:44: 'shout' is not one of page, ticket"],
    ['alerts: { minimum_bad_events: 0 }', '1:31: 0 is not a whole number of 1 or more'],
    ['alerts: { failing_ratio: 10 }', '1:26: 10 is not a share between 0 and 1, or a percentage such as 10%'],
    ['alerts: { failing_ratio: 2% }', '1:26: healthy_ratio (0.03) must be less than failing_ratio (0.02)'],
    ['alerts: { healthy_ratio: 0.5 }', '1:26: healthy_ratio (0.5) must be less than failing_ratio (0.1)'],
    ['alerts: { retry_storm_attempts: 1 }', '1:33: 1 is not a number above 1'],
    ['alerts: { policies: [{ where: { environment: a } }] }', "1:22: 'severity' is missing"],
    ['alerts: { policies: [{ where: {}, severity: none }] }', '1:31: a map is not a map of labels to values'],
    ['alerts: { policies: [{ where: { team: a }, severity: none }] }', '1:31: no alert has this label'],
    ['alerts: { policies: [{ where: { service: a }, alerts: [OutspanClientTimeouts, OutspanProviderIncident], severity: none }] }', '1:55: OutspanProviderIncident is not about service_name'],
    ["maintenance: [{ name: a, from: '2026-12-24', to: '2026-12-25T00:00Z' }]", "1:32: '2026-12-24' is not a moment such as 2026-12-24T22:00Z"],
    ["maintenance: [{ name: a, from: '2026-12-24T10:00Z', to: '2026-12-24T11:00+02:00' }]", "1:57: '2026-12-24T11:00+02:00' is not after '2026-12-24T10:00Z'"],
    ["maintenance: [{ name: a, days: [sunday], from: '25:00', to: '02:00' }]", "1:48: '25:00' is not a time of the day such as 02:00"],
    ["maintenance: [{ name: a, days: [sunday], from: '22:00', to: '02:00' }]", "over midnight, write two"],
    ["maintenance: [{ name: a, days: [sundae], from: '01:00', to: '02:00' }]", "there is no 'sundae' here; did you mean 'sunday'?"],
    ["maintenance: [{ name: a, from: '2026-12-24T10:00Z' }]", "1:15: 'to' is missing"],
    ['budget_policy: [{ below: 200%, action: a }]', "1:26: '200%' is not a share such as 25%, from 0 to 100%"],
    ["slos: [{ name: latency, overrides: [{ name: latency, where: { environment: a } }] }]", "there is another SLO named 'latency': slos[0]"],
    ["slos: [{ name: latency, overrides: [{ name: b }] }]", "'where' is missing"],
    ["slos: [{ name: latency, overrides: [{ name: b, where: { environment: a }, window: 1h }] }]", 'a window of 1h is too short'],
    ['links: { grafana: grafana.example.com }', "1:19: 'grafana.example.com' is not an http or https URL"],
    ['links: { grafana: "javascript:alert(1)" }', "1:19: 'javascript:alert(1)' is not an http or https URL"],
    ['links: { jaeger: "http://[" }', "1:18: 'http://[' is not an http or https URL"],
    ['links: { runbooks: "https://x.example.com/a?b=c" }', 'is not an http or https URL without a query or fragment'],
    ['receivers: { page: { webhook: "ftp://x" } }', "1:31: 'ftp://x' is not an http or https URL"],
    ['receivers: { phone: {} }', "1:14: unknown key 'phone'; there is page, ticket"],
  ])('%s', (text, message) => {
    expect(problems(text)[0]).toContain(message);
    expect(problems(text)).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['name: x, sli: retries', "'objective' is missing"],
    ['objective: 99', "'name' is missing"],
    ['name: latancy, objective: 99', "'latancy' has no sli, and is not the name of a default SLO; did you mean 'latency'?"],
    ['name: "x y", sli: retries, objective: 99', "'x y' is not a name of up to 63 letters"],
    ['name: x, sli: latancy, objective: 99', "there is no 'latancy' here; did you mean 'latency'?"],
    ...['0', '100', '101', '-1', '"100%"', '"0%"', '"0.0%"', '.inf', '"ninety"', '"99.5"', 'true'].map((objective): [string, string] => [`name: latency, objective: ${objective}`, 'is not a percentage above 0 and below 100']),
    ['name: latency, window: 401d', 'a window of 401d is longer than 400d'],
    ['name: latency, window: 1d', 'a window of 1d is too short for an interval of 1m: the burn windows could not be told apart; it takes at least 1d12h, or a shorter interval'],
    ['name: latency, window: 0s', 'is too short'],
    ['name: latency, window: forever', "'forever' is not a duration"],
    ['name: latency, threshold: 15s', '15s is no bucket bound, so nobody can tell how many calls were faster; its neighbours are 10.24s and 20.48s'],
    ['name: latency, threshold: 90s', '90s is no bucket bound, so nobody can tell how many calls were faster; the nearest is 81.92s'],
    ['name: latency, threshold: 1ms', 'the nearest is 0.01s'],
    ['name: latency, threshold: 20.48', '20.48 is not a duration such as 20.48s'],
    ['name: latency, threshold: 10%', "'10%' is not a duration such as 20.48s"],
    ['name: headroom, threshold: 10s', "'10s' is not a share between 0 and 1, or a percentage such as 10%"],
    ['name: headroom, threshold: 10', '10 is not a share'],
    ['name: headroom, threshold: 0%', "'0%' is not a share"],
    ['name: retries, threshold: 5s', 'an SLO with the sli retries has no threshold'],
    ['name: latency, faults: [provider]', 'only an SLO with the sli availability has faults; this one has latency'],
    ['name: availability, faults: []', 'this list is empty'],
    ['name: availability, faults: [providers]', "there is no 'providers' here; did you mean 'provider'?"],
    ['name: availability, alerts: [email]', "'email' is not one of page, ticket"],
    ['name: availability, by: [provider, gen_ai.provider.name]', "'gen_ai.provider.name' is there twice"],
    ['name: availability, by: ["a b"]', "'a b' is not a label"],
    ['name: availability, by: [outspan.error.class]', "'outspan_error_class' is what an SLO counts by"],
    ['name: availability, by: [__name__]', "'__name__' is a label that the generated series use themselves"],
    ['name: availability, where: { severity: page }', "'severity' is a label that the generated series use themselves"],
    ['name: availability, where: { model: 4 }', '4 is not a text, or a list of texts (put numbers and booleans in quotes)'],
    ['name: availability, where: { model: [true] }', 'true is not a text (put numbers and booleans in quotes)'],
    ['name: availability, where: { model: [] }', 'this list is empty'],
    ['name: availability, where: { model: a, gen_ai_request_model: b }', "'gen_ai_request_model' is there twice"],
    ['name: availability, where: { model: "a\\nb" }', "'a\\u000ab' has control characters"],
    ['name: availability, where: { model: "\\x1b[31m" }', 'has control characters'],
    [`name: availability, where: { model: ${'ü'.repeat(513)} }`, 'this label value has 1026 bytes; there may be 1024'],
    [`name: availability, where: { model: ${'x'.repeat(10_240)} }`, 'this label value has 10240 bytes; there may be 1024'],
    ['name: availability, budget: 5', "unknown key 'budget'; there is name, description"],
  ])('an SLO with %s', (entry, message) => {
    const found = problems(`slos: [{ ${entry} }]`);
    expect(found[0]).toContain(message);
    expect(found).toHaveLength(1);
  });

  it('tells of two SLOs of one name', () => {
    expect(problems('slos:\n  - name: latency\n  - name: retries\n  - name: latency\n    sli: integrity\n    objective: 99')).toEqual(["4:11: there is another SLO named 'latency': slos[0]"]);
  });

  it('is told all at once, each thing where it is', () => {
    const text = `interval: soon
slos:
  - name: availability
    objective: 100
    window: 1h
  - name: one
    sli: latency
    objective: 99
    threshold: 15s
    where: {model: 3}
  - name: two
    objectve: 5
alerts:
  disabled: [x]
links: {grafana: nowhere}
`;
    expect(problems(text).map((line) => line.split(': ')[0])).toEqual(['1:11', '4:16', '5:13', '9:16', '10:20', '11:11', '12:5', '14:14', '15:18']);
  });

  it.each([
    ['a: 1\na: 2', '2:1: this key is written twice'],
    ['slos:\n  - {name: latency, name: retries}', '2:21: this key is written twice'],
    ['---\n{}\n---\n{}', '3:1: a second document begins here'],
    ['slos: [1, 2\n', 'YAML: '],
    ['slos: "x\n', 'YAML: Missing closing'],
    ['\tslos: 1', 'YAML: '],
    ['slos: *nowhere', '1:1: aliases: Unresolved alias'],
    ['['.repeat(100_000), '1:1: the file is nested too deeply'],
    [`x: ${'{a: '.repeat(1_750)}1${'}'.repeat(1_750)}`, '1:1: the file is nested too deeply'],
    ['slos: &a [*a]', '1:11: a list is not a map with at least a name'],
    ['a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]', '1:1: aliases: Excessive alias count'],
    ['x'.repeat(10_000_000), '1:1: the file has 10000000 characters; a model has at most 262144'],
  ])('of YAML as hostile as %.40j is told in a line', (text, message) => {
    const [first = ''] = problems(text);
    expect(first).toContain(message);
    expect(first).not.toMatch(/\p{Cc}/u);
    expect(first.length).toBeLessThan(300);
  });

  it('is told a hundred times at most', () => {
    const found = problems(Array.from({ length: 20_000 }, (_, index) => `key${index}: 1`).join('\n'));
    expect(found).toHaveLength(101);
    expect(found.at(-1)).toContain('more');
  });
});

describe('a window', () => {
  const SLO = DEFAULT_SLOS[0];

  it.each([60, 15, 300])('that is taken at an interval of %i s has burn windows that can be told apart', (interval) => {
    const least = interval * 2160;
    expect(problems(`interval: ${interval}s\nslos: [{ name: availability, window: ${least}s }]`)).toEqual([]);
    expect(problems(`interval: ${interval}s\nslos: [{ name: availability, window: ${least - 1}s }]`)).toHaveLength(1);
    if (SLO === undefined) throw new Error('there are no default SLOs');
    for (const { long, short } of burnRates({ ...SLO, window: least }, { interval, timeScale: 1 })) expect(long).toBeGreaterThan(short);
  });

  it('also has to be long enough at the time scale of a rehearsal', () => {
    expect(problems('', 0.01)[0]).toContain('a window of 30d is too short for an interval of 1m and a time scale of 0.01: ');
    expect(problems('interval: 1s', 0.01)).toEqual([]);
  });
});

describe('a doubtful model file', () => {
  it.each([
    ['slos: [{ name: availability, objective: 0.995 }]', '1:41: this promises 0.995 % only; for 99.5 % write 99.5'],
    ['slos: [{ name: availability, by: [modle] }]', "1:35: 'modle' is taken for a label of yours; did you mean 'model'?"],
    ['slos: [{ name: headroom, by: [operation] }]', 'what the sli headroom counts has no label gen_ai_operation_name with the source metrics'],
    ['source: span_metrics\nslos: [{ name: headroom, where: {provider: openai} }]', 'what the sli headroom counts has no label gen_ai_provider_name with the source span_metrics'],
    ['slos: !mine [{ name: availability }]', 'YAML: Unresolved tag: !mine'],
  ])('%s is taken, with a warning', (text, message) => {
    expect(problems(text)).toEqual([]);
    expect(warnings(text)).toHaveLength(1);
    expect(warnings(text)[0]).toContain(message);
  });
});
