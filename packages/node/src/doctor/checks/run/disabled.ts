import type { Check } from '../../finding.ts';
import type { RunFacts } from '../../run/facts.ts';
import { capable } from './threads.ts';

/** OpenTelemetry must not be turned off. */
export const disabled: Check<RunFacts> = {
  name: 'disabled',
  find: (facts) => (capable(facts).some((thread) => thread.disabled) ? [{ severity: 'problem', says: 'OTEL_SDK_DISABLED is true in the process: nothing is traced.', fix: 'Unset OTEL_SDK_DISABLED.' }] : []),
};
