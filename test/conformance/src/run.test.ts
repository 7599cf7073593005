import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const RUN = fileURLToPath(new URL('run.ts', import.meta.url));

it('says what is missing where the official tools are not on PATH, and fails', () => {
  const { status, stdout } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', RUN], { env: { PATH: '' }, encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stdout.match(/^ {2}[\w-]+: .+$/gm)).toEqual([expect.stringContaining('weaver: '), expect.stringContaining('otel-conformance: '), expect.stringContaining('genai-mock-server: ')]);
});
