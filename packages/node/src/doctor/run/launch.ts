import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { isatty } from 'node:tty';
import type { Ended } from '../report.ts';

/** What to start, and for how long. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether standard output is the report's alone; the application's then goes to standard error. */
  readonly keepsOutput: boolean;
  /** Milliseconds after which it is stopped. */
  readonly time: number;
  /** Processes that it has started, as far as they are known. */
  readonly processes: () => readonly number[];
}

/** Milliseconds that it has to end when it is asked to. */
const GRACE = 10_000;

/** Signals that are passed on. */
const PASSED: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGINT'];
const ENDING: ReadonlySet<NodeJS.Signals> = new Set(['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGINT']);

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Passes signals on; a terminal sends SIGINT to the application by itself. Returns a function that stops that. */
function passSignals(child: ChildProcess, ending: () => void): () => void {
  const handlers = PASSED.map((signal) => {
    const pass = (): void => {
      if (ENDING.has(signal)) ending();
      if (signal !== 'SIGINT' || !isatty(0)) child.kill(signal);
    };
    process.on(signal, pass);
    return () => process.off(signal, pass);
  });
  return () => handlers.forEach((off) => off());
}

async function endsWithin(over: Promise<unknown>, time: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), time);
  });
  const inTime = await Promise.race([over.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}

/** Resolves when none of these processes is there any more, or when it is too late. */
async function areGone(pids: readonly number[], time: number): Promise<boolean> {
  const until = performance.now() + time;
  while (pids.some((pid) => send(pid, 0))) {
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}

/** Stops it: first the process that was started, which tells others; then what is left of them. */
async function stop(child: ChildProcess, over: Promise<unknown>, processes: () => readonly number[]): Promise<boolean> {
  child.kill('SIGTERM');
  const inTime = await endsWithin(over, GRACE);
  const left = processes().filter((pid) => pid !== child.pid && send(pid, 'SIGTERM'));
  const areLeft = !(await areGone(left, inTime ? GRACE : 0));
  if (inTime && !areLeft) return false;
  child.kill('SIGKILL');
  for (const pid of left) send(pid, 'SIGKILL');
  await over;
  return true;
}

/**
 * Starts a command with the doctor's own standard streams, and waits for its end, which comes after `time` at the latest.
 *
 * @throws where it cannot be started
 */
export async function launch({ program, args, folder, environment, keepsOutput, time, processes }: Launch): Promise<Ended> {
  const begun = performance.now();
  // By their numbers: the streams of this process would make the application's, which are the same, non-blocking.
  const child = spawn(program, [...args], { cwd: folder, env: environment, stdio: ['inherit', keepsOutput ? 2 : 'inherit', 'inherit'], shell: process.platform === 'win32' });
  await once(child, 'spawn');
  const over = once(child, 'exit');
  let by: Ended['by'] = 'itself';
  const stopPassing = passSignals(child, () => {
    by = 'signal';
  });
  let killed = false;
  if (!(await endsWithin(over, time))) {
    by = 'time';
    killed = await stop(child, over, processes);
  }
  stopPassing();
  return { by, code: child.exitCode, signal: child.signalCode, killed, seconds: Math.round((performance.now() - begun) / 100) / 10 };
}
