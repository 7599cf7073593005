import { describe, expect, it } from 'vitest';
import { DEFAULT_MODEL, DEFAULT_SLOS } from '../model/defaults.ts';
import type { Model, Sli, Slo } from '../model/model.ts';
import { evaluate, type Value } from './evaluate.ts';
import { indicator } from './expression.ts';
import { fieldOf, FIELDS } from './fields.ts';
import { honeycombFiles } from './generate.ts';
import { QUERIES } from './queries.ts';

function sloOf(slo: Partial<Slo>): Slo {
  const [first] = DEFAULT_SLOS;
  if (first === undefined) throw new Error('there is a default SLO');
  return { ...first, ...slo };
}

function textOf(model: Model, name: string): string {
  const file = honeycombFiles(model).find(({ path }) => path === `honeycomb/${name}`);
  if (file === undefined) throw new Error(`no ${name}`);
  return file.text;
}

const read = (model: Model, name: string) => JSON.parse(textOf(model, `${name}.json`));

type Span = Readonly<Record<string, Value>>;

const GOOD: Span = { 'outspan.operation.boundary': 'sdk', 'outspan.retry.count': 0, 'gen_ai.provider.name': 'openai', duration_ms: 900 };
const CANCELLED: Span = { ...GOOD, 'outspan.operation.cancelled': true };
const ATTEMPT: Span = { 'outspan.attempt.number': 1, duration_ms: 800 };
const failed = (errorClass: string, origin?: string): Span => ({ ...GOOD, 'outspan.error.class': errorClass, ...(origin !== undefined && { 'outspan.error.origin': origin }) });

describe("Honeycomb's calculated fields", () => {
  const ALL: Sli = { kind: 'availability', faults: ['provider', 'unknown'] };
  it.each<readonly [string, Sli, Span, boolean | null]>([
    ['a success is good', ALL, GOOD, true],
    ['a failure of the provider is bad', ALL, failed('server_error', 'provider'), false],
    ['a failure that nobody could place is bad where unknown ones are', ALL, failed('unknown'), false],
    ["a failure of another's budget does not count", ALL, failed('invalid_request', 'request'), null],
    ['a cancelled one does not count', ALL, CANCELLED, null],
    ['an attempt does not count', ALL, ATTEMPT, null],
    ['a cut answer is bad', { kind: 'integrity' }, failed('truncated_response', 'network'), false],
    ['an answer that never came does not count for integrity', { kind: 'integrity' }, failed('overloaded', 'provider'), null],
    ['at the threshold is good', { kind: 'latency', threshold: 0.9 }, GOOD, true],
    ['above the threshold is bad', { kind: 'latency', threshold: 0.64 }, GOOD, false],
    ['a failure has no latency', { kind: 'latency', threshold: 0.64 }, failed('timeout', 'client'), null],
    ['a quick first chunk is good', { kind: 'time_to_first_chunk', threshold: 1.28 }, { ...GOOD, 'gen_ai.response.time_to_first_chunk': 1.28 }, true],
    ['a slow first chunk is bad', { kind: 'time_to_first_chunk', threshold: 1.28 }, { ...GOOD, 'gen_ai.response.time_to_first_chunk': 1.3 }, false],
    ['without a stream there is no first chunk', { kind: 'time_to_first_chunk', threshold: 1.28 }, GOOD, null],
    ['one attempt is good', { kind: 'retries' }, GOOD, true],
    ['a second attempt is bad', { kind: 'retries' }, { ...GOOD, 'outspan.retry.count': 1 }, false],
    ['enough headroom is good', { kind: 'headroom', threshold: 0.1 }, { ...ATTEMPT, 'outspan.rate_limit.tokens.limit': 100, 'outspan.rate_limit.tokens.remaining': 10 }, true],
    ['one low limit of two is bad', { kind: 'headroom', threshold: 0.1 }, { ...ATTEMPT, 'outspan.rate_limit.requests.limit': 100, 'outspan.rate_limit.requests.remaining': 99, 'outspan.rate_limit.tokens.limit': 100, 'outspan.rate_limit.tokens.remaining': 9 }, false],
    ['without limits there is no headroom', { kind: 'headroom', threshold: 0.1 }, ATTEMPT, null],
  ])('%s', (_what, sli, span, counted) => {
    expect(evaluate(indicator(sloOf({ sli })), span)).toBe(counted);
  });

  it('count only what an SLO is about, whatever its values are', () => {
    const hostile = 'a"b\\c\n), true) $x {{y}}';
    const formula = indicator(sloOf({ where: { gen_ai_provider_name: [hostile, 'openai'], my_label: ['z'] } }));
    expect(formula).not.toContain('\n');
    expect(evaluate(formula, { ...GOOD, my_label: 'z' })).toBe(true);
    expect(evaluate(formula, { ...GOOD, 'gen_ai.provider.name': hostile, my_label: 'z' })).toBe(true);
    expect(evaluate(formula, { ...GOOD, 'gen_ai.provider.name': 'other', my_label: 'z' })).toBeNull();
    expect(evaluate(formula, GOOD)).toBeNull();
  });

  it('read fields by the names that spans have', () => {
    expect(fieldOf('deployment_environment_name')).toBe('deployment.environment.name');
    expect(fieldOf('my_label')).toBe('my_label');
  });

  it('read only columns that are created before them', () => {
    const columns = read(DEFAULT_MODEL, 'columns').map(({ key_name }: { key_name: string }) => key_name);
    const formulas: string[] = read(DEFAULT_MODEL, 'calculated-fields').map(({ expression }: { expression: string }) => expression);
    const used = formulas.flatMap((formula) => [...formula.matchAll(/\$([\w.]+)/g)].map(([, field]) => field));
    expect(columns).toEqual(expect.arrayContaining(used));
    const asked = QUERIES.flatMap(({ query }) => [...query.calculations.flatMap(({ column }) => column ?? []), ...query.filters.map(({ column }) => column), ...query.breakdowns]);
    expect(Object.keys(FIELDS)).toEqual(expect.arrayContaining(asked));
  });
});

