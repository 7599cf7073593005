import type { DASHBOARDS } from '../grafana/dashboards.ts';
import type { Expr, Matcher } from '../prometheus/promql.ts';
import type { AlertName } from './catalogue.ts';

/** When an alert fires and what it says; what all alerts have in common is added later. */
export interface Alert {
  readonly name: AlertName;
  readonly expr: Expr;
  /** Seconds that the expression has to hold. */
  readonly hold: number;
  /** Seconds that the alert outlasts the expression. */
  readonly linger: number;
  /** One line, a template. */
  readonly summary: string;
  /** A few sentences with the figures, a template. */
  readonly description: string;
  /** What to look at: how the figures developed. With matchers, those of one alert. */
  readonly query: (...matchers: readonly Matcher[]) => Expr;
  /** Labels by which the query is narrowed to one alert. */
  readonly narrowedBy: readonly string[];
  readonly dashboard: keyof typeof DASHBOARDS;
  /** Which traces tell more. */
  readonly traces: 'failed' | 'all';
  /** The SLO that it is about, if it is about one. */
  readonly slo?: string;
}
