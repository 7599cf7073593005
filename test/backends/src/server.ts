import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

/** A running server. */
export interface Server {
  /** What it wrote so far, for the message of a test that fails. */
  logs(): string;
  /** Ends it and waits until it is gone. May be called more than once. */
  stop(): Promise<void>;
}

/** How to start a server. */
export interface ServerOptions {
  readonly name: string;
  readonly binary: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Answers 2xx once the server can be used. */
  readonly readyUrl: string;
}

const SUPERVISOR = fileURLToPath(new URL('supervise.mjs', import.meta.url));
const READY_WITHIN_MS = 30_000;
const LOG_BYTES_KEPT = 64 * 1024;

/**
 * Starts a server and waits until it is ready.
 * @throws with the server's log where it ends before that, or is not ready within 30 s
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const child = spawn(process.execPath, [SUPERVISOR, options.binary, ...options.args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Nothing of the test runner's own telemetry settings may reach a server that is itself built on OpenTelemetry.
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env },
  });
  let log = '';
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-LOG_BYTES_KEPT);
    });
  }
  let exitCode: number | null | undefined;
  const exited = new Promise<void>((resolve) => {
    child.once('close', (code) => {
      exitCode = code;
      resolve();
    });
  });
  const server: Server = {
    logs: () => log,
    stop: () => {
      child.stdin.end();
      return exited;
    },
  };
  try {
    await until(`${options.name} to be ready at ${options.readyUrl}`, READY_WITHIN_MS, async () => {
      if (exitCode !== undefined) throw new ServerEnded(options.name, exitCode, log);
      return (await statusOf(options.readyUrl)) === 200;
    });
  } catch (error) {
    await server.stop();
    if (error instanceof ServerEnded) throw error;
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${log}`, { cause: error });
  }
  return server;
}

/** A server ended before it was ready. */
export class ServerEnded extends Error {
  /** Another process took the port between choosing and using it: worth another try with other ports. */
  readonly portTaken: boolean;

  constructor(name: string, exitCode: number | null, log: string) {
    super(`${name} ended with code ${exitCode} before it was ready:\n${log}`);
    this.name = 'ServerEnded';
    this.portTaken = log.includes('address already in use');
  }
}

/** Runs `start` with as many free ports of 127.0.0.1 as asked for, again with others where one was taken meanwhile. */
export async function withFreePorts<T>(count: number, start: (ports: readonly number[]) => Promise<T>, triesLeft: number = 3): Promise<T> {
  try {
    return await start(await freePorts(count));
  } catch (error) {
    if (triesLeft > 1 && error instanceof ServerEnded && error.portTaken) return withFreePorts(count, start, triesLeft - 1);
    throw error;
  }
}

async function freePorts(count: number): Promise<number[]> {
  // All are held until all are chosen, so that none is chosen twice.
  const holders = await Promise.all(
    Array.from({ length: count }, () => {
      const holder = createServer();
      return new Promise<typeof holder>((resolve, reject) => {
        holder.once('error', reject).listen(0, '127.0.0.1', () => resolve(holder));
      });
    }),
  );
  return Promise.all(
    holders.map((holder) => {
      const address = holder.address();
      if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
      return new Promise<number>((resolve) => {
        holder.close(() => resolve(address.port));
      });
    }),
  );
}

async function statusOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}
