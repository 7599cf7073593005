import { guard } from '../guard.ts';
import { atExit, beforeExit } from '../platform/lifecycle.ts';
import type { CallTracker } from './tracker.ts';

/**
 * Lets no call outlive the process: what is open when it has nothing more to do is ended as abandoned, what is open
 * when it is ended (`process.exit()`, an uncaught exception) as cut off by that.
 *
 * @returns what takes it back
 */
export function endWithProcess(tracker: CallTracker): () => void {
  const leave = [beforeExit(() => guard('ending calls at exit', () => tracker.shutdown())), atExit(() => guard('ending calls at exit', () => tracker.interrupt()))];
  return () => {
    for (const one of leave) one();
  };
}
