import { beforeAll, describe, expect, it } from 'vitest';
import { CALLS } from './calls.ts';
import type { Mode } from './modes.ts';
import { MODES } from './modes.ts';
import { runApplication } from './run-application.ts';
import { violations } from './rules/violations.ts';
import { isOperation } from './telemetry.ts';
import type { TracedCall } from './telemetry.ts';

function isMode(mode: string): mode is Mode {
  return Object.hasOwn(MODES, mode);
}

describe.each(Object.keys(MODES).filter(isMode))('what is emitted (%s) follows the semantic conventions', (mode) => {
  const emitted = new Map<string, TracedCall>();

  beforeAll(async () => {
    for (const call of await runApplication(mode)) emitted.set(call.name, call);
  });

  it.each(CALLS)('$name', ({ name, applies }) => {
    const call = emitted.get(name);
    expect(call?.spans.filter(isOperation)).toHaveLength(1);
    expect(call === undefined ? '' : violations(call, applies).join('\n')).toBe('');
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
