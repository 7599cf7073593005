import { execFile } from 'node:child_process';
import { mkdtempSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { FormReport, FormRequest } from './fixtures/run-forms.ts';

const execute = promisify(execFile);
const RUNNER = fileURLToPath(new URL('fixtures/run-forms.ts', import.meta.url));
const requireHere = createRequire(import.meta.url);
const directories: string[] = [];

/** An application's directory, in which the SDK goes by its own name. */
function application(sdk: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'outspan-openai-'));
  directories.push(directory);
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(realpathSync(dirname(requireHere.resolve(sdk))), join(directory, 'node_modules', 'openai'));
  const file = join(directory, 'app.mjs');
  writeFileSync(file, 'export const sdk = (name) => import(name);\n');
  return file;
}

afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true });
});

async function load(sdk: string, request: Partial<FormRequest>): Promise<FormReport> {
  const whole: FormRequest = { from: application(sdk), imported: [], required: [], requiredBefore: [], hook: 'named', ...request };
  const { stdout } = await execute(process.execPath, [RUNNER, JSON.stringify(whole)], { timeout: 30_000 });
  return JSON.parse(stdout) as FormReport;
}

describe.concurrent('openai-7', () => {
  it.each(['openai/client', 'openai/client.mjs', 'openai/index.mjs'])('is patched by import %s where only named modules are hooked', async (name) => {
    const { operations, warnings } = await load('openai-7', { imported: [name] });
    expect(operations).toEqual({ [`import '${name}'`]: 1 });
    expect(warnings).toEqual([]);
  });
});

describe.concurrent.each(['openai-5', 'openai-6', 'openai-7'])('%s', (sdk) => {
  it.each(['openai', 'openai/azure'])('is patched by import %s where only named modules are hooked', async (name) => {
    const { operations, warnings } = await load(sdk, { imported: [name] });
    expect(operations).toEqual({ [`import '${name}'`]: 1 });
    expect(warnings).toEqual([]);
  });

  it('is patched where every module is hooked', async () => {
    const { operations, warnings } = await load(sdk, { imported: ['openai/azure', 'openai'], hook: 'all' });
    expect(operations).toEqual({ "import 'openai/azure'": 1, "import 'openai'": 1 });
    expect(warnings).toEqual([]);
  });

  it('is patched in both its copies where an application imports the one and requires the other', async () => {
    const { operations } = await load(sdk, { imported: ['openai'], required: ['openai', 'openai/azure'] });
    expect(operations).toEqual({ "import 'openai'": 1, "require('openai')": 1, "require('openai/azure')": 1 });
  });

  it('is patched in place where it was required too early', async () => {
    const { operations, warnings } = await load(sdk, { requiredBefore: ['openai'], hook: 'none' });
    expect(operations).toEqual({ "require('openai')": 1 });
    expect(warnings).toEqual([]);
  });

  it('is left alone by an instrumentation that was disabled', async () => {
    const { operations } = await load(sdk, { imported: ['openai'], required: ['openai'], disabled: true });
    expect(operations).toEqual({ "import 'openai'": 0, "require('openai')": 0 });
  });
});
