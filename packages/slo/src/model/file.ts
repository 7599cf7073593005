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
  readonly where?: Readonly<Record<string, string | readonly string[]>>;
  readonly threshold?: number | string;
  readonly faults?: readonly Origin[];
  readonly alerts?: readonly Severity[];
}

export interface AlertsSection {
  readonly disabled?: readonly AlertName[];
  readonly severities?: Readonly<Partial<Record<AlertName, Severity>>>;
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
