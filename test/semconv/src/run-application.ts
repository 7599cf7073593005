import { fork } from 'node:child_process';
import type { Mode } from './modes.ts';
import { MODES } from './modes.ts';
import type { Emitted } from './telemetry.ts';

const DEADLINE = 90_000;

/** Makes every call in a process of its own. Rejects when one that ought to succeed failed. */
export function runApplication(mode: Mode): Promise<Emitted> {
  // Settings of the machine are no part of the test.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:OTEL|OUTSPAN|OPENAI|ANTHROPIC|GEMINI|GOOGLE)_/.test(name)));
  if (!MODES[mode].hooked) env['ANTHROPIC_OPEN_TELEMETRY'] = 'false';
  const child = fork(new URL('application/main.ts', import.meta.url), [mode], { env, execArgv: ['--no-warnings'] });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the application was not done after ${DEADLINE / 1_000} s`));
    }, DEADLINE);
    child.once('message', (emitted) => resolve(emitted as Emitted));
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the application ended with ${String(code)} before it had told what was emitted`));
    });
  });
}