describe("Honeycomb's files", () => {
  it('are the same bytes for the same model', () => {
    expect(honeycombFiles(structuredClone(DEFAULT_MODEL))).toEqual(honeycombFiles(DEFAULT_MODEL));
  });

  it('state each SLO within the bounds of the API', () => {
    const odd = sloOf({ name: 'n'.repeat(300), description: 'd"\n'.repeat(5_000), objective: 0.9999999, window: 3_600 });
    expect(read({ ...DEFAULT_MODEL, slos: [odd] }, 'slos')).toEqual([{ name: expect.stringMatching(/^LLM n{116}$/), description: expect.stringMatching(/^[^]{1023}$/), sli: { alias: `outspan.sli.${odd.name}` }, time_period_days: 1, target_per_million: 999_999 }]);
    expect(read(DEFAULT_MODEL, 'slos')[0]).toEqual({ name: 'LLM availability', description: DEFAULT_SLOS[0]?.description, sli: { alias: 'outspan.sli.availability' }, time_period_days: 30, target_per_million: 995_000 });
  });

  it('alert on the rate and on the end of a budget', () => {
    const alerts = read({ ...DEFAULT_MODEL, slos: [sloOf({})] }, 'burn-alerts').map(({ description: _, slo, recipients, ...rest }: { description: string; slo: unknown; recipients: unknown }) => [slo, recipients, rest]);
    const slo = { id: 'LLM availability' };
    const page = [{ id: 'page' }];
    const ticket = [{ id: 'ticket' }];
    expect(alerts).toEqual([
      [slo, page, { alert_type: 'exhaustion_time', exhaustion_minutes: 240 }],
      [slo, ticket, { alert_type: 'exhaustion_time', exhaustion_minutes: 4_320 }],
      [slo, page, { alert_type: 'budget_rate', budget_rate_window_minutes: 60, budget_rate_decrease_threshold_per_million: 20_000 }],
      [slo, page, { alert_type: 'budget_rate', budget_rate_window_minutes: 360, budget_rate_decrease_threshold_per_million: 50_000 }],
      [slo, ticket, { alert_type: 'budget_rate', budget_rate_window_minutes: 1_440, budget_rate_decrease_threshold_per_million: 100_000 }],
      [slo, ticket, { alert_type: 'budget_rate', budget_rate_window_minutes: 4_320, budget_rate_decrease_threshold_per_million: 100_000 }],
    ]);
  });

  it('measure no rate over less than an hour, and the same rate over it', () => {
    const [rate] = read({ ...DEFAULT_MODEL, slos: [sloOf({ window: 7 * 86_400, alerts: { page: true, ticket: false } })] }, 'burn-alerts').filter(({ alert_type }: { alert_type: string }) => alert_type === 'budget_rate');
    expect(rate).toMatchObject({ budget_rate_window_minutes: 60, budget_rate_decrease_threshold_per_million: Math.round((14.4 / (7 * 24)) * 1e6) });
  });

  it('do not depend on the time scale of a rehearsal', () => {
    expect(honeycombFiles({ ...DEFAULT_MODEL, timeScale: 0.001 })).toEqual(honeycombFiles(DEFAULT_MODEL));
  });

  it('show every SLO and every query on the board', () => {
    const { panels } = read(DEFAULT_MODEL, 'board');
    expect(panels.filter(({ type }: { type: string }) => type === 'slo')).toHaveLength(DEFAULT_SLOS.length);
    expect(panels.flatMap(({ query_panel }: { query_panel?: { query_id: string } }) => query_panel?.query_id ?? [])).toEqual(QUERIES.map(({ name }) => name));
  });
});
