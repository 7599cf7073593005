import type { Check, Finding } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';
import { placed } from './import.ts';

/** Some commands must run to show what they start. */
export const unclearStart: Check<FolderFacts> = {
  name: 'unclear-start',
  find: ({ starts }): readonly Omit<Finding, 'check'>[] =>
    starts.flatMap((start): Omit<Finding, 'check'>[] => {
      const { command, line, outspan, place } = start;
      const fix = `Have the doctor start it: npx @outspan/node doctor -- ${place.file === 'package.json' ? place.name.replace(/^scripts\./, '') : line}`;
      if (outspan.state === 'maybe') return [{ severity: 'unknown', says: `${placed(start)}: the doctor cannot tell whether \`${line}\` imports Outspan: ${outspan.why}.`, fix }];
      if (outspan.state === 'no' && command.kind === 'unknown') return [{ severity: 'unknown', says: `${placed(start)}: the doctor does not know what \`${line}\` starts.`, fix }];
      return [];
    }),
};
