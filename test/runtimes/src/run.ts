import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What to run: Node's arguments, then the application and its own. */
export interface Command {
  readonly executable?: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** How a process ended and what it wrote, the processes that it started included. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The package, from which the applications are named and `@outspan/node` resolves. */
export const PACKAGE: string = new URL('..', import.meta.url).pathname;
const BOUND = 60_000;

/** Runs a process to its end with nothing of this one's environment but what a process needs. It is killed if it runs away. */
export async function run({ executable = process.execPath, argv, env, cwd = PACKAGE }: Command): Promise<Ended> {
  const child = spawn(executable, argv, { cwd, env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const runaway = setTimeout(() => child.kill('SIGKILL'), BOUND);
  await once(child, 'close');
  clearTimeout(runaway);
  return { code: child.exitCode, signal: child.signalCode, stdout, stderr };
}

const OURS = /^\[(?:outspan|opentelemetry)\] /;
// `(node:123) Warning` and where in the output of several processes a line came.
const comparable = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => !OURS.test(line))
    .map((line) => line.replace(/^\(node:\d+\)/, '(node)'))
    .sort();

/** What the application's own side shows: everything but the lines that telemetry writes to standard error. */
export function seen(ended: Ended): object {
  return { code: ended.code, signal: ended.signal, stdout: ended.stdout.split('\n').sort(), stderr: comparable(ended.stderr) };
}

/** The lines that telemetry wrote. */
export function told(ended: Ended): string[] {
  return ended.stderr.split('\n').filter((line) => OURS.test(line));
}
