import type { Model, Severity } from '../model/model.ts';
import { LABEL } from '../prometheus/series.ts';

export type AlertName =
  | 'OutspanProviderIncident'
  | 'OutspanReleaseRegression'
  | 'OutspanQuotaExhausted'
  | 'OutspanCredentialsRejected'
  | 'OutspanEdgeBlocking'
  | 'OutspanClientTimeouts'
  | 'OutspanTruncationBurst'
  | 'OutspanErrorBudgetBurn'
  | 'OutspanTrafficVanished'
  | 'OutspanRetryStorm'
  | 'OutspanRateLimitHeadroomLow'
  | 'OutspanModelChanged'
  | 'OutspanErrorBudgetBurnSlow';

/** What an alert is, wherever it appears: in rules, routes, runbooks and dashboards. */
export interface AlertKind {
  /** Its `alertname`. */
  readonly name: AlertName;
  readonly severity: Severity;
  /** What it says in one line, without figures. */
  readonly title: string;
  /** Its value of the label `outspan_fault`: whose move it is. */
  readonly fault: 'provider' | 'release' | 'account' | 'client' | 'network' | 'unknown';
  /** `cause`: says what is wrong. `symptom`: says that a budget burns; silent while a cause of the same provider or service is known. */
  readonly role: 'cause' | 'symptom';
  /** What it is about: its labels beside `severity`, {@link FAULT_LABEL} and `outspan_slo`. Those of the SLO, where it is an SLO that alerts. */
  readonly labels: readonly string[] | 'slo';
}

const { environment, provider, service, version, model, servedModel, address, subject } = LABEL;

/** Every alert there is, the most telling first: an alert is inhibited by those above it of the same provider or service. */
export const ALERTS: readonly AlertKind[] = [
  { name: 'OutspanProviderIncident', severity: 'page', title: 'An LLM provider is failing', fault: 'provider', role: 'cause', labels: [environment, provider] },
  { name: 'OutspanReleaseRegression', severity: 'page', title: 'A release of ours fails where others do not', fault: 'release', role: 'cause', labels: [environment, service, version, provider] },
  { name: 'OutspanQuotaExhausted', severity: 'page', title: 'Our quota at an LLM provider is used up', fault: 'account', role: 'cause', labels: [environment, service, provider] },
  { name: 'OutspanCredentialsRejected', severity: 'page', title: 'An LLM provider rejects our credentials', fault: 'account', role: 'cause', labels: [environment, service, provider] },
  { name: 'OutspanEdgeBlocking', severity: 'page', title: 'A CDN or firewall blocks our LLM calls', fault: 'network', role: 'cause', labels: [environment, service, provider] },
  { name: 'OutspanClientTimeouts', severity: 'page', title: 'Our own deadlines end LLM calls', fault: 'client', role: 'cause', labels: [environment, service, provider] },
  { name: 'OutspanTruncationBurst', severity: 'page', title: 'LLM answers are cut off', fault: 'provider', role: 'cause', labels: [environment, service, provider] },
  { name: 'OutspanErrorBudgetBurn', severity: 'page', title: 'An error budget is being spent too fast', fault: 'unknown', role: 'symptom', labels: 'slo' },
  { name: 'OutspanTrafficVanished', severity: 'page', title: 'LLM calls have stopped', fault: 'unknown', role: 'symptom', labels: [environment, service, provider] },
  { name: 'OutspanRetryStorm', severity: 'ticket', title: 'LLM calls need far more attempts than usual', fault: 'provider', role: 'symptom', labels: [environment, service, provider] },
  { name: 'OutspanRateLimitHeadroomLow', severity: 'ticket', title: 'A rate limit will soon be reached', fault: 'account', role: 'cause', labels: [environment, service, provider, model, address, subject] },
  { name: 'OutspanModelChanged', severity: 'ticket', title: 'Another model than before serves a requested one', fault: 'provider', role: 'cause', labels: [environment, service, provider, model, servedModel] },
  { name: 'OutspanErrorBudgetBurnSlow', severity: 'ticket', title: 'An error budget will not last its window', fault: 'unknown', role: 'symptom', labels: 'slo' },
];

/** Labels that every alert carries: `severity`, {@link AlertKind.fault} and, where they apply, environment, service, version, provider, model and SLO. */
export const FAULT_LABEL = 'outspan_fault';

/** The alerts that the model leaves on, with the severities that it gives them; in the catalogue's order. */
export function alertsOf({ alerts: { disabled, severities } }: Model): readonly AlertKind[] {
  return ALERTS.filter(({ name }) => !disabled.includes(name)).map((kind) => ({ ...kind, severity: severities[kind.name] ?? kind.severity }));
}
