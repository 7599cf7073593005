import { flushAll } from '@outspan/core';
import { checkEnvironment } from '../environment/check.ts';
import { processState } from '../process-state.ts';
import { suppressed } from '../suppressed.ts';
import { flushTimeout } from './flush-at-end.ts';
import { within } from './within.ts';

/** How long an export may take. */
export interface FlushOptions {
  /** Milliseconds after which it is no longer waited for. Default: `OUTSPAN_FLUSH_TIMEOUT`, else 1,000. */
  readonly timeout?: number;
}

function timeoutOf({ timeout }: FlushOptions): number {
  return timeout !== undefined && timeout >= 0 ? timeout : flushTimeout(checkEnvironment(process.env).values);
}

/**
 * Exports everything that has ended so far: spans, metrics, events. A call that waits for a retry ends. For a function that is
 * frozen between two invocations, at the end of each one. It works with the SDK that `@outspan/node/register` or `start()`
 * started and with one of the application's own. Everything goes on afterwards.
 *
 * @returns a promise that resolves once all is exported, or the time is up, and never rejects: what could not be exported is said as ever
 */
export async function flush(options: FlushOptions = {}): Promise<void> {
  const { instrumentations, telemetry } = processState();
  await within(timeoutOf(options), suppressed(() => telemetry?.drain() ?? flushAll(instrumentations.values())));
}

/**
 * Exports everything, also of calls that are under way, and stops. An SDK of the application's own is flushed, and left to it.
 *
 * @returns a promise that resolves once it is done, or the time is up, and never rejects
 */
export async function shutdown(options: FlushOptions = {}): Promise<void> {
  const { instrumentations, telemetry } = processState();
  const work = suppressed(async () => {
    for (const one of instrumentations.values()) one.disable();
    await (telemetry?.shutdown() ?? flushAll([]));
  });
  await within(timeoutOf(options), work);
}
