import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The package, in which the applications are. */
export const PACKAGE: string = new URL('..', import.meta.url).pathname;
const BOUND = 60_000;

/** How a process ended and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a process with nothing of this one's environment but what a process needs. */
export function start(command: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const [executable = '', ...args] = command;
  return spawn(executable, args, { cwd: PACKAGE, env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', NO_COLOR: '1', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Collects what a process writes to a stream of its. */
export function written(child: ChildProcess): { stdout: string; stderr: string } {
  const all = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (all.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (all.stderr += text));
  return all;
}

/** Runs a process to its end. It is killed if it runs away. */
export async function run(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = start(command, env);
  const all = written(child);
  const runaway = setTimeout(() => child.kill('SIGKILL'), BOUND);
  await once(child, 'close');
  clearTimeout(runaway);
  return { code: child.exitCode, ...all };
}
