import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { application, removeApplications } from './fixtures/application.ts';
import { type Member, MEMBERS } from './fixtures/members.ts';
import type { OddReports, OddRequest } from './fixtures/run-odd-uses.ts';

const execute = promisify(execFile);
const RUNNER = fileURLToPath(new URL('fixtures/run-odd-uses.ts', import.meta.url));

afterAll(removeApplications);

async function run({ name, exported }: Member, from: readonly string[], telemetry: 'on' | 'off'): Promise<OddReports> {
  const { stdout } = await execute(process.execPath, [RUNNER, JSON.stringify({ name, exported, from } satisfies OddRequest), telemetry], { timeout: 100_000 });
  return JSON.parse(stdout) as OddReports;
}

/** Of each SDK of the family, the version that is tested last. */
const NEWEST: readonly Member[] = [...new Map(MEMBERS.map((member) => [member.name, member])).values()];
/** And the one before it. */
const OLDER: ReadonlyMap<string, Member> = new Map(MEMBERS.filter((member) => !NEWEST.includes(member)).map((member) => [member.name, member]));

const RETRIED = ['sdk 1'];

describe.each(NEWEST)('$name', { timeout: 120_000 }, (member) => {
  it('is traced through subclasses, proxies, patched clients, clients made before and a second version beside it, and the application cannot tell', async () => {
    const app = application();
    const older = OLDER.get(member.name) ?? member;
    const from = [app.install(member), app.install(older, 'nested')];
    const [traced, bare] = await Promise.all([run(member, from, 'on'), run(member, from, 'off')]);
    for (const [use, { outcome }] of Object.entries(bare.uses)) expect.soft(traced.uses[use]?.outcome, use).toBe(outcome);
    const { 'a call that fails': failed, ...others } = traced.uses;
    expect(failed?.operations).toEqual(['sdk 0']);
    expect(Object.keys(others)).toHaveLength(member.exported === 'Anthropic' ? 7 : 6);
    for (const [use, { operations }] of Object.entries(others)) expect.soft(operations, use).toEqual(RETRIED);
    expect(traced.warnings).toEqual([]);
  });

  it('of a major that nobody has seen is traced, and announced once', async () => {
    const app = application();
    app.installAs(member, '99.0.0');
    const { uses, warnings } = await run(member, [app.entry], 'on');
    expect(uses['a subclass']?.operations).toEqual(RETRIED);
    expect(warnings).toEqual([expect.stringContaining(`${member.name} 99.0.0 is traced, but only versions from`)]);
  });
});
