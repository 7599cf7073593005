import type { AlertName } from '../alerts/catalogue.ts';
import type { Model, Origin, Severity, SliKind, Source } from './model.ts';

/** What an `outspan.slo.yaml` holds that fits the schema: every key may be missing. */
export interface ModelFile {
  readonly version?: 1;
  readonly source?: Source;
  readonly histograms?: Model['histograms'];
  readonly buckets?: readonly number[];
  readonly interval?: string;
  readonly ingestion_delay?: string;
  readonly slos?: readonly SloEntry[];
  readonly maintenance?: readonly MaintenanceEntry[];
  readonly budget_policy?: readonly BudgetStageEntry[];
  readonly alerts?: AlertsSection;
  readonly links?: LinksSection;
  readonly receivers?: ReceiversSection;
}

/** One entry of `slos`. */
export interface SloEntry {
  readonly name: string;
  readonly description?: string;
  readonly sli?: SliKind;
  readonly objective?: number | string;
  readonly window?: string;
  readonly by?: readonly string[];
  readonly where?: WhereEntry;
  readonly overrides?: readonly OverrideEntry[];
  readonly threshold?: number | string;
  readonly faults?: readonly Origin[];
  readonly alerts?: readonly Severity[];
}

/** Labels, by aliases or by names, and the values that count. */
export type WhereEntry = Readonly<Record<string, string | readonly string[]>>;

/** Another promise for a part of what an SLO counts. */
export interface OverrideEntry {
  readonly name: string;
  readonly where: WhereEntry;
  readonly description?: string;
  readonly objective?: number | string;
  readonly window?: string;
  readonly alerts?: readonly Severity[];
}

/** Once, from one moment to another; or on days of the week, from one time of the day to another. */
export interface MaintenanceEntry {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly days?: readonly Day[];
  readonly where?: WhereEntry;
}

export type Day = 'sunday' | 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday';

export interface BudgetStageEntry {
  readonly below: number | string;
  readonly action: string;
}

export interface PolicyEntry {
  readonly where: WhereEntry;
  readonly alerts?: readonly AlertName[];
  readonly severity: Severity | 'none';
}

export interface AlertsSection {
  readonly disabled?: readonly AlertName[];
  readonly severities?: Readonly<Partial<Record<AlertName, Severity>>>;
  readonly policies?: readonly PolicyEntry[];
  readonly minimum_bad_events?: number;
  readonly failing_ratio?: number | string;
  readonly healthy_ratio?: number | string;
  readonly retry_storm_attempts?: number;
  readonly low_headroom_ratio?: number | string;
}

export interface LinksSection {
  readonly runbooks?: string;
  readonly grafana?: string;
  readonly jaeger?: string;
}

export interface ReceiversSection {
  readonly page?: { readonly webhook?: string };
  readonly ticket?: { readonly webhook?: string };
}
