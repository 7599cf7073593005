import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Model } from '../model/model.ts';
import type { Generator } from '../outputs/output-file.ts';
import { DASHBOARDS, type DashboardName } from './dashboards.ts';
import { latencyTokens } from './latency-tokens.ts';
import { overview } from './overview.ts';
import { providerIncident } from './provider-incident.ts';
import { provisioning } from './provisioning.ts';
import { retriesTruncation } from './retries-truncation.ts';

const BUILDERS: readonly (readonly [DashboardName, (model: Model) => Dashboard])[] = [
  [DASHBOARDS.overview, overview],
  [DASHBOARDS.providerIncident, providerIncident],
  [DASHBOARDS.latencyTokens, latencyTokens],
  [DASHBOARDS.retriesTruncation, retriesTruncation],
];

/** Grafana's dashboards as JSON, and the files that provision them. */
export const grafanaFiles: Generator = (model) => [...BUILDERS.map(([{ path }, build]) => ({ path, text: `${JSON.stringify(build(model), undefined, 2)}\n` })), ...provisioning(model)];
