import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { type Member, MEMBERS } from './fixtures/members.ts';
import type { ObservedReport, ObservedRequest } from './fixtures/run-observed.ts';

const execute = promisify(execFile);
const RUNNER = fileURLToPath(new URL('fixtures/run-observed.ts', import.meta.url));

async function run({ alias, exported }: Member, form: 'esm' | 'cjs', telemetry: 'on' | 'off'): Promise<ObservedReport> {
  const { stdout } = await execute(process.execPath, [RUNNER, JSON.stringify({ alias, exported, form } satisfies ObservedRequest), telemetry], { timeout: 100_000, maxBuffer: 16 * 1024 * 1024 });
  return JSON.parse(stdout) as ObservedReport;
}

const REPAIRED = ['sdk 1'];

/** The operations of each use, where those of others are what is told from the wire alone. */
const truthOf = (others: readonly string[]): Readonly<Record<string, readonly string[]>> => ({
  success: ['sdk 0'],
  stream: ['sdk 0'],
  'a cut stream': ['sdk 0 truncated_response'],
  'a repaired failure': REPAIRED,
  'a failure': ['sdk 0 authentication'],
  'an abort': ['sdk 0 cancelled'],
  break: ['sdk 0 cancelled'],
  'withResponse()': ['sdk 0'],
  'asResponse()': ['sdk 0'],
  'observed twice': REPAIRED,
  'observed by two copies of the package': REPAIRED,
  'observed by the other copy of the package': REPAIRED,
  'another client': others,
  'withOptions()': REPAIRED,
  'withOptions() of another client': others,
  'a subclass': REPAIRED,
  'a Proxy around an observed client': REPAIRED,
  'an observed Proxy': REPAIRED,
  'made before the instrumentation is on': REPAIRED,
  'observed while the instrumentation is on': REPAIRED,
  'the instrumentation is off': others,
  'observed while the instrumentation is off': others,
  'the instrumentation is on again': REPAIRED,
});

describe.concurrent.each(MEMBERS)('a client of $alias that is observed by hand', { timeout: 120_000 }, (member) => {
  it.for(['esm', 'cjs'] as const)('is traced as one whose class is hooked, alone, and the application cannot tell (%s)', async (form, { expect }) => {
    const [traced, bare] = await Promise.all([run(member, form, 'on'), run(member, form, 'off')]);
    const others = member.overNodeHttp === true ? [] : ['inferred 1'];
    for (const [use, { outcome }] of Object.entries(bare.uses)) expect.soft(traced.uses[use]?.outcome, use).toEqual(outcome);
    for (const [use, operations] of Object.entries(truthOf(others))) expect.soft(traced.uses[use]?.operations, use).toEqual(operations);
    // What was required is found and hooked by the instrumentation, once that is on; of ES modules there is no list.
    expect(traced.uses['another client, while the instrumentation is on']?.operations).toEqual(form === 'cjs' ? REPAIRED : others);
    expect(traced.warnings).toEqual(others.map(() => expect.stringContaining('SDK is in use but is not hooked')));
  });
});
