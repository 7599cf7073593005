import type { Check, Finding } from '../../finding.ts';
import type { RunFacts, ThreadFacts } from '../../run/facts.ts';
import { named, withOutspan } from './threads.ts';

function findingOf(thread: ThreadFacts, isAsked: boolean): Omit<Finding, 'check'>[] {
  const provider = thread.registry?.tracerProvider;
  if (provider === undefined) return [];
  if (provider.processors === undefined) return [{ severity: 'unknown', says: `${named(thread)}: the doctor cannot see where ${provider.name} sends its spans.`, fix: 'Check in the backend of that product.' }];
  if (provider.processors.length > 0) return [];
  const without = `${named(thread)}: the tracer provider (${provider.name}) has no span processor, so spans go nowhere`;
  return isAsked
    ? [{ severity: 'note', says: `${without}, because of OTEL_TRACES_EXPORTER=none.`, fix: 'Unset OTEL_TRACES_EXPORTER to export traces.' }]
    : [{ severity: 'problem', says: `${without}.`, fix: 'Give the SDK a span processor with an exporter, or set OTEL_TRACES_EXPORTER=otlp.' }];
}

/** The tracer provider must have something that exports. */
export const exporter: Check<RunFacts> = {
  name: 'exporter',
  find: (facts) => withOutspan(facts).flatMap((thread) => findingOf(thread, facts.exportsNoTraces)),
};
