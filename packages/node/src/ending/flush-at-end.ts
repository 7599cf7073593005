import { createHook } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { isMainThread } from 'node:worker_threads';
import { diag } from '@outspan/core';
import { isSuppressed, suppressed } from '../suppressed.ts';
import type { Telemetry } from './telemetry.ts';
import { within } from './within.ts';

const DEFAULT_TIMEOUT = 1_000;

/** Milliseconds that the end of the process may take, as the checked variables say. */
export function flushTimeout(values: Readonly<Record<string, string | undefined>>): number {
  const timeout = values['OUTSPAN_FLUSH_TIMEOUT'];
  return timeout === undefined ? DEFAULT_TIMEOUT : Number(timeout);
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
type Signal = (typeof SIGNALS)[number];

/** Milliseconds between letting go of what an exporter still holds and forcing the end. */
const GRACE = 50;

function isUnrefable(value: object): value is { unref(): void } {
  return 'unref' in value && typeof value.unref === 'function';
}

/**
 * Collects timers and sockets that come to be while it is on, so that they can be kept from holding the process.
 *
 * @param whose `everything` at the end, when only exporters are left; before it, what is known to be theirs
 */
function collectHandles(whose: 'exporters' | 'everything'): { release(): void } {
  const handles = new Set<{ unref(): void }>();
  const hook = createHook({
    init(_id, _type, _trigger, resource) {
      if (isUnrefable(resource) && (whose === 'everything' || isSuppressed())) handles.add(resource);
    },
  }).enable();
  return {
    release() {
      hook.disable();
      for (const handle of handles) handle.unref();
      handles.clear();
    },
  };
}

function warnOfLoss(timeout: number, reason: string): void {
  diag.warn(`telemetry could not be exported in the ${timeout} ms that the end of the process may take, and was dropped: ${reason} (OUTSPAN_FLUSH_TIMEOUT)`);
}

const HTTP_ERRORS = 'http.client.request.error';

/**
 * Exports within `timeout` milliseconds, and says so if that was too short. Exporters retry silently for longer than that, so
 * the last connection error is taken from the requests themselves.
 *
 * @param work what exports
 */
async function exportWithin(timeout: number, work: () => Promise<void>): Promise<boolean> {
  let reason = 'no answer';
  const onError = (message: unknown): void => {
    if (typeof message === 'object' && message !== null && 'error' in message && message.error instanceof Error) reason = message.error.message || reason;
  };
  subscribe(HTTP_ERRORS, onError);
  try {
    const settled = await within(timeout, suppressed(work));
    if (!settled) warnOfLoss(timeout, reason);
    return settled;
  } finally {
    unsubscribe(HTTP_ERRORS, onError);
  }
}

/** A flush of a process that goes on: after `timeout` milliseconds nothing of it holds the process. */
async function flushBeside(telemetry: Telemetry, timeout: number): Promise<void> {
  const handles = collectHandles('exporters');
  await within(timeout, suppressed(() => telemetry.flush()));
  handles.release();
}

/** The time that the end of the process may take, all its ways of ending together. */
class Budget {
  readonly total: number;
  #begun: number | undefined;

  constructor(total: number) {
    this.total = total;
  }

  /** The process is ending: what is done from now on counts. */
  begin(): void {
    this.#begun ??= performance.now();
  }

  /** The process goes on after all. */
  reset(): void {
    this.#begun = undefined;
  }

  get left(): number {
    return this.#begun === undefined ? this.total : this.total - (performance.now() - this.#begun);
  }
}

/** What keeps the process alive, as one comparable text. */
function activity(): string {
  return process.getActiveResourcesInfo().sort().join();
}

/**
 * The last flush of a process that has nothing left to do. It ends as it would have, with its own exit code: the
 * application's `beforeExit` listeners, which have run, are not run a second time for the work that the flush was.
 */
async function endNaturally(telemetry: Telemetry, budget: Budget): Promise<void> {
  const handles = collectHandles('everything');
  budget.begin();
  const settled = await exportWithin(budget.total, () => telemetry.shutdown());
  handles.release();
  process.removeAllListeners('beforeExit');
  if (settled) return;
  // Without anything that holds it the process ends now, by itself. What cannot be let go of (a name look-up) is cut off.
  setTimeout(() => process.exit(), GRACE).unref();
}

/** Flushes of a process that other `beforeExit` listeners give new work. Each is new work itself, after which all listeners run again. */
const MOST_FLUSHES_BESIDE = 2;

function flushBeforeExit(telemetry: Telemetry, budget: Budget): void {
  let ending = false;
  let flushes = 0;
  process.on('beforeExit', () => {
    if (ending) return;
    // Standard streams count as activity from their first use on, which may be another listener's.
    void [process.stdout, process.stderr];
    const before = activity();
    // After all other listeners: one of them may have given the process new work, then this is not its end.
    process.nextTick(() => {
      if (ending) return;
      if (activity() === before) {
        ending = true;
        void endNaturally(telemetry, budget);
      } else if (flushes++ < MOST_FLUSHES_BESIDE) void flushBeside(telemetry, budget.total);
    });
  });
}

/** Listeners of the signal-exit package: they re-raise the signal only if nobody else listens, as we do. */
function politeListeners(): number {
  const emitters: unknown[] = [Reflect.get(globalThis, Symbol.for('signal-exit emitter')), Reflect.get(process, '__signal_exit_emitter__')];
  let listeners = 0;
  for (const emitter of emitters) {
    if (typeof emitter === 'object' && emitter !== null && 'count' in emitter && typeof emitter.count === 'number') listeners += emitter.count;
  }
  return listeners;
}

/** Milliseconds after which a process that is still there has not died of its signal. */
const DEATH = 100;

function flushOnSignal(signal: Signal, telemetry: Telemetry, budget: Budget): void {
  let dying = false;
  const goOn = (): void => {
    dying = false;
    budget.reset();
    process.on(signal, onSignal);
  };
  const die = (): void => {
    process.off(signal, onSignal);
    process.kill(process.pid, signal);
    // A listener that came in the meantime may have taken the signal.
    setTimeout(goOn, DEATH).unref();
  };
  const onSignal = (): void => {
    // The second Ctrl-C means now.
    if (dying) return die();
    // The first process of a container does not die of a signal that nobody listens to.
    if (process.pid === 1 || process.listenerCount(signal) - 1 > politeListeners()) {
      void flushBeside(telemetry, budget.total);
      return;
    }
    dying = true;
    budget.begin();
    telemetry.interrupt();
    void exportWithin(budget.total, () => telemetry.drain()).then(die, die);
  };
  process.on(signal, onSignal);
}

/** `process.exit()`, an uncaught exception, an unhandled rejection: nothing asynchronous happens any more. */
function deliverAtExit(telemetry: Telemetry, budget: Budget): void {
  process.on('exit', () => {
    const { left } = budget;
    // All that it may take went into a flush that has said what became of it.
    if (left <= 0) return;
    telemetry.interrupt();
    const reason = telemetry.deliver(left);
    if (reason !== undefined) warnOfLoss(budget.total, reason);
  });
}

/**
 * Flushes when the process ends by itself, by SIGTERM or by SIGINT, and delivers what is left when it exits, without
 * changing how it ends: the exit code stays, an application that handles a signal is left to it, one that does not dies
 * of the signal once the flush is done.
 *
 * @param timeout milliseconds that all of it may take at most; with 0 nothing is delivered at an exit
 */
export function flushAtEnd(telemetry: Telemetry, timeout: number): void {
  const budget = new Budget(timeout);
  flushBeforeExit(telemetry, budget);
  deliverAtExit(telemetry, budget);
  // Signals are the main thread's.
  if (!isMainThread) return;
  for (const signal of SIGNALS) flushOnSignal(signal, telemetry, budget);
}
