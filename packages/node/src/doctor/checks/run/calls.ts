import type { Check } from '../../finding.ts';
import type { RunFacts } from '../../run/facts.ts';
import { callsSeen } from '../../run/thread.ts';
import { withOutspan } from './threads.ts';

/** A run without a call does not show whether calls are recorded. */
export const calls: Check<RunFacts> = {
  name: 'calls',
  find: (facts) => {
    if (withOutspan(facts).length === 0 || callsSeen(facts.threads) > 0) return [];
    const stopped = facts.ended.by === 'time';
    return [{ severity: 'problem', says: 'No LLM call was seen during the run.', fix: stopped ? 'Use the application while it runs, so it makes a call. --for SECONDS gives it longer.' : 'Make the application call an LLM. If it did, the call did not go through fetch, undici, node:http or a hooked SDK.' }];
  },
};
