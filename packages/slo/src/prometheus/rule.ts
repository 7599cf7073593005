import type { Expr } from './promql.ts';

/** A recording rule of Prometheus. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: Expr;
  readonly labels?: Readonly<Record<string, string>>;
}

/** An alerting rule of Prometheus. Values of labels and annotations are templates. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: Expr;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Rules that are evaluated one after the other, each seeing what those before it recorded. */
export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}
