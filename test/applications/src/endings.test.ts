import { spawnSync } from 'node:child_process';
import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { receive, type Receiver } from '../../runtimes/src/receiver.ts';
import { run, type Ended } from '../../runtimes/src/run.ts';
import { NODES, ready } from './check.ts';
import type { Installed } from './installed/install.ts';
import { EXECUTABLES, exportingTo, seenBy, shownBy } from './measure.ts';
import { recordSafety } from './safety-rows.ts';
import { calls, SCRIPT, type NodeMajor } from './set-up.ts';
import { startService, until, type Service } from './service.ts';
import { NOTHING, SDK_301, type Tree } from './trees.ts';

recordSafety('endings', 'ends of applications');

// What the application does at its end, and what its platform does to it: nothing is lost, nothing is asked twice, and it
// ends when it would have.

let provider: FaultProvider;
beforeAll(async () => {
  provider = await startFaultProvider();
});
afterAll(() => provider.close());

const REGISTER = ['--import', '@outspan/node/register'];
/** So many requests are a few rounds; a loop makes hundreds a second. */
const A_FEW = 20;

describe.concurrent.for(NODES.map((node) => ({ node })))('at the end, on Node.js $node', ({ node }) => {
  async function endsWith(listener: string, args: readonly string[], { apps }: Installed): Promise<{ ended: Ended; backend: Receiver; figures: number }> {
    const backend = await receive();
    try {
      const session = provider.session(SCRIPT, { words: { headers: { 'retry-after-ms': '5' } } });
      const env = { LISTENER: listener, FIGURES: `${backend.url}/figures`, BASE_URL: `${session.baseUrl}/v1`, ...exportingTo(backend.url) };
      const ended = await run({ executable: EXECUTABLES[node], argv: [...args, 'before-exit.cjs'], cwd: apps, env });
      return { ended, backend, figures: backend.paths.filter((path) => path === '/figures').length };
    } finally {
      backend.close();
    }
  }

  it.for(['once', 'until it is guarded', 'each time'])('beside a beforeExit listener that posts a figure %s, the application ends, after a few requests', async (listener, { expect }) => {
    const { before, after } = await ready(NOTHING);
    const without = await endsWith(listener, [], before);
    expect(without.ended.code).toBe(0);
    const { ended, backend, figures } = await endsWith(listener, REGISTER, after);
    expect.soft(shownBy(ended)).toEqual(shownBy(without.ended));
    expect.soft(figures).toBeGreaterThan(0);
    expect.soft(figures).toBeLessThan(A_FEW);
    expect.soft(backend.paths.length).toBeLessThan(A_FEW);
    const { traces, counted } = calls('sdk', 'nothing');
    expect.soft(seenBy(backend.exported).sees).toEqual({ traces: [...traces].sort(), counted });
  });
});

/** One call, as a backend sees it. */
const ONE = 'chat gpt-4o (sdk)\n  attempt 1: 200';
const times = (count: number): object => ({ traces: Array.from({ length: count }, () => ONE), counted: [count, count] });
/** Exports soon, where a process lives on. */
const SOON = { OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_METRIC_EXPORT_INTERVAL: '2000', OTEL_METRIC_EXPORT_TIMEOUT: '2000' };
/** Exports when it is told to, and not before. */
const NOT_BY_ITSELF = { OTEL_BSP_SCHEDULE_DELAY: '3600000', OTEL_METRIC_EXPORT_INTERVAL: '3600000' };

interface Served {
  readonly tree: Tree;
  readonly node: NodeMajor;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly wrapper?: readonly string[];
}

