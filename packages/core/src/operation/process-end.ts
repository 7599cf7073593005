import { guard } from '../guard.ts';
import { atExit, beforeExit } from '../platform/lifecycle.ts';

/** What has something open that the end of the process cuts off. */
export interface Interruptible {
  /** Ends what is open, as abandoned. */
  shutdown(): void;
  /** Ends what is open, as cut off. */
  interrupt(): void;
}

/**
 * Lets no call outlive the process: what is open when it has nothing more to do is ended as abandoned, what is open
 * when it is ended (`process.exit()`, an uncaught exception) as cut off by that.
 *
 * @returns what takes it back
 */
export function endWithProcess(tracker: Interruptible): () => void {
  const leave = [beforeExit(() => guard('ending calls at exit', () => tracker.shutdown())), atExit(() => guard('ending calls at exit', () => tracker.interrupt()))];
  return () => {
    for (const one of leave) one();
  };
}
