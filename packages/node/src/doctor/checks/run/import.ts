import type { Check, Finding } from '../../finding.ts';
import type { RunFacts } from '../../run/facts.ts';
import { lineWith } from '../../starts/insert.ts';
import { entryFor, lineToWrite, placed } from '../folder/import.ts';
import { capable, named, withOutspan } from './threads.ts';

/** The line that imports Outspan: of the script that was run, or the command itself. */
function fixFor({ hasOwnSdk, starts, target, threads }: RunFacts): string {
  const entry = entryFor(hasOwnSdk || threads.some(({ registry }) => registry?.tracerProvider !== undefined));
  const start = target.script === undefined ? undefined : starts.find(({ place }) => place.name === `scripts.${target.script}`);
  if (start !== undefined) return `${placed(start)}: ${lineToWrite(start, entry)}`;
  const { command, line } = target;
  if (command.kind === 'server' && command.fix !== undefined) return command.fix;
  return lineWith(line, command, entry) ?? `Set NODE_OPTIONS="--import ${entry}".`;
}

/** Outspan must be in the application's process. */
export const imports: Check<RunFacts> = {
  name: 'import',
  find(facts): readonly Omit<Finding, 'check'>[] {
    const threads = capable(facts);
    const within = withOutspan(facts);
    const without = threads.filter((thread) => !thread.disabled && !within.includes(thread));
    if (without.length === 0) return [];
    if (within.length === 0 && without.every(({ outspan }) => outspan === undefined)) return [{ severity: 'problem', says: 'Outspan is not in the process. Nothing imports it, so no LLM call is recorded.', fix: fixFor(facts) }];
    // Other threads may have nothing to do with LLM calls.
    return without.filter((thread) => thread.outspan !== undefined || thread.sdks.length > 0).map((thread) => ({
      severity: 'problem',
      says: thread.outspan === undefined ? `${named(thread)} uses ${[...new Set(thread.sdks.map(({ name }) => name))].join(', ')}, but Outspan is not in it.` : `${named(thread)} imported Outspan, but none of its instrumentations is on.`,
      fix: thread.outspan === undefined ? 'Set NODE_OPTIONS="--import @outspan/node/register", which child processes and worker threads inherit.' : 'Read the messages above: variables turn them off, or another copy came first.',
    }));
  },
};
