/**
 * The application: makes the calls of a job, many at a time, and writes down what it saw.
 * It is run with the file of its job as its only argument, once traced and once not.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { driverById } from '../drivers/catalogue.ts';
import type { Library } from '../drivers/driver.ts';
import { type Call, CELL_ATTRIBUTE, type FromApplication, type Job, type Report } from '../runner/job.ts';
import { type Observe, observersByHand } from './by-hand.ts';
import { moduleLoader } from './modules.ts';
import { Observation, type Outcome } from './observation.ts';
import { projectError } from './project.ts';
import { startTelemetry } from './telemetry.ts';

/** Milliseconds that a call may go on after the application has given up. */
const SETTLE_MS = 3000;
/** Milliseconds between the last call and the end, for what is still under way. */
const QUIET_MS = 500;
/** Milliseconds from one garbage collection to the next, once the work is done. */
const COLLECT_MS = 500;
/** Milliseconds after which a process that has not ended says why. */
const OVERDUE_MS = 5000;

const job = readJob(process.argv[2]);
const telemetry = job.tracing === 'off' ? undefined : await startTelemetry(job);
const load = moduleLoader(job.applications, job.form);
const current = new AsyncLocalStorage<string>();
const unhandled: Report['unhandled'][number][] = [];
const warnings: string[] = [];
const waiting = new Map<string, () => void>();

process.on('message', (cell) => {
  if (typeof cell !== 'string') return;
  waiting.get(cell)?.();
  waiting.delete(cell);
});
process.on('unhandledRejection', (reason) => {
  const cell = current.getStore();
  unhandled.push({ ...(cell !== undefined && { cell }), reason: projectError(reason) });
});
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning' && warning.name !== 'DeprecationWarning') warnings.push(`${warning.name}: ${warning.message.split('\n')[0] ?? ''}`);
});

// Loading is not part of a call, and must not make the first ones slow.
for (const name of new Set(job.calls.map(({ driver }) => driver))) await warm(name);
const libraries = new Set(job.calls.map(({ driver }) => driverById(driver).library));
const observers: ReadonlyMap<Library, Observe> = job.tracing === 'observed' ? await observersByHand(libraries, job.form) : new Map();

const outcomes: Record<string, Outcome> = {};
const queue = job.calls.values();
await Promise.all(Array.from({ length: job.concurrency }, work));
await wait(QUIET_MS);
await telemetry?.stop();

const report: Report = {
  outcomes,
  unhandled,
  warnings,
  diagnostics: telemetry?.recorder.diagnostics ?? [],
  spans: telemetry?.recorder.spans ?? [],
  started: telemetry?.recorder.started ?? 0,
  ended: telemetry?.recorder.ended ?? 0,
};
writeFileSync(job.report, JSON.stringify(report));
// From here on nothing keeps the process alive but what a call has left behind.
process.disconnect?.();
// A stream that a client drops unread keeps its socket until the garbage collector finds it. When that is, is chance: collect now.
setFlagsFromString('--expose-gc');
setInterval(gcOf(runInNewContext('gc')), COLLECT_MS).unref();
setTimeout(() => console.error(`kept alive by: ${process.getActiveResourcesInfo().join(', ')}; ports: ${activePorts().join(', ')}`), OVERDUE_MS).unref();

function readJob(file: string | undefined): Job {
  if (file === undefined) throw new TypeError('usage: main.ts JOB.json');
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  // Written by the runner of this same package.
  return parsed as Job;
}

/** The local ports of the sockets that keep the process alive. */
function activePorts(): readonly number[] {
  // Deprecated in the documents, for want of anything better.
  const handles: unknown = Reflect.get(process, '_getActiveHandles')?.call(process);
  return Array.isArray(handles) ? handles.flatMap((handle) => (handle instanceof Socket && handle.localPort !== undefined ? [handle.localPort] : [])) : [];
}

function gcOf(exposed: unknown): () => void {
  if (typeof exposed !== 'function') throw new TypeError('V8 exposes no gc()');
  return () => void exposed();
}

async function work(): Promise<void> {
  for (const call of queue) {
    outcomes[call.cell] = await current.run(call.cell, () => rooted(call));
    tell({ kind: 'done', cell: call.cell });
  }
}

/** Makes the call inside a span of the application's, as a request handler's would be, or outside of any. */
async function rooted(call: Call): Promise<Outcome> {
  if (!job.rooted || telemetry === undefined) return make(call);
  return trace.getTracer('application').startActiveSpan('handle request', { root: true, attributes: { [CELL_ATTRIBUTE]: call.cell } }, ROOT_CONTEXT, async (span) => {
    try {
      return await make(call);
    } finally {
      span.end();
    }
  });
}

function tell(message: FromApplication): void {
  process.send?.(message);
}

/** The provider is in the runner's process, so the runner says how far it has come. */
function underWay(cell: string): Promise<void> {
  return new Promise((resolve) => {
    waiting.set(cell, resolve);
    tell({ kind: 'watch', cell });
  });
}

async function make(call: Call): Promise<Outcome> {
  const observe = new Observation();
  const caller = new AbortController();
  const givingUp = setTimeout(() => caller.abort(), call.giveUpMs);
  const never = new AbortController();
  const driver = driverById(call.driver);
  const byHand = observers.get(driver.library);
  const called = driver
    .call({ ...call, caller, load, observe, ...(byHand && { byHand }), underWay: () => underWay(call.cell) })
    .then(
      () => ({}),
      (threw: unknown) => ({ threw }),
    );
  const unsettled = wait(call.giveUpMs + SETTLE_MS, { unsettled: true as const }, { signal: never.signal }).catch(() => ({}));
  const end: { readonly threw?: unknown; readonly unsettled?: true } = await Promise.race([called, unsettled]);
  clearTimeout(givingUp);
  never.abort();
  return observe.outcome(end);
}

async function warm(driver: string): Promise<void> {
  const names = driverById(driver).modules;
  for (const name of names) await load(name);
}
