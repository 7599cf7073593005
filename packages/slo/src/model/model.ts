/** What the generators work from: a model file with every default settled. Durations are seconds, shares are 0 to 1. */
export interface Model {
  /** Where the figures come from: the application's own metrics, or what the Collector counts from spans. */
  readonly source: Source;
  /** How duration histograms are stored: with the recommended bucket bounds, or as native histograms. */
  readonly histograms: 'classic' | 'native';
  /** Seconds between evaluations of the rules; every figure is counted in tiles of this length. */
  readonly interval: number;
  /** Seconds after which a sample has surely arrived: rules look at this moment in the past. */
  readonly ingestionDelay: number;
  /** 1 for production. Every window, `for` and grouping time of an alert is multiplied by it; smaller values make rehearsals short. */
  readonly timeScale: number;
  /** Prometheus labels that recorded series keep beside the standard ones, because an SLO groups or filters by them. Sorted. */
  readonly labels: readonly string[];
  readonly slos: readonly Slo[];
  /** Planned maintenance: spends no budget, and raises no alert. */
  readonly maintenance: readonly Maintenance[];
  /** What follows when a budget runs low, the most left first. */
  readonly budgetPolicy: readonly BudgetStage[];
  readonly alerts: AlertSettings;
  readonly links: Links;
  readonly receivers: Receivers;
}

export type Source = 'metrics' | 'span_metrics';

/** One objective. */
export interface Slo {
  /** Unique; letters, digits, `-` and `_`. */
  readonly name: string;
  readonly description: string;
  readonly sli: Sli;
  /** Share of good events that is promised: more than 0, less than 1. */
  readonly objective: number;
  /** Seconds that the promise is kept over, before {@link Model.timeScale}. */
  readonly window: number;
  /** Prometheus label names; one error budget for each combination of their values. */
  readonly by: readonly string[];
  /** Prometheus label name → values that count. Empty: all. */
  readonly where: Where;
  /** What does not count, although it is in {@link where}: other SLOs promise something else for it. Absent: nothing. */
  readonly except?: readonly Where[];
  /** Which burn-rate alerts it raises. */
  readonly alerts: { readonly page: boolean; readonly ticket: boolean };
}

/** Prometheus label name → values, one of which each has to have. */
export type Where = Readonly<Record<string, readonly string[]>>;

/** A time in which what happens is planned. All times are UTC. */
export interface Maintenance {
  /** For people. */
  readonly name: string;
  /** What it is about. Empty: everything. */
  readonly where: Where;
  /** Once, in seconds since the epoch; or on some days of each week (0: Sunday), in minutes since midnight. The end is not included. */
  readonly during: { readonly from: number; readonly to: number } | { readonly days: readonly number[]; readonly from: number; readonly to: number };
}

/** One stage of the error-budget policy. */
export interface BudgetStage {
  /** Share of the budget that is left, below which it holds. */
  readonly below: number;
  /** A sentence. */
  readonly action: string;
}

/** A severity for some alerts of some services, environments and so on. */
export interface AlertPolicy {
  /** The alert's own labels. */
  readonly where: Where;
  /** Names of alerts; empty: all. */
  readonly alerts: readonly string[];
  /** `none`: it is recorded, and nobody is told. */
  readonly severity: Severity | 'none';
}

/** What is counted: which events are valid, and which of those are bad. Cancelled operations are never valid. */
export type Sli =
  /** Operations; bad: failures whose origin is among `faults`. Failures of any other origin are not valid events: they spend another budget. */
  | { readonly kind: 'availability'; readonly faults: readonly Origin[] }
  /** Answers that came; bad: truncated, malformed, or with invalid tool calls. */
  | { readonly kind: 'integrity' }
  /** Successful operations; bad: slower than `threshold` seconds. */
  | { readonly kind: 'latency'; readonly threshold: number }
  /** Streams that sent a first chunk; bad: it came later than `threshold` seconds after the request. */
  | { readonly kind: 'time_to_first_chunk'; readonly threshold: number }
  /** Operations; bad: needed a second attempt. */
  | { readonly kind: 'retries' }
  /** Moments; bad: less than `threshold` (a share of the limit) of a rate limit remained. */
  | { readonly kind: 'headroom'; readonly threshold: number };

export type SliKind = Sli['kind'];

/** `outspan.error.origin`. */
export type Origin = 'provider' | 'gateway' | 'network' | 'account' | 'request' | 'client' | 'unknown';

/** How alerts are tuned. */
export interface AlertSettings {
  /** Names of alerts that are not generated. */
  readonly disabled: readonly string[];
  /** Alert name → severity that replaces its own. */
  readonly severities: Readonly<Record<string, Severity>>;
  /** Severities for some labels. The first that fits holds, before {@link severities}. */
  readonly policies: readonly AlertPolicy[];
  /** Bad events that an alert needs within its longest window: below that, a share says nothing. */
  readonly minimumBadEvents: number;
  /** Share of failing events from which a provider, version or share of answers counts as failing. */
  readonly failingRatio: number;
  /** Share of failing events below which it counts as healthy. */
  readonly healthyRatio: number;
  /** Attempts per operation from which on a retry storm is possible, whatever its norm. */
  readonly retryStormAttempts: number;
  /** Share of a rate limit below which headroom counts as low. */
  readonly lowHeadroomRatio: number;
}

export type Severity = 'page' | 'ticket';

/** Where a page leads to. Each is a URL without a slash at its end, or undefined. */
export interface Links {
  /** The folder of the generated runbooks as the on-call engineer can open it; default: the relative path `runbooks`. */
  readonly runbooks: string;
  readonly grafana: string | undefined;
  readonly jaeger: string | undefined;
}

/** Where notifications go to; none: Alertmanager keeps them to itself. */
export interface Receivers {
  readonly page: { readonly webhook: string | undefined };
  readonly ticket: { readonly webhook: string | undefined };
}
