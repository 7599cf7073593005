import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const RUNNER = fileURLToPath(new URL('fixtures/run-background.ts', import.meta.url));

async function run(...given: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [RUNNER, ...given], { timeout: 60_000 });
  return JSON.parse(stdout);
}

describe.each(['openai-5', 'openai-6', 'openai-7'])('a response of %s that runs in the background', (alias) => {
  it.each([
    ['sdk', 'on'],
    ['inferred', 'hookless'],
  ])('is one operation, as its last answer says (%s)', async (boundary, telemetry) => {
    expect(await run(alias, telemetry)).toEqual({
      polled: [[boundary, 'success', 5, ['stop'], 0]],
      failed: [[boundary, 'server_error', null, ['error'], 0]],
      cancelled: [[boundary, 'cancelled', null, ['error'], 0]],
      resumed: [[boundary, 'success', 5, ['stop'], 0]],
    });
  });
});
