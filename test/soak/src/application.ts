/**
 * The application: makes calls of every kind for as long as it is told, with Outspan or without, and looks at itself
 * all the while. Forked with its job as its only argument; what it sees goes to its parent.
 */
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import type { Client, OpenStream } from './clients.ts';
import type { FromApplication, Job, Moment } from './messages.ts';
import { replacePool } from './pool.ts';
import { startTelemetry } from './telemetry.ts';
import { STEADY_READING, type Use, USES } from './uses.ts';

/** Milliseconds that connections may take to close when the load is over. */
const CLOSES_WITHIN = 60_000;
/** Streams that are opened at once. */
const OPENED_AT_ONCE = 100;
/** Rounds through every use before the baseline, so that code is compiled and caches are full. */
const WARMUP_ROUNDS = 3;
const WARMUP_STREAMS = 60;

const job: Job = JSON.parse(process.argv[2] ?? '');
const { plan, endpoints } = job;
const telemetry = job.variant === 'outspan' ? await startTelemetry() : undefined;
const { CLIENTS } = await import('./clients.ts');

// Until all is said, the channel keeps the process; without a parent there is nobody to say it to.
process.channel?.ref();
process.once('disconnect', abandoned);

const unhandled: string[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason)));

const uses: Record<string, number> = {};
let calls = 0;
let startedAt = performance.now();
const delay = monitorEventLoopDelay({ resolution: 10 });

for (let round = 0; round < WARMUP_ROUNDS; round++) await Promise.all(CLIENTS.map(everyUse));
await Promise.all(Array.from({ length: WARMUP_STREAMS }, () => use(clientNumber(calls), USES[0])));
await quiet();
await snapshot('baseline');
await quiet();
await look('baseline');

startedAt = performance.now();
const loadEnds = startedAt + plan.minutes * 60_000;
const over = (): boolean => performance.now() >= loadEnds;
delay.enable();
const idle = openIdle();
await Promise.all([...Array.from({ length: plan.streams }, reader), ...Array.from({ length: plan.misusers }, misuser), watcher()]);
await letGo(await idle);
delay.disable();

const poolClosed = await quiet();
await look('end');
await snapshot('end');
await tell({ farewell: { spans: telemetry?.spans() ?? {}, uses, diagnostics: telemetry?.diagnostics ?? [], unhandled, poolClosed } });
// From here on nothing keeps the process but what a call has left behind.
process.off('disconnect', abandoned);
process.disconnect?.();

function abandoned(): void {
  process.exit();
}

function clientNumber(number: number): Client {
  const client = CLIENTS[number % CLIENTS.length];
  if (client === undefined) throw new RangeError('no clients');
  return client;
}

async function use(client: Client, chosen: Use | undefined): Promise<void> {
  if (chosen === undefined) return;
  calls++;
  uses[chosen.name] = (uses[chosen.name] ?? 0) + 1;
  // What a call throws is the application's daily life.
  await chosen.make(client, endpoints).catch(() => undefined);
  // Calls that reject at once must not keep everything else from happening.
  await setImmediate();
}

async function everyUse(client: Client): Promise<void> {
  await Promise.all(USES.map((each) => use(client, each)));
}

/** One of those who read a healthy stream at every moment. */
async function reader(_: unknown, number: number): Promise<void> {
  // Not all in step.
  await wait((number / plan.streams) * plan.streamEvents * plan.streamPause);
  while (!over()) await use(clientNumber(number), STEADY_READING);
}

/** One of those who go through everything. */
async function misuser(_: unknown, number: number): Promise<void> {
  for (let index = number; !over(); index++) {
    await use(clientNumber(Math.floor(index / USES.length) + number), USES[index % USES.length]);
    await wait(plan.misuserPause);
  }
}

interface IdleStream {
  readonly caller: AbortController;
  readonly stream: OpenStream;
  readonly readAlong: boolean;
}

/** Every second one is waited on for its next event, the others are open and unread. */
async function openIdle(): Promise<Set<IdleStream>> {
  const open = new Set<IdleStream>();
  const begin = async (number: number): Promise<void> => {
    const caller = new AbortController();
    calls++;
    try {
      const stream = await clientNumber(number).stream(endpoints.idle, caller.signal);
      const readAlong = number % 2 === 0;
      open.add({ caller, stream, readAlong });
      if (readAlong) void waitForMore(stream);
    } catch (error) {
      unhandled.push(`an idle stream could not be opened: ${String(error)}`);
    }
  };
  for (let first = 0; first < plan.idle && !over(); first += OPENED_AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(OPENED_AT_ONCE, plan.idle - first) }, (_, index) => begin(first + index)));
  }
  return open;
}

async function waitForMore({ chunks }: OpenStream): Promise<void> {
  try {
    for await (const chunk of chunks) void chunk;
  } catch {
    // It was aborted, as is said below.
  }
}

/** Those that are waited on are aborted, the others are forgotten. */
async function letGo(open: Set<IdleStream>): Promise<void> {
  for (const { caller, readAlong } of open) if (readAlong) caller.abort();
  open.clear();
  await setImmediate();
}

/** Looks at the process every so often. */
async function watcher(): Promise<void> {
  let shot = !plan.snapshotUnderLoad;
  for (;;) {
    await wait(plan.sampleEvery * 1_000);
    if (over()) return;
    await collect();
    await look('load');
    delay.reset();
    if (shot || performance.now() < (startedAt + loadEnds) / 2) continue;
    shot = true;
    await snapshot('load');
    delay.reset();
  }
}

/** Lets everything end that can: connections are closed, what nobody holds is collected, spans are exported. */
async function quiet(): Promise<boolean> {
  const closed = await replacePool(collect, CLOSES_WITHIN);
  await telemetry?.flush();
  for (let round = 0; round < 5; round++) await collect();
  return closed;
}

async function collect(): Promise<void> {
  // Finalizers run in turns of their own, and what they let go of is there for the next collection.
  for (let round = 0; round < 2; round++) {
    globalThis.gc?.();
    await setImmediate();
    await setImmediate();
  }
}

async function look(moment: Moment): Promise<void> {
  const { heapUsed, external, rss } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const type of process.getActiveResourcesInfo()) resources[type] = (resources[type] ?? 0) + 1;
  const milliseconds = (nanoseconds: number): number => (Number.isFinite(nanoseconds) ? nanoseconds / 1e6 : 0);
  await tell({
    sample: {
      moment,
      at: moment === 'baseline' ? 0 : (performance.now() - startedAt) / 1_000,
      heapUsed,
      external,
      rss,
      resources,
      loopDelay: { mean: milliseconds(delay.mean), p99: milliseconds(delay.percentile(99)), max: milliseconds(delay.max) },
      calls,
      openOperations: (await telemetry?.openOperations()) ?? 0,
    },
  });
}

async function snapshot(moment: Moment): Promise<void> {
  await tell({ snapshot: moment, file: writeHeapSnapshot(join(job.folder, `${job.variant}.${moment}.heapsnapshot`)) });
}

function tell(message: FromApplication): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
  });
}
