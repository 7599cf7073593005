import { diag, isGranted } from '@outspan/core';
import type { Parcel } from './parcel.ts';
import { type Letter, SENDER } from './sender.ts';

/** Variables that would make more of the child than a sender. */
const NOT_FOR_THE_CHILD: ReadonlySet<string> = new Set(['NODE_OPTIONS', 'NODE_V8_COVERAGE']);

/** Options of Node that decide whom a connection reaches and trusts: the child must not differ in them. */
const OF_CONNECTIONS = /^--(?:use-(?:system|openssl|bundled)-ca|openssl-.+|(?:enable|force)-fips|tls-.+|dns-result-order=.+|(?:no-)?network-family-autoselection.*)$/;

function connectionOptions(): string[] {
  return [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/)].filter((option) => OF_CONNECTIONS.test(option));
}

function childEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_FOR_THE_CHILD.has(name)));
  return { ...kept, ...('electron' in process.versions && { ELECTRON_RUN_AS_NODE: '1' }) };
}

/** Why no child can be started, or `undefined` where one can. */
function hindrance(): string | undefined {
  if (process.permission !== undefined && !process.permission.has('child')) return 'the permission model does not allow child processes (--allow-child-process)';
  if (!isGranted({ name: 'run' })) return 'the permissions of Deno do not allow child processes (--allow-run)';
  // There the executable is the application itself.
  // Bun and Deno have no such module.
  const sea: { isSea(): boolean } | undefined = process.getBuiltinModule('node:sea');
  if ((sea?.isSea() ?? false) || 'pkg' in process) return 'the executable of this process is not Node.js';
  return undefined;
}

function inputOf(parcels: readonly Parcel[]): Buffer {
  const letters: Letter[] = parcels.map(({ destination, body }) => ({ ...destination, length: body.byteLength }));
  return Buffer.concat([Buffer.from(`${JSON.stringify(letters)}\n`), ...parcels.map(({ body }) => body)]);
}

/**
 * Makes the requests before it returns, in a child process: nothing else is both synchronous and bounded. (A worker
 * thread starts a little sooner, but a name look-up that hangs in it holds the end of the process past any bound.)
 * What is sent and the headers go through a pipe, and are in no argument and no variable.
 *
 * @param timeout milliseconds after which the child is killed
 * @returns why something was not delivered, or `undefined`
 */
export function handOver(parcels: readonly Parcel[], timeout: number): string | undefined {
  const hindered = hindrance();
  if (hindered !== undefined) {
    diag.debug(`what was not exported when the process ended was dropped: ${hindered}`);
    return undefined;
  }
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { error, status, stdout } = spawnSync(process.execPath, [...connectionOptions(), '--eval', SENDER], {
    input: inputOf(parcels),
    env: childEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: Math.max(1, Math.ceil(timeout)),
    killSignal: 'SIGKILL',
    windowsHide: true,
  });
  if (status === 0) return undefined;
  if (error !== undefined && 'code' in error && error.code === 'ETIMEDOUT') return 'no answer';
  return stdout?.toString() || error?.message || 'no answer';
}
