import type { DashboardName } from '../grafana/dashboards.ts';
import type { Question } from './questions.ts';

/** What is done about an alert, in this order. */
export const STEPS = { fix: 'Fix it', reduce: 'Reduce load', retries: 'Harden retries', validate: 'Validate outputs' } as const;

/** What one alert's runbook says beside what all of them say. */
export interface Runbook {
  /** What is known when it comes. */
  readonly says: string;
  /** What a tired reader might take it for. */
  readonly saysNot: string;
  readonly confirm: readonly Question[];
  /** Tags for Jaeger's search, as its `Tags` field takes them. */
  readonly traces: string;
  /** What to look for in the traces. */
  readonly look: string;
  readonly dashboard: DashboardName;
  /** Whether a provider's status page could say something about it. */
  readonly statusPages: boolean;
  readonly act: Readonly<Partial<Record<keyof typeof STEPS, readonly string[]>>>;
  /** What to keep for later, beside what is always kept. */
  readonly keep: readonly string[];
}
