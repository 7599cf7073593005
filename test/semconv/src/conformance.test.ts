import { beforeAll, describe, expect, it } from 'vitest';
import { CALLS } from './calls.ts';
import type { Mode } from './modes.ts';
import { MODES } from './modes.ts';
import { runApplication } from './run-application.ts';
import { metricViolations } from './rules/metric-rules.ts';
import { violations } from './rules/violations.ts';
import { isOperation, isStep } from './telemetry.ts';
import type { EmittedMetric, TracedCall } from './telemetry.ts';

function isMode(mode: string): mode is Mode {
  return Object.hasOwn(MODES, mode);
}

describe.each(Object.keys(MODES).filter(isMode))('what is emitted (%s) follows the semantic conventions', (mode) => {
  const emitted = new Map<string, TracedCall>();
  let metrics: readonly EmittedMetric[] = [];
  let steps: readonly TracedCall[] = [];

  beforeAll(async () => {
    const run = await runApplication(mode);
    metrics = run.metrics;
    steps = run.steps;
    for (const call of run.calls) emitted.set(call.name, call);
  });

  it.each(CALLS)('$name', ({ name, applies }) => {
    const call = emitted.get(name);
    expect(call?.spans.filter(isOperation)).toHaveLength(1);
    expect(call === undefined ? '' : violations(call, applies).join('\n')).toBe('');
  });

  it('so do agents, tools and workflows, with the calls beneath them', () => {
    expect(steps.flatMap((one) => violations(one, []).map((fault) => `${one.name}: ${fault}`))).toEqual([]);
    expect(steps.flatMap(({ spans }) => spans.filter(isStep).map(({ name, kind }) => `${kind} ${name}`))).toEqual([
      'internal execute_tool get_weather',
      'internal invoke_agent planner',
      'internal invoke_workflow travel desk',
      'internal invoke_agent planner',
      'internal invoke_workflow',
      'internal invoke_agent',
      'client invoke_agent elsewhere',
      'internal execute_tool get_weather',
      'internal invoke_agent planner',
      'internal invoke_workflow travel desk',
    ]);
    const [first] = steps;
    const parents = new Map(first?.spans.map(({ spanId, name }) => [spanId, name]));
    expect(first?.spans.filter(isOperation).map(({ name, parentSpanId = '' }) => `${name} < ${parents.get(parentSpanId) ?? 'application'}`)).toEqual([
      'chat gpt-4o-mini < invoke_agent planner',
      'execute_tool get_weather < invoke_agent planner',
      'chat gpt-4o-mini < invoke_agent planner',
      'invoke_agent planner < invoke_workflow travel desk',
      'invoke_workflow travel desk < application',
    ]);
  });

  it('its metrics do, and one scope records them all', () => {
    expect([...new Set(metrics.flatMap(metricViolations))]).toEqual([]);
    expect(metrics.filter(({ name }) => name.startsWith('gen_ai.')).length).toBeGreaterThan(8);
    expect([...new Set(metrics.map(({ scope }) => scope))]).toEqual(['@outspan/core']);
  });

  it(`has the names of ${MODES[mode].latestNames ? 'the newest generation alone' : 'both generations, and one for each count of tokens'}`, () => {
    const earlier = metrics.map(({ name }) => name).filter((name) => /^gen_ai\.client\.(?:operation|token)\./.test(name));
    expect([...new Set(earlier)].sort()).toEqual(MODES[mode].latestNames ? [] : ['gen_ai.client.operation.duration', 'gen_ai.client.operation.time_per_output_chunk', 'gen_ai.client.operation.time_to_first_chunk', 'gen_ai.client.token.usage']);
    const ofTokens = [...emitted.values()].flatMap(({ spans, events }) => [...spans, ...events]).flatMap(({ attributes }) => Object.keys(attributes));
    const onlyLatest = /^gen_ai\.usage\.(?:text|image|audio|cache_write)\./;
    expect(ofTokens.filter((name) => (MODES[mode].latestNames ? name === 'gen_ai.usage.cache_creation.input_tokens' : onlyLatest.test(name)))).toEqual([]);
  });

  it('counts each call once, and each attempt', () => {
    const spans = [...emitted.values(), ...steps].flatMap((call) => call.spans).filter((span) => !isStep(span));
    const counted = (name: string): number => metrics.filter((metric) => metric.name === name).flatMap(({ values }) => values).reduce((sum, value) => sum + value, 0);
    expect(counted('outspan.client.operations')).toBe(spans.filter(isOperation).length);
    expect(counted('outspan.client.attempts')).toBe(spans.filter((span) => 'outspan.attempt.number' in span.attributes).length);
  });

  it('emits an exception event for each operation that failed, and for no other', () => {
    const calls = [...emitted.values()];
    const failed = calls.filter(({ spans }) => spans.some((span) => isOperation(span) && span.status === 'error'));
    const told = calls.flatMap(({ name, events }) => events.filter((event) => event.name === 'gen_ai.client.operation.exception').map(() => name));
    expect(told).toEqual(failed.map(({ name }) => name));
  });

  it(`records content ${MODES[mode].capture === 'none' ? 'nowhere' : 'on spans and events'}`, () => {
    const content = /^gen_ai\.(?:input\.messages|output\.messages|system_instructions|tool\.definitions)$/;
    const has = (attributes: object): boolean => Object.keys(attributes).some((name) => content.test(name));
    const everywhere = [...emitted.values()].filter(({ spans, events }) => spans.some((span) => has(span.attributes)) && events.some((event) => has(event.attributes)));
    const somewhere = [...emitted.values()].filter(({ spans, events }) => [...spans, ...events].some(({ attributes }) => has(attributes)));
    expect(somewhere.map(({ name }) => name)).toEqual(everywhere.map(({ name }) => name));
    expect(everywhere.length > 0).toBe(MODES[mode].capture !== 'none');
  });
});
