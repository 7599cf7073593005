import type { Check, Finding } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';
import { placed } from './import.ts';

const FIX = 'Use @outspan/instrumentation-fetch there. It does not need Node.js.';

/** `@outspan/node` is for Node.js. */
export const runtime: Check<FolderFacts> = {
  name: 'runtime',
  find({ marks, manifest, starts }): readonly Omit<Finding, 'check'>[] {
    const others = starts.flatMap((start): Omit<Finding, 'check'>[] =>
      start.command.kind === 'runtime' ? [{ severity: 'problem', says: `${placed(start)}: \`${start.line}\` runs on ${start.command.name}, where @outspan/node records nothing.`, fix: FIX }] : [],
    );
    if (others.length > 0 || starts.length > 0) return others;
    if (marks.deno !== undefined) return [{ severity: manifest === undefined ? 'problem' : 'unknown', says: `${marks.deno} is here: under Deno, @outspan/node records nothing.`, fix: FIX }];
    return marks.bun === undefined ? [] : [{ severity: 'unknown', says: `${marks.bun} is here: if the application runs on Bun, @outspan/node records nothing.`, fix: FIX }];
  },
};
