import type { Check } from '../../finding.ts';
import type { FolderFacts } from '../../folder/facts.ts';

/** OpenTelemetry must not be turned off. */
export const disabled: Check<FolderFacts> = {
  name: 'disabled',
  find: (facts) => (facts.disabled ? [{ severity: 'problem', says: 'OTEL_SDK_DISABLED is true: nothing is traced.', fix: 'Unset OTEL_SDK_DISABLED.' }] : []),
};