/** Runs a service for as long as `use` takes. */
async function serving({ tree, node, argv, env, wrapper = [] }: Served, use: (service: Service, backend: Receiver) => Promise<void>): Promise<void> {
  const { after } = await ready(tree);
  const backend = await receive();
  try {
    const command = { argv: [...wrapper, EXECUTABLES[node], ...argv], cwd: after.apps, env: { BASE_URL: `${provider.session('ok').baseUrl}/v1`, ...exportingTo(backend.url), ...env } };
    const service = await startService(command, wrapper.length > 0);
    try {
      await use(service, backend);
    } finally {
      await service.kill();
    }
  } finally {
    backend.close();
  }
}

const AS_PID_1 = ['unshare', '--fork', '--pid', '--mount-proc', '--kill-child'];
const canBePid1 = spawnSync('unshare', [...AS_PID_1.slice(1), 'true']).status === 0;

const SIGNALLED = [
  { name: 'SIGTERM to PID 1 of a container, which has no handler', wrapper: AS_PID_1, env: {} },
  { name: 'SIGTERM to an application that handles it and goes on', wrapper: [], env: { ON_SIGTERM: 'nothing' } },
];

describe.concurrent.for(NODES.map((node) => ({ node })))('a signal that does not end the process, on Node.js $node', ({ node }) => {
  it.for(SIGNALLED.map((row) => [row.name, row] as const))('%s: the calls that follow are recorded and exported', async ([, { wrapper, env }], { expect, skip }) => {
    skip(wrapper === AS_PID_1 && !canBePid1, 'no process can be PID 1 of a namespace here (unshare)');
    await serving({ tree: NOTHING, node, argv: [...REGISTER, 'service.mjs'], env: { ...SOON, ...env }, wrapper }, async (service, backend) => {
      expect.soft(await service.get()).toBe('stop');
      service.signal('SIGTERM');
      for (let call = 0; call < 2; call++) expect.soft(await service.get()).toBe('stop');
      const sees = (): object => seenBy(backend.exported).sees;
      await until('the calls after the signal', () => JSON.stringify(sees()) === JSON.stringify(times(3))).catch(() => undefined);
      expect.soft(sees()).toEqual(times(3));
      expect.soft(service.stderr).toBe('');
    });
  });
});

const FUNCTIONS = [
  { name: 'register, an ES module', tree: NOTHING, argv: [...REGISTER, 'service.mjs'] },
  { name: 'register, CommonJS', tree: NOTHING, argv: ['--require', '@outspan/node/register', 'service.cjs'] },
  { name: 'an SDK of its own, an ES module', tree: SDK_301, argv: ['--import', '@outspan/node/instrument', '--import', './sdk.mjs', 'service.mjs'] },
  { name: 'an SDK of its own, CommonJS', tree: SDK_301, argv: ['--require', '@outspan/node/instrument', '--require', './sdk.cjs', 'service.cjs'] },
] as const;

describe.concurrent.for(NODES.map((node) => ({ node })))('a function that is frozen after each invocation, on Node.js $node', ({ node }) => {
  it.for(FUNCTIONS.map((row) => [row.name, row] as const))('has exported all of it by flush() before that: %s', async ([, { tree, argv }], { expect }) => {
    await serving({ tree, node, argv, env: { ...NOT_BY_ITSELF, WHEN_DONE: 'flush' } }, async (service, backend) => {
      for (const invocation of [1, 2, 3]) {
        expect.soft(await service.get()).toBe('stop');
        service.signal('SIGSTOP');
        expect.soft(seenBy(backend.exported).sees, `after invocation ${invocation}`).toEqual(times(invocation));
        service.signal('SIGCONT');
      }
    });
  });

  it.for(FUNCTIONS.filter(({ tree }) => tree === NOTHING).map((row) => [row.name, row] as const))('has exported all of it by shutdown() before it is killed: %s', async ([, { tree, argv }], { expect }) => {
    await serving({ tree, node, argv, env: { ...NOT_BY_ITSELF, WHEN_DONE: 'shutdown' } }, async (service, backend) => {
      expect.soft(await service.get()).toBe('stop');
      expect.soft(seenBy(backend.exported).sees).toEqual(times(1));
    });
  });
});
