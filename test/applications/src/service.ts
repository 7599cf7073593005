import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server of an application under test. */
export interface Service {
  readonly url: string;
  /** The body of the answer to a GET. */
  get(path?: string): Promise<string>;
  /** Sends a signal to the application itself, also where another process runs it. */
  signal(signal: NodeJS.Signals): void;
  /** Standard error so far. */
  readonly stderr: string;
  /** Kills it, and waits for that. */
  kill(): Promise<void>;
}

export interface ServiceCommand {
  /** What runs it, the executable included. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A pattern for the line that says where it listens. Default: the URL alone. */
  readonly listening?: RegExp;
}

const PATIENCE_MS = 30_000;
const POLL_MS = 50;

/**
 * Waits for `check` to hold.
 *
 * @throws Error that says what was waited for
 */
export async function until(what: string, check: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!check()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(POLL_MS);
  }
}

/** The innermost process that `pid` runs: itself, unless it is a wrapper. */
function innermost(pid: number): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return child === undefined || child === '' ? pid : innermost(Number(child));
}

/**
 * Starts a service and waits until it says where it listens.
 *
 * @throws Error with what it wrote where it ends before that
 */
export async function startService({ argv, cwd, env, listening = /^(http:\/\/127\.0\.0\.1:\d+)$/m }: ServiceCommand, wrapped = false): Promise<Service> {
  const [executable = '', ...args] = argv;
  const child = spawn(executable, args, { cwd, env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const { pid } = child;
  const kill = async (): Promise<void> => {
    // A stopped process is killed as well.
    child.kill('SIGKILL');
    await closed;
  };
  try {
    await until(`${args.join(' ')} to listen`, () => listening.test(stdout) || child.exitCode !== null || child.signalCode !== null);
  } catch (error) {
    await kill();
    throw error;
  }
  const [, url] = listening.exec(stdout) ?? [];
  if (url === undefined || pid === undefined) {
    await kill();
    throw new Error(`${args.join(' ')} does not start:\n${stdout}${stderr.slice(0, 2_000)}`);
  }
  return {
    url,
    async get(path = '/') {
      // A connection of its own: the process may have been stopped meanwhile.
      const response = await fetch(new URL(path, url), { headers: { connection: 'close' }, signal: AbortSignal.timeout(PATIENCE_MS) });
      return response.text();
    },
    signal: (signal) => void process.kill(wrapped ? innermost(pid) : pid, signal),
    get stderr() {
      return stderr;
    },
    kill,
  };
}
