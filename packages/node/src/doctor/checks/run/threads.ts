import { isSupportedNode } from '../../../node-version.ts';
import type { RunFacts, ThreadFacts } from '../../run/facts.ts';

/** A thread, for a reader. */
export function named({ pid, script, thread }: ThreadFacts): string {
  const file = script?.replace(/^.*[/\\]/, '');
  const process = file === undefined ? `Process ${pid}` : `Process ${pid} (${file})`;
  return thread === 0 ? process : `Worker thread ${thread} of process ${pid}`;
}

/** The threads whose Node.js Outspan supports. */
export function capable({ threads }: RunFacts): readonly ThreadFacts[] {
  return threads.filter(({ version }) => isSupportedNode(version));
}

/** The threads where Outspan is loaded and on. */
export function withOutspan(facts: RunFacts): readonly ThreadFacts[] {
  return capable(facts).filter(({ disabled, outspan }) => !disabled && outspan !== undefined && Object.keys(outspan.instrumentations).length > 0);
}
