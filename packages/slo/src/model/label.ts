import { LABEL } from '../prometheus/series.ts';
import { nearMiss } from './near-miss.ts';

/** Short names that `by` and `where` take for the labels that everybody groups by. */
export const LABEL_ALIASES: Readonly<Record<string, string>> = {
  service: LABEL.service,
  version: LABEL.version,
  environment: LABEL.environment,
  provider: LABEL.provider,
  model: LABEL.model,
  operation: LABEL.operation,
  address: LABEL.address,
};

/** An alias, an attribute (`gen_ai.provider.name`) or a label (`gen_ai_provider_name`). */
export const LABEL_REFERENCE_PATTERN = '^[A-Za-z_][A-Za-z0-9_./-]*$';

/** The Prometheus label that is meant: an alias is looked up, an attribute translated as Prometheus does. */
export function labelOf(reference: string): string {
  return (Object.hasOwn(LABEL_ALIASES, reference) ? LABEL_ALIASES[reference] : undefined) ?? reference.replaceAll(/[^A-Za-z0-9_]/g, '_');
}

/** What an SLO counts by, so that it cannot group by it as well. */
const VERDICT: ReadonlySet<string> = new Set([LABEL.outcome, LABEL.errorClass, LABEL.origin, LABEL.truncation, LABEL.retried]);
/** What the generated series carry on their own account. */
const RESERVED: ReadonlySet<string> = new Set([LABEL.slo, LABEL.subject, 'le', 'quantile', 'threshold', 'direction', 'alertname', 'alertstate', 'severity', 'outspan_fault']);

/** Why an SLO can neither group nor filter by a label; undefined: it can. */
export function whyNotLabel(label: string): string | undefined {
  if (VERDICT.has(label)) return `'${label}' is what an SLO counts by; choose the SLI, and 'faults', instead`;
  if (RESERVED.has(label) || label.startsWith('__')) return `'${label}' is a label that the generated series use themselves`;
  return undefined;
}

/** The alias that was probably meant by a label nobody promised, or undefined. */
export function meantAlias(reference: string): string | undefined {
  return reference.includes('.') || reference.includes('_') || Object.hasOwn(LABEL_ALIASES, reference) ? undefined : nearMiss(reference, Object.keys(LABEL_ALIASES));
}
