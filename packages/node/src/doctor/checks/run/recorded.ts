import type { Check, Finding } from '../../finding.ts';
import type { RunFacts } from '../../run/facts.ts';
import { named, withOutspan } from './threads.ts';

/** The spans of calls must be recorded. */
export const recorded: Check<RunFacts> = {
  name: 'recorded',
  find: (facts): readonly Omit<Finding, 'check'>[] =>
    withOutspan(facts).flatMap((thread): Omit<Finding, 'check'>[] => {
      const all = Object.values(thread.calls);
      const lost = all.reduce((sum, { seen, recorded: kept }) => sum + seen - kept, 0);
      const seen = all.reduce((sum, one) => sum + one.seen, 0);
      const { tracerProvider } = thread.registry ?? {};
      // Another check reports that there is no provider.
      if (lost === 0 || tracerProvider === undefined) return [];
      const { sampler } = tracerProvider;
      const isSampler = sampler !== undefined && !/^(?:AlwaysOn|ParentBased\{root=AlwaysOn)/.test(sampler);
      return [
        {
          severity: 'problem',
          says: `${named(thread)}: ${lost} of ${seen} calls were seen but not recorded${isSampler ? `: the sampler is ${sampler}` : ''}.`,
          fix: isSampler ? 'Change the sampler (OTEL_TRACES_SAMPLER), or sample in the Collector.' : 'Start the OpenTelemetry SDK before the first call. Calls inside a span that is not sampled are not recorded either.',
        },
      ];
    }),
};
