import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { countInstances, ownClasses } from './heap.ts';
import type { Endpoints, Farewell, FromApplication, Job, Moment, Observed, Sample, Variant } from './messages.ts';
import type { Plan } from './plan.ts';

/** What became of one application process. */
export interface Run {
  readonly variant: Variant;
  /** The baseline first, the end last. */
  readonly samples: readonly Observed[];
  /** Objects of our classes, by the moment of the snapshot. */
  readonly instances: Readonly<Partial<Record<Moment, Readonly<Record<string, number>>>>>;
  readonly farewell: Farewell;
  /** Of the process, once it had said all. `null`: it had to be killed, as something kept it. */
  readonly exitCode: number | null;
}

/** Milliseconds for what comes before and after the load. */
const AROUND_THE_LOAD = 420_000;
/** Milliseconds in which a process that has nothing to do ends by itself. */
const ENDS_WITHIN = 10_000;
/** Milliseconds in which the provider hears that connections were closed. */
const CLOSES_WITHIN = 3_000;

/** Settings of the machine are no part of it. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:OTEL|OUTSPAN|OPENAI|ANTHROPIC)_|^NODE_OPTIONS$/.test(name)));
}

/** Runs an application process through the plan, against a provider process of its own. */
export async function run(variant: Variant, plan: Plan): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'outspan-soak-'));
  const provider = fork(new URL('provider.ts', import.meta.url), [JSON.stringify(plan)], { execArgv: ['--no-warnings'], env: environment() });
  try {
    const { endpoints }: { endpoints: Endpoints } = await answer(provider);
    const job: Job = { variant, plan, endpoints, folder };
    const application = fork(new URL('application.ts', import.meta.url), [JSON.stringify(job)], {
      execArgv: ['--no-warnings', '--expose-gc', '--max-old-space-size=8192'],
      env: environment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    return await accompany(application, provider, job);
  } finally {
    provider.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

async function accompany(application: ChildProcess, provider: ChildProcess, { variant, plan }: Job): Promise<Run> {
  const samples: Observed[] = [];
  const instances: Partial<Record<Moment, Readonly<Record<string, number>>>> = {};
  const classes = ownClasses();
  const exited = once(application, 'exit');
  let said = '';
  application.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)));
  const overdue = setTimeout(() => application.kill('SIGKILL'), plan.minutes * 60_000 + AROUND_THE_LOAD);
  try {
    // Buffers what comes while another message is dealt with.
    for await (const [given] of on(application, 'message', { close: ['exit'] })) {
      const message = given as FromApplication;
      if ('sample' in message) samples.push(await observed(message.sample, provider));
      else if ('snapshot' in message) {
        instances[message.snapshot] = countInstances(message.file, classes);
        await rm(message.file);
      } else return { variant, samples, instances, farewell: message.farewell, exitCode: await ending(application, exited) };
    }
    throw new Error(`the application (${variant}) ended with ${String(application.exitCode ?? application.signalCode)} before its time:\n${said}`);
  } finally {
    clearTimeout(overdue);
    if (application.exitCode === null) application.kill('SIGKILL');
  }
}

async function ending(application: ChildProcess, exited: Promise<unknown>): Promise<number | null> {
  const late = setTimeout(() => application.kill('SIGKILL'), ENDS_WITHIN);
  await exited;
  clearTimeout(late);
  return application.exitCode;
}

async function observed(sample: Sample, provider: ChildProcess): Promise<Observed> {
  const patience = sample.moment === 'load' ? 0 : CLOSES_WITHIN;
  const until = performance.now() + patience;
  for (;;) {
    provider.send('sockets');
    const { sockets }: { sockets: number } = await answer(provider);
    // The other side of a closed connection hears of it a little later.
    if (sockets === 0 || performance.now() >= until) return { ...sample, sockets };
    await wait(100);
  }
}

/** The next thing that one of our own processes says. */
async function answer<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, 'message');
  return message as T;
}
