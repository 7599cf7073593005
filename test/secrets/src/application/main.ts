/**
 * The application: makes the calls of a job, many at a time, in the middle of a request that carries baggage. It is run with
 * the file of its job as its argument, and ends by itself. It prints nothing.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { context, createTraceState, propagation, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import { moduleLoader } from '@outspan/test-contract/application/modules';
import { Observation } from '@outspan/test-contract/application/observation';
import { driverOf } from '../drivers.ts';
import type { Call, FromApplication, Job } from '../job.ts';
import { headersOf, membersOf } from '../requests.ts';

/** Milliseconds that a call may go on after the application has given up. */
const SETTLE_MS = 3_000;

/** Milliseconds in which a process ends that has nothing left to do. */
const LINGER_MS = 5_000;

const job = readJob(process.argv[2]);
const { canaries } = job;
const load = moduleLoader(job.applications, 'esm');
const waiting = new Map<string, () => void>();

process.on('message', (cell) => {
  if (typeof cell !== 'string') return;
  waiting.get(cell)?.();
  waiting.delete(cell);
});
// What an SDK leaves behind is not what is looked at.
process.on('unhandledRejection', () => undefined);

const modules = new Set(job.calls.flatMap(({ driver }) => driverOf(driver, canaries).modules));
for (const name of modules) await load(name);
// By the key in the environment OpenAI's Agents SDK would send traces of its own to its maker, and end the process with 1 as long as it cannot.
for (const name of ['@openai/agents-3', '@openai/agents-20'] as const) if (modules.has(name)) (await load(name)).setTracingExportApiKey('');

/** The request that the application is in the middle of: its caller sent trace state and baggage. */
const incoming = propagation.setBaggage(
  trace.setSpanContext(ROOT_CONTEXT, { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: TraceFlags.SAMPLED, isRemote: true, traceState: createTraceState(`vendor=${canaries.tracestate}`) }),
  propagation.createBaggage({ tenant: { value: canaries.baggage } }),
);

const queue = job.calls.values();
await context.with(incoming, () => Promise.all(Array.from({ length: job.concurrency }, work)));
process.disconnect?.();
// Nothing keeps the process alive now but what a call has left behind, as a body that nobody reads.
setTimeout(() => process.exit(), LINGER_MS).unref();

function readJob(file: string | undefined): Job {
  if (file === undefined) throw new TypeError('usage: main.ts JOB.json');
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  // Written by the runner of this same package.
  return parsed as Job;
}

async function work(): Promise<void> {
  for (const call of queue) await make(call);
}

/** The provider is in the runner's process, so the runner says how far it has come. */
function underWay(cell: string): Promise<void> {
  return new Promise((resolve) => {
    waiting.set(cell, resolve);
    process.send?.({ watch: cell } satisfies FromApplication);
  });
}

async function make(call: Call): Promise<void> {
  const caller = new AbortController();
  const givingUp = setTimeout(() => caller.abort(), call.giveUpMs);
  const never = new AbortController();
  const more = { headers: headersOf(canaries), members: (dialect: Parameters<typeof membersOf>[0]) => membersOf(dialect, canaries) };
  const called = driverOf(call.driver, canaries)
    .call({ ...call, tools: false, caller, load, observe: new Observation(), underWay: () => underWay(call.cell), more })
    .catch(() => undefined);
  await Promise.race([called, wait(call.giveUpMs + SETTLE_MS, undefined, { signal: never.signal }).catch(() => undefined)]);
  clearTimeout(givingUp);
  never.abort();
}
