import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { application, removeApplications } from './fixtures/application.ts';
import { type Member, MEMBERS } from './fixtures/members.ts';
import type { FormReport, FormRequest } from './fixtures/run-forms.ts';

const execute = promisify(execFile);
const RUNNER = fileURLToPath(new URL('fixtures/run-forms.ts', import.meta.url));

afterAll(removeApplications);

async function load(member: Member, request: Partial<FormRequest>): Promise<FormReport> {
  const from = application().install(member);
  const whole: FormRequest = { from, exported: member.exported, imported: [], required: [], requiredBefore: [], otherHook: 'none', ...request };
  const { stdout } = await execute(process.execPath, [RUNNER, JSON.stringify(whole)], { timeout: 30_000 });
  return JSON.parse(stdout) as FormReport;
}

describe.concurrent('openai-7', () => {
  it.each(['openai/client', 'openai/client.mjs', 'openai/index.mjs'])('is patched by import %s', async (name) => {
    const { operations, warnings } = await load(member('openai-7'), { imported: [name] });
    expect(operations).toEqual({ [`import '${name}'`]: 1 });
    expect(warnings).toEqual([]);
  });
});

function member(alias: string): Member {
  const found = MEMBERS.find((one) => one.alias === alias);
  if (found === undefined) throw new RangeError(alias);
  return found;
}

describe.concurrent.each(MEMBERS)('$alias', (sdk) => {
  const { name, specifiers } = sdk;

  it('is patched by whatever import', async () => {
    for (const specifier of specifiers) {
      const { operations, warnings } = await load(sdk, { imported: [specifier] });
      expect(operations).toEqual({ [`import '${specifier}'`]: 1 });
      expect(warnings).toEqual([]);
    }
  });

  it.skipIf(sdk.notWhereEveryModuleIsHooked === true).each(['before', 'after'] as const)('is patched where another tool, registered %s, wraps every module', async (otherHook) => {
    const { operations, warnings } = await load(sdk, { imported: specifiers.toReversed(), otherHook });
    expect(operations).toEqual(Object.fromEntries(specifiers.map((specifier) => [`import '${specifier}'`, 1])));
    expect(warnings).toEqual([]);
  });

  it('is patched in both its copies where an application imports the one and requires the other', async () => {
    const { operations } = await load(sdk, { imported: [name], required: specifiers });
    expect(operations).toEqual(Object.fromEntries([[`import '${name}'`, 1], ...specifiers.map((specifier) => [`require('${specifier}')`, 1])]));
  });

  it('is patched in place where it was required too early', async () => {
    const { operations, warnings } = await load(sdk, { requiredBefore: [name] });
    expect(operations).toEqual({ [`require('${name}')`]: 1 });
    expect(warnings).toEqual([]);
  });

  it('is left alone by an instrumentation that was disabled', async () => {
    const { operations } = await load(sdk, { imported: [name], required: [name], disabled: true });
    expect(operations).toEqual({ [`import '${name}'`]: 0, [`require('${name}')`]: 0 });
  });
});
