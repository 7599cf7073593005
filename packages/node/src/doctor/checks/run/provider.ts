import type { Check, Finding } from '../../finding.ts';
import type { RunFacts } from '../../run/facts.ts';
import { named, withOutspan } from './threads.ts';

/** A tracer provider must be registered. */
export const provider: Check<RunFacts> = {
  name: 'provider',
  find: (facts): readonly Omit<Finding, 'check'>[] =>
    withOutspan(facts)
      // Other checks report a registration that was refused.
      .filter(({ registry, registrations }) => registry?.tracerProvider === undefined && !registrations.some(({ of, refused }) => of === 'trace' && refused !== undefined))
      .map((thread) => {
        const isAsked = facts.exportsNoTraces && thread.outspan?.started === 'register';
        if (isAsked) return { severity: 'note', says: `${named(thread)}: no tracer provider is registered, because of OTEL_TRACES_EXPORTER=none. No span is recorded.`, fix: 'Unset OTEL_TRACES_EXPORTER to export traces.' };
        return {
          severity: 'problem',
          says: `${named(thread)}: no tracer provider is registered with OpenTelemetry, so no span is recorded.`,
          fix: thread.outspan?.started === 'register' ? 'Read the messages above: the SDK could not be started, or OpenTelemetry refused it.' : 'Start an OpenTelemetry SDK in the same process, or import @outspan/node/register, which starts one.',
        };
      }),
};
