import { flushAll, guard } from '@outspan/core';
import type { OutspanInstrumentation } from '@outspan/core';
import type { KeptExports } from '../export-retry/kept-exports.ts';
import type { LastExport } from '../last-export/last-export.ts';
import { sdkLog } from '../sdk-log.ts';

/** What is to be emptied before the process ends. None may throw or reject. */
export interface Telemetry {
  /** Ends the calls that are under way, as cut off by the end of the process. */
  interrupt(): void;
  /** Exports everything before it returns. Says why it could not, within `timeout` milliseconds. */
  deliver(timeout: number): string | undefined;
  /** Exports what has ended so far and goes on. */
  flush(): Promise<void>;
  /** The same, and tries again and again what the backend does not take at once. */
  drain(): Promise<void>;
  /** Exports everything, also what is under way, and stops. */
  shutdown(): Promise<void>;
}

/**
 * The telemetry of an SDK that was started here.
 *
 * @param kept what exporters keep for a backend that was away
 */
export function telemetryOf(live: readonly OutspanInstrumentation[], kept: readonly KeptExports[], shutdown: () => Promise<void>, lastExport: LastExport | undefined): Telemetry {
  let ended: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    for (const one of live) guard('ending what waits', () => one.flush());
    try {
      await shutdown();
    } catch (error) {
      sdkLog.error('outspan: the last export failed', error);
    }
  };
  return {
    interrupt() {
      for (const one of live) guard('ending calls at exit', () => one.interrupt());
    },
    deliver: (timeout) => guard('the last export', () => lastExport?.(timeout)),
    flush: () => flushAll(live),
    async drain() {
      await flushAll(live);
      await Promise.all(kept.map((one) => one.flush()));
    },
    shutdown() {
      // A signal may come while the process is ending by itself.
      ended ??= end();
      return ended;
    },
  };
}
