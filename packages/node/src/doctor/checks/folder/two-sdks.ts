import type { Check, Finding } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';
import type { ExaminedStart } from '../../folder/starts.ts';
import { placed } from './import.ts';

/** Whether an SDK is preloaded before Outspan, which then starts none. */
function comesBefore(sdk: string, { preloads }: ExaminedStart): boolean {
  const at = preloads.findIndex(({ of }) => of === sdk);
  return at >= 0 && at < preloads.findIndex(({ of }) => of.startsWith('@outspan/'));
}

/** A process has one OpenTelemetry SDK. OpenTelemetry refuses what a second one registers. */
export const twoSdks: Check<FolderFacts> = {
  name: 'two-sdks',
  find: ({ ownSdks, starts }): readonly Omit<Finding, 'check'>[] =>
    starts.flatMap((start): Omit<Finding, 'check'>[] => {
      const { outspan, line } = start;
      const own = ownSdks.find(({ file }) => !comesBefore(file, start));
      if (own === undefined || outspan.state !== 'yes' || (outspan.entry !== 'register' && outspan.entry !== 'start')) return [];
      const way = outspan.entry === 'register' ? '@outspan/node/register' : 'start() of @outspan/node';
      return [
        {
          severity: 'problem',
          says: `${own.file} starts an OpenTelemetry SDK of its own (${own.by}), and ${way} starts another. OpenTelemetry refuses the second one, and its exporters get nothing.`,
          fix: outspan.entry === 'register' && outspan.by !== 'source' ? `${placed(start)}: ${line.replace('@outspan/node/register', '@outspan/node/instrument')}` : 'Use @outspan/node/instrument instead.',
        },
      ];
    }),
};
