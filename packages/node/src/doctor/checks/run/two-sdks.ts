import type { Check, Finding } from '../../finding.ts';
import type { RunFacts } from '../../run/facts.ts';
import { named } from './threads.ts';

/** A process has one OpenTelemetry SDK. OpenTelemetry refuses what a second one registers. */
export const twoSdks: Check<RunFacts> = {
  name: 'two-sdks',
  find: ({ threads }): readonly Omit<Finding, 'check'>[] =>
    threads.flatMap((thread): Omit<Finding, 'check'>[] => {
      const refused = thread.registrations.find(({ of, refused: why }) => of === 'trace' && why === 'taken');
      if (refused === undefined) return [];
      const byOutspan = thread.outspan?.started === 'register';
      return [
        {
          severity: 'problem',
          says: `${named(thread)}: a second OpenTelemetry SDK was started${refused.from === undefined ? '' : ` (by ${refused.from})`}, but OpenTelemetry refused its tracer provider. Its exporters get no spans.`,
          fix: byOutspan ? 'Import @outspan/node/instrument instead of @outspan/node/register, which starts its own SDK.' : 'Start one SDK per process.',
        },
      ];
    }),
};
