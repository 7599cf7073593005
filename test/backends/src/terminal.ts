import { spawn, type ChildProcess } from 'node:child_process';
import { dirname, delimiter } from 'node:path';

/** How a command ended. */
export interface Ended {
  readonly exitCode: number | null;
  /** Standard output and error together, as a reader sees them. */
  readonly output: string;
  /** What `docker` was asked to do, one command line each; it is not run. */
  readonly docker: readonly string[];
}

/** A command that goes on until it is stopped. */
export interface Terminal {
  output(): string;
  /** As the keys do: the interrupt signal for all that runs in it. */
  ctrlC(): Promise<void>;
}

/**
 * Words that a reader types, where there is no Docker, and nothing may be downloaded. What was asked of `docker` is told at the end of the output.
 */
const PRELUDE = `
docker() { DOCKER="\${DOCKER-}docker $*"$'\\n'; }
npx() { local name=\${1/@outspan\\//outspan-}; shift; "node_modules/.bin/$name" "$@"; }
trap 'printf "\\0%s" "\${DOCKER-}"' EXIT
`;
const MOST_MS = 60_000;

/** Runs what a reader types, to its end. */
export function run(script: string, folder: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = bash(`${PRELUDE}${script}`, folder);
    const timer = setTimeout(() => interrupt(child, 'SIGKILL'), MOST_MS);
    const said = outputOf(child);
    child.once('error', reject);
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      const [output = '', docker = ''] = said().split('\0');
      resolve({ exitCode, output, docker: docker.split('\n').filter((line) => line !== '') });
    });
  });
}

/** Runs what a reader types into a terminal of its own and leaves it running. */
export function open(script: string, folder: string, env: Readonly<Record<string, string>> = {}): Terminal {
  const child = bash(`${PRELUDE.replace(/^trap.*$/m, '')}${script}`, folder, env);
  const said = outputOf(child);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = (): void => interrupt(child, 'SIGKILL');
  process.once('exit', end);
  return {
    output: said,
    ctrlC: async () => {
      interrupt(child, 'SIGINT');
      const kill = setTimeout(end, 20_000);
      await closed;
      clearTimeout(kill);
      process.off('exit', end);
    },
  };
}

function bash(script: string, cwd: string, env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    // The Node.js that the tests run on, and nothing of the telemetry settings of this process.
    env: { PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter), HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what it started is stopped with it.
    detached: true,
  });
}

function outputOf(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  return () => output;
}

function interrupt({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
}
