import type { Check, Finding } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';
import { entryFor, lineToWrite, placed } from './import.ts';

/** Node.js loads a graph of ES modules before it runs any of them. An import of Outspan in that graph is too late for its SDKs. */
export const loadedFirst: Check<FolderFacts> = {
  name: 'loaded-first',
  find: ({ ownSdks, starts }): readonly Omit<Finding, 'check'>[] =>
    starts.flatMap((start) => {
      const { loadedFirst: late } = start;
      if (late === undefined) return [];
      return [
        {
          severity: 'problem',
          says: `${late.file} imports Outspan in the same graph of ES modules as ${late.sdks.join(', ')}: they are loaded before Outspan runs, so their calls are only known by their requests.`,
          fix: `${placed(start)}: ${lineToWrite(start, entryFor(ownSdks.length > 0))}`,
        },
      ];
    }),
};
