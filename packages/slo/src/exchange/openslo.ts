import { stringify } from 'yaml';
import { burnRates, type BurnRate } from '../alerts/burn-rate.ts';
import type { Model, Severity, Slo } from '../model/model.ts';
import type { Generator } from '../outputs/output-file.ts';
import { is, series, sum } from '../prometheus/promql.ts';
import { LABEL, SLO_SERIES } from '../prometheus/series.ts';

/** The SLOs as OpenSLO v1 documents, for tools that read those. Their queries need the generated Prometheus rules. */
export const openSloFiles: Generator = (model) => [{ path: 'openslo/openslo.yaml', text: documents(model).map((document) => stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n') }];

/** OpenSLO wants a service; ours are whatever the telemetry names, so all SLOs belong to one that stands for their LLM calls. */
const SERVICE = 'llm-calls';

interface Document {
  readonly apiVersion: 'openslo/v1';
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly displayName?: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: unknown;
}

function documents(model: Model): readonly Document[] {
  const rates = ratesOf(model);
  return [
    document('Service', SERVICE, 'LLM calls', { description: 'Calls of large language models, by all services that make them.' }),
    ...objectNames(model.slos).map(([slo, name]) => sloDocument(model, slo, name)),
    ...SEVERITIES.filter((severity) => rates.some((rate) => rate.severity === severity)).map((severity) =>
      document('AlertNotificationTarget', severity, undefined, { description: `Alertmanager, which routes severity=${severity}`, target: 'alertmanager' }),
    ),
    ...rates.map((rate) => policyDocument(rate)),
  ];
}

const SEVERITIES: readonly Severity[] = ['page', 'ticket'];

function document(kind: string, name: string, displayName: string | undefined, spec: unknown): Document {
  return { apiVersion: 'openslo/v1', kind, metadata: { name, ...(displayName !== undefined && { displayName }) }, spec };
}

function sloDocument(model: Model, slo: Slo, name: string): Document {
  const query = (series_: string): object => ({ metricSource: { type: 'Prometheus', spec: { query: sum([], series(series_, is(LABEL.slo, slo.name))) } } });
  return document('SLO', name, slo.name, {
    description: clip(slo.description),
    service: SERVICE,
    indicator: {
      metadata: { name, displayName: slo.name },
      // Events of one evaluation of the rules: numbers that go up and down, not counters.
      spec: { ratioMetric: { counter: false, bad: query(SLO_SERIES.bad), total: query(SLO_SERIES.valid) } },
    },
    timeWindow: [{ duration: shorthand(slo.window), isRolling: true }],
    budgetingMethod: 'Occurrences',
    objectives: [{ displayName: slo.name, target: slo.objective }],
    alertPolicies: unscaledRates(model, slo).map((rate) => ({ alertPolicyRef: policyName(rate) })),
  });
}

function policyDocument(rate: BurnRate): Document {
  const { severity, factor, long, short } = rate;
  const name = policyName(rate);
  return {
    ...document('AlertPolicy', name, undefined, {
      description: `${factor} times faster than the error budget allows, over ${shorthand(long)}`,
      alertWhenBreaching: true,
      alertWhenResolved: true,
      alertWhenNoData: false,
      conditions: [{ kind: 'AlertCondition', metadata: { name }, spec: { severity, condition: { kind: 'burnrate', op: 'gte', threshold: factor, lookbackWindow: shorthand(long) } } }],
      notificationTargets: [{ targetRef: severity }],
    }),
    // OpenSLO has one window a condition. The second one, which ends an alert soon after its cause, is in the Prometheus rules.
    metadata: { name, annotations: { 'outspan.short-window': shorthand(short) } },
  };
}

/** Objectives are promises for production: rehearsals with a time scale do not change them. */
function unscaledRates(model: Model, slo: Slo): readonly BurnRate[] {
  return burnRates(slo, { ...model, timeScale: 1 });
}

function ratesOf(model: Model): readonly BurnRate[] {
  return [...new Map(model.slos.flatMap((slo) => unscaledRates(model, slo)).map((rate) => [policyName(rate), rate])).values()];
}

function policyName({ severity, factor, long, short }: BurnRate): string {
  return objectName(`${severity}-${factor}x-${shorthand(long)}-${shorthand(short)}`);
}

/** Every SLO with a name of its own that Kubernetes would take: two that differ only in case or `_` stay two. */
function objectNames(slos: readonly Slo[]): readonly (readonly [slo: Slo, name: string])[] {
  const taken = new Set<string>();
  return slos.map((slo) => {
    const base = objectName(slo.name);
    let name = base;
    for (let number = 2; taken.has(name); number += 1) name = `${base.slice(0, 58)}-${number}`;
    taken.add(name);
    return [slo, name];
  });
}

/** RFC 1123: lower-case letters, digits and dashes, at most 63 of them, none of the dashes outside. */
function objectName(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '').slice(0, 63).replace(/-$/, '') || 'slo';
}

const LONGEST_DESCRIPTION = 1050;

function clip(text: string): string {
  return text.slice(0, LONGEST_DESCRIPTION);
}

const UNITS: readonly (readonly [postfix: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
];

/** OpenSLO's durations have one unit, and none shorter than a minute. */
function shorthand(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds / 60)) * 60;
  for (const [postfix, length] of UNITS) if (whole % length === 0) return `${whole / length}${postfix}`;
  return `${whole / 60}m`;
}
