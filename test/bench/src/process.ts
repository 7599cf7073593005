import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { CellResult, CellTask } from './cell.ts';

/** A cell that takes longer hangs. */
const CELL_DEADLINE = 120_000;

/** The server process. `stop` ends it. */
export async function startServer(): Promise<{ port: number; stop(): void }> {
  const child = fork(new URL('server.ts', import.meta.url), { execArgv: ['--no-warnings'] });
  const message = await firstMessage(child, 10_000);
  return { port: Number(Reflect.get(Object(message), 'port')), stop: () => child.kill() };
}

/** Measures one cell in a fresh process. */
export async function measure(task: CellTask): Promise<CellResult> {
  const execArgv = ['--no-warnings', '--expose-gc'];
  // Settings of the machine are no part of the benchmark.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:OTEL|OUTSPAN|OPENAI|OPENINFERENCE|TRACELOOP)_/.test(name)));
  const child = fork(new URL('cell.ts', import.meta.url), [JSON.stringify(task)], { execArgv, env });
  const result = await firstMessage(child, CELL_DEADLINE);
  await new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  return result as CellResult;
}

function firstMessage(child: ChildProcess, deadline: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`no answer within ${deadline / 1000} s`));
    }, deadline);
    const done = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
    };
    child.once('message', (message) => done(() => resolve(message)));
    child.once('error', (error) => done(() => reject(error)));
    child.once('exit', (code) => done(() => reject(new Error(`ended with ${String(code)} before it had measured`))));
  });
}
