import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeVM } from '@edge-runtime/vm';
import { inject } from 'vitest';
import { bundle } from './bundle.ts';
import { PACKAGE, run } from './process.ts';
import { serve } from './workerd.ts';
import type { Worker } from './workerd.ts';

/** What an application is asked to do: see `apps/run.mjs`. */
export interface Task {
  readonly trace?: 'global' | 'given';
  readonly otlp?: string;
  readonly urls: Readonly<Record<string, string>>;
  readonly stream?: boolean;
  readonly names?: readonly string[];
  readonly calls?: string;
  /** Sends requests to where they fail, in place of either. */
  readonly failures?: true;
}

/** What it did. */
export interface Done {
  readonly result: Readonly<Record<string, unknown>>;
  readonly unhandled: readonly string[];
  readonly stderr: string;
}

/** A runtime to do tasks on. */
export interface Host {
  readonly name: 'node' | 'bun' | 'deno' | 'workerd' | 'edge';
  perform(task: Task): Promise<Done>;
  close(): void;
}

function isDone(value: unknown): value is Pick<Done, 'result' | 'unhandled'> {
  return typeof value === 'object' && value !== null && 'result' in value && 'unhandled' in value;
}

function doneOf(text: string, stderr: string): Done {
  const parsed: unknown = JSON.parse(text);
  if (!isDone(parsed)) throw new Error(`no result in ${text.slice(0, 500)}`);
  return { ...parsed, stderr };
}

/** The executables of the runtimes. */
export function executables(): { readonly bun: string; readonly deno: string; readonly workerd: string } {
  const found = inject('executables');
  if (found.kind === 'missing') throw new Error(found.reason);
  return found;
}

/** Whether the runtimes could be had, for `describe.runIf`. */
export const haveRuntimes: boolean = inject('executables').kind === 'installed';

/** The command that runs an application on a runtime. */
export function commandOf(name: 'node' | 'bun' | 'deno', preloaded?: string): readonly string[] {
  if (name === 'node') return [process.execPath, ...(preloaded === undefined ? [] : ['--import', preloaded])];
  if (name === 'bun') return [executables().bun, 'run', ...(preloaded === undefined ? [] : ['--preload', preloaded])];
  return [executables().deno, 'run', '--allow-all', '--no-lock', '--no-config', '--no-code-cache', '--node-modules-dir=manual', ...(preloaded === undefined ? [] : ['--preload', preloaded])];
}

function processHost(name: 'node' | 'bun' | 'deno'): Host {
  return {
    name,
    async perform(task) {
      const { code, stderr, stdout } = await run([...commandOf(name), 'apps/main.mjs'], { TASK: JSON.stringify(task) });
      if (code !== 0) throw new Error(`${name} exited with ${code}: ${stderr}`);
      return doneOf(stdout, stderr);
    },
    close: () => undefined,
  };
}

/** Vercel's own emulation of its edge runtime, in a context of this very process. Each task has one of its own. */
function edgeHost(): Host {
  const file = join(PACKAGE, 'dist', 'edge-runtime.js');
  const ready = bundle('apps/edge-runtime.mjs', file, { format: 'iife', conditions: ['edge-light', 'worker', 'browser'] });
  return {
    name: 'edge',
    async perform(task) {
      await ready;
      const vm = new EdgeVM();
      vm.evaluate(await readFile(file, 'utf8'));
      vm.context['task'] = JSON.stringify(task);
      return doneOf(String(await vm.evaluate<Promise<unknown>>('perform(task)')), '');
    },
    close: () => undefined,
  };
}

/** Each task has an isolate of its own, as each process has. */
function workerHost(): Host {
  const workers: Worker[] = [];
  return {
    name: 'workerd',
    async perform(task) {
      const worker = await serve(executables().workerd, 'apps/worker.mjs');
      workers.push(worker);
      const answer = await fetch(worker.url, { method: 'POST', body: JSON.stringify(task) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`workerd answered ${answer.status}: ${text} ${worker.written.stderr}`);
      worker.stop();
      return doneOf(text, worker.written.stderr);
    },
    close: () => workers.forEach((worker) => worker.stop()),
  };
}

/** A runtime by its name. */
export function hostOf(name: Host['name']): Host {
  if (name === 'edge') return edgeHost();
  return name === 'workerd' ? workerHost() : processHost(name);
}
