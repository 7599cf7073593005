import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How an application process ended. */
export interface AppRun {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ENDS_WITHIN_MS = 45_000;

/**
 * Runs a fixture to its end with nothing in its environment but `env`.
 * @param preload what `--import` loads first, if anything
 */
export function runApp(fixture: string, preload: string | undefined, env: Readonly<Record<string, string>>): Promise<AppRun> {
  const path = fileURLToPath(new URL(`../fixtures/${fixture}`, import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...(preload === undefined ? [] : ['--import', preload]), path], {
      cwd: fileURLToPath(new URL('../', import.meta.url)),
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: ENDS_WITHIN_MS,
      killSignal: 'SIGKILL',
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text;
    });
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, ...said }));
  });
}
