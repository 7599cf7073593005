import type { CallSettings } from '../drivers/driver.ts';

/** Milliseconds in which what was sent arrives, even on a busy machine. */
const ARRIVAL_MS = 250;

/** Aborts the call when it has come as far as the pattern says. */
export function abortWhenPatternSays({ pattern, caller, underWay }: Pick<CallSettings, 'pattern' | 'caller' | 'underWay'>): void {
  if (pattern !== 'abort_before_head' && pattern !== 'abort_in_body') return;
  void underWay().then(() => setTimeout(() => caller.abort(), ARRIVAL_MS));
}
