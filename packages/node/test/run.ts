import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How a process ended and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that runs. */
export interface Running {
  /** Resolves once standard output contains `text`. */
  says(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/** What to run. */
export interface Command {
  /** Node's own arguments. Default: the one import. */
  readonly node?: readonly string[];
  /** A file in `test/apps` and its arguments. */
  readonly app: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** The executable. Default: the Node.js that runs the test. */
  readonly executable?: string;
}

/** The package, so that its own name resolves through its exports map. */
const PACKAGE = new URL('..', import.meta.url).pathname;
const BOUND = 50_000;
/** A loaded machine is slow; what a test says of the bound itself, it sets. */
const PATIENT = { OUTSPAN_FLUSH_TIMEOUT: '15000' };

export const IMPORT: readonly string[] = ['--import', '@outspan/node/register'];
export const REQUIRE: readonly string[] = ['--require', '@outspan/node/register'];

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const out = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (out.stderr += text));
  return out;
}

/** Starts a process with nothing of this one's environment but what a process needs. It is killed if it runs away. */
export function start(command: Command): Running {
  const [file, ...rest] = command.app;
  const child = spawn(command.executable ?? process.execPath, [...(command.node ?? IMPORT), `test/apps/${file}`, ...rest], {
    cwd: PACKAGE,
    env: { PATH: process.env['PATH'] ?? '', ...PATIENT, ...command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = collect(child);
  const runaway = setTimeout(() => child.kill('SIGKILL'), BOUND);
  const ended = once(child, 'close').then((): Ended => {
    clearTimeout(runaway);
    return { code: child.exitCode, signal: child.signalCode, ...out };
  });
  return {
    ended,
    kill: (signal) => void child.kill(signal),
    says: async (text) => {
      while (!out.stdout.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended without saying "${text}": ${out.stderr}`);
        await Promise.race([once(child.stdout ?? child, 'data'), ended]);
      }
    },
  };
}

/** Runs a process to its end. */
export function run(command: Command): Promise<Ended> {
  return start(command).ended;
}

/** Whether the SDK or Outspan wrote a line. */
export function isDiagLine(line: string): boolean {
  return /^\[(?:opentelemetry|outspan)\]/.test(line);
}

/** The lines that the SDK and Outspan wrote. */
export function diagLines(ended: Ended): string[] {
  return ended.stderr.split('\n').filter(isDiagLine);
}
