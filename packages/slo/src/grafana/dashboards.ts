/** A dashboard as others refer to it: links, alerts and runbooks. */
export interface DashboardName {
  /** Never changes, so that links to it last: `/d/<uid>`. */
  readonly uid: string;
  readonly title: string;
  /** What it answers, in one line. */
  readonly description: string;
  /** Among the output files. */
  readonly path: string;
}

/** Every dashboard that is generated. */
export const DASHBOARDS: Readonly<Record<'overview' | 'providerIncident' | 'latencyTokens' | 'retriesTruncation', DashboardName>> = {
  overview: {
    uid: 'outspan-overview',
    title: 'Outspan / Overview and error budgets',
    description: 'Do LLM calls keep what was promised, how much error budget is left, and whose fault are the failures?',
    path: 'grafana/overview.json',
  },
  providerIncident: {
    uid: 'outspan-provider-incident',
    title: 'Outspan / Provider incident',
    description: 'Is it the provider, one of its models, the way there, or a release of ours?',
    path: 'grafana/provider-incident.json',
  },
  latencyTokens: {
    uid: 'outspan-latency-tokens',
    title: 'Outspan / Latency and tokens',
    description: 'How long do LLM calls take, when does the first chunk come, and how many tokens do they use?',
    path: 'grafana/latency-tokens.json',
  },
  retriesTruncation: {
    uid: 'outspan-retries-truncation',
    title: 'Outspan / Retries and truncation',
    description: 'What do retries, cut-off answers and rate limits cost, and which models answer?',
    path: 'grafana/retries-truncation.json',
  },
};

/** Tag of every dashboard; their links to each other find them by it. */
export const DASHBOARD_TAG = 'outspan';

/** Template variables, as they stand in a dashboard's URL after `var-`. */
export type VariableName = 'environment' | 'service' | 'provider' | 'model' | 'slo';
