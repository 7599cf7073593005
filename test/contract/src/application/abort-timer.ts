import type { CallSettings } from '../drivers/driver.ts';

/** Milliseconds after which a pattern aborts: the request is on its way by then, and half of a body has come. */
const ABORT_AFTER_MS = 300;

/** Aborts later where the pattern says so. */
export function abortWhenPatternSays({ pattern, caller }: Pick<CallSettings, 'pattern' | 'caller'>): void {
  if (pattern === 'abort_before_head' || pattern === 'abort_in_body') setTimeout(() => caller.abort(), ABORT_AFTER_MS);
}
