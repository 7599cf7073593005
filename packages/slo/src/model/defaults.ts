import type { Model, Origin, Slo } from './model.ts';

const DAY = 86_400;

/** Whose failures spend the providers' budget: all but those of requests that no provider could have answered. */
export const PROVIDER_FAULTS: readonly Origin[] = ['provider', 'gateway', 'network', 'account', 'client', 'unknown'];

/** Bounds of duration histograms in seconds, as the GenAI conventions recommend and Outspan records them. */
export const RECOMMENDED_BUCKETS: readonly number[] = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

const EVERYWHERE: Pick<Slo, 'by' | 'where' | 'window'> = { by: ['deployment_environment_name', 'service_name', 'gen_ai_provider_name'], where: {}, window: 30 * DAY };
const PAGE_AND_TICKET: Slo['alerts'] = { page: true, ticket: true };
const TICKET: Slo['alerts'] = { page: false, ticket: true };

/** The objectives of an empty file. */
export const DEFAULT_SLOS: readonly Slo[] = [
  { ...EVERYWHERE, name: 'availability', description: 'LLM operations that succeed, of all that were not cancelled and not at fault themselves', sli: { kind: 'availability', faults: PROVIDER_FAULTS }, objective: 0.995, alerts: PAGE_AND_TICKET },
  { ...EVERYWHERE, name: 'requests', description: 'LLM operations whose request was in order, of all that were answered or at fault themselves', sli: { kind: 'availability', faults: ['request'] }, objective: 0.99, alerts: PAGE_AND_TICKET },
  { ...EVERYWHERE, name: 'integrity', description: 'LLM answers that came whole, well-formed and with valid tool calls, of all that came', sli: { kind: 'integrity' }, objective: 0.995, alerts: PAGE_AND_TICKET },
  { ...EVERYWHERE, name: 'latency', description: 'Successful LLM operations that took at most 20.48 s', sli: { kind: 'latency', threshold: 20.48 }, objective: 0.95, alerts: TICKET },
  { ...EVERYWHERE, name: 'time-to-first-chunk', description: 'LLM streams whose first chunk came within 5.12 s', sli: { kind: 'time_to_first_chunk', threshold: 5.12 }, objective: 0.95, alerts: TICKET },
  { ...EVERYWHERE, name: 'retries', description: 'LLM operations that needed no second attempt', sli: { kind: 'retries' }, objective: 0.95, alerts: TICKET },
  { ...EVERYWHERE, name: 'headroom', description: 'Time with at least a tenth of every rate limit left', sli: { kind: 'headroom', threshold: 0.1 }, objective: 0.95, alerts: TICKET },
];

/** What an empty `outspan.slo.yaml` means. */
export const DEFAULT_MODEL: Model = {
  source: 'metrics',
  histograms: 'classic',
  interval: 60,
  ingestionDelay: 30,
  timeScale: 1,
  labels: [],
  slos: DEFAULT_SLOS,
  maintenance: [],
  budgetPolicy: [
    { below: 0.5, action: 'Look at what spends it in the weekly review.' },
    { below: 0.25, action: 'Releases that touch LLM calls need a second look, and a way back.' },
    { below: 0, action: 'Only fixes are released until the budget is above 0 again.' },
  ],
  alerts: {
    disabled: [],
    severities: {},
    policies: [],
    minimumBadEvents: 5,
    failingRatio: 0.1,
    healthyRatio: 0.03,
    retryStormAttempts: 1.5,
    lowHeadroomRatio: 0.1,
  },
  links: { runbooks: 'runbooks', grafana: undefined, jaeger: undefined },
  receivers: { page: { webhook: undefined }, ticket: { webhook: undefined } },
};
