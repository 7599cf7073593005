import type { AlertName } from '../../../packages/slo/src/alerts/catalogue.ts';
import type { Model, Source } from '../../../packages/slo/src/model/model.ts';
import { quoted } from '../../../packages/slo/src/prometheus/promql.ts';
import type { RuleTest } from './promtool.ts';

type Labels = Readonly<Record<string, string>>;

/** Which calls are told of: one service's, with one provider and model. */
export interface Calls {
  readonly service: string;
  readonly version: string;
  readonly provider: string;
  readonly model: string;
  /** Default: the requested one. */
  readonly servedModel?: string;
  /** One of several processes; default `1`. */
  readonly instance?: string;
}

/** How an operation can end. */
export type Ending =
  | 'success' | 'slow' | 'retried' | 'tokenLimit' | 'cancelled'
  | 'serverError' | 'serverErrorToTheLast' | 'badGateway' | 'connectionReset' | 'rateLimited' | 'quota' | 'authentication' | 'permission' | 'blocked' | 'timeout' | 'invalidRequest'
  | 'cut' | 'malformed' | 'invalidToolCall';

interface EndingFacts {
  readonly outcome: 'success' | 'failure' | 'cancelled';
  readonly errorClass?: string;
  readonly origin?: string;
  readonly truncation?: string;
  /** Default 1. */
  readonly attempts?: number;
  /** Default 1. */
  readonly seconds?: number;
}

const failure = (errorClass: string, origin: string): EndingFacts => ({ outcome: 'failure', errorClass, origin });

const ENDINGS: Readonly<Record<Ending, EndingFacts>> = {
  success: { outcome: 'success' },
  slow: { outcome: 'success', seconds: 30 },
  retried: { outcome: 'success', attempts: 3 },
  tokenLimit: { outcome: 'success', truncation: 'token_limit' },
  cancelled: { outcome: 'cancelled' },
  serverError: failure('server_error', 'provider'),
  /** Retried in vain. */
  serverErrorToTheLast: { ...failure('server_error', 'provider'), attempts: 3 },
  badGateway: failure('bad_gateway', 'gateway'),
  connectionReset: failure('connection_reset', 'network'),
  rateLimited: failure('rate_limited', 'provider'),
  quota: failure('quota_exhausted', 'account'),
  authentication: failure('authentication', 'account'),
  permission: failure('permission_denied', 'account'),
  blocked: failure('blocked_by_edge', 'gateway'),
  timeout: failure('timeout', 'client'),
  invalidRequest: failure('invalid_request', 'request'),
  cut: { ...failure('truncated_response', 'network'), truncation: 'stream_unterminated' },
  malformed: failure('malformed_response', 'gateway'),
  invalidToolCall: failure('invalid_tool_call', 'provider'),
};

/** What happens for some minutes. */
export interface Phase {
  readonly minutes: number;
  /** Operations a minute. */
  readonly operations: Readonly<Partial<Record<Ending, number>>>;
  /** Share of its rate limit that is left, from the first of these minutes to the last. */
  readonly headroom?: readonly [first: number, last: number];
  /** The process is new at the beginning: its counters start again. */
  readonly restarted?: true;
  /** No samples arrive, though the calls go on. */
  readonly unseen?: true;
}

/** For so many minutes, so many operations a minute. */
export function during(minutes: number, operations: Phase['operations'], more: Omit<Phase, 'minutes' | 'operations'> = {}): Phase {
  return { minutes, operations, ...more };
}

/** Calls over time. */
export interface Flow {
  readonly calls: Calls;
  readonly phases: readonly Phase[];
}

export function flow(calls: Calls, ...phases: readonly Phase[]): Flow {
  return { calls, phases };
}

/** An alert as it fires: its name, and whom it names. */
export interface Firing extends Labels {
  readonly alertname: AlertName;
}

/** What is recorded: the value of an expression. */
export interface Figure {
  readonly minute: number;
  readonly expr: string;
  /** By its labels as PromQL writes them: `{a="b"}`. */
  readonly is: Readonly<Record<string, number>>;
}

/** What happened, and which alerts tell of it. */
export interface Scenario {
  /** A sentence. */
  readonly name: string;
  /** In which it differs from the model that its suite runs with. */
  readonly model?: Partial<Model>;
  readonly flows: readonly Flow[];
  /** Minute → all the alerts that fire then. Besides, no other alert fires at any time. */
  readonly firing: Readonly<Record<number, readonly Firing[]>>;
  readonly figures?: readonly Figure[];
}

/** Labels that tell alerts apart. */
const NAMED: readonly string[] = ['alertname', 'service_name', 'service_version', 'gen_ai_provider_name', 'gen_ai_request_model', 'gen_ai_response_model', 'outspan_slo'];

/** A scenario as promtool takes it, with the series that a source would have. */
export function ruleTest(scenario: Scenario, source: Source): RuleTest {
  const { name, flows, firing, figures = [] } = scenario;
  const moments = Object.entries(firing).map(([minute, alerts]) => ({ minute: Number(minute), alerts: alerts.map((alert) => asNamedBy(source, alert)) }));
  const length = Math.max(...flows.map(({ phases }) => phases.reduce((sum, { minutes }) => sum + minutes, 0)));
  const now = (expr: string): string => `count by (${NAMED.join(', ')}) (${expr})`;
  return {
    name: `${name} (${source})`,
    interval: '1m',
    input_series: flows.flatMap((each) => seriesOf(each, source, length)),
    promql_expr_test: [
      ...moments.map(({ minute, alerts }) => ({ expr: now('ALERTS{alertstate="firing"}'), eval_time: `${minute}m`, exp_samples: samples(alerts) })),
      { expr: now(`count_over_time(ALERTS{alertstate="firing"}[${length + 1}m])`), eval_time: `${length}m`, exp_samples: samples(moments.flatMap(({ alerts }) => alerts)) },
      ...figures.map(({ minute, expr, is }) => ({ expr, eval_time: `${minute}m`, exp_samples: Object.entries(is).map(([labels, value]) => ({ labels, value })) })),
    ],
  };
}

/** Spans of attempts, which tell of rate limits, name neither provider nor model. */
function asNamedBy(source: Source, alert: Firing): Firing {
  const isAboutRateLimits = alert.alertname === 'OutspanRateLimitHeadroomLow' || alert['outspan_slo'] === 'headroom';
  if (source === 'metrics' || !isAboutRateLimits) return alert;
  const { gen_ai_provider_name: _provider, gen_ai_request_model: _model, ...rest } = alert;
  return { ...rest, alertname: alert.alertname };
}

function samples(alerts: readonly Firing[]): { labels: string; value: number }[] {
  return [...new Set(alerts.map(labelsInWords))].map((labels) => ({ labels, value: 1 }));
}

function labelsInWords(labels: Labels): string {
  const present = Object.entries(labels).filter(([, value]) => value !== '');
  return `{${present.map(([label, value]) => `${label}=${quoted(value)}`).join(', ')}}`;
}

/** Counters that grow minute by minute, by series. */
class Ledger {
  readonly #series = new Map<string, (number | undefined)[]>();
  /** The minute that is written. */
  minute = 0;

  /** From this minute on the series counts `by` more. */
  add(name: string, labels: Labels, by: number): void {
    this.set(name, labels, (this.#read(name, labels) ?? 0) + by);
  }

  set(name: string, labels: Labels, value: number): void {
    this.#of(name, labels)[this.minute] = value;
  }

  /** Everything stays as it was in the minute before. */
  next(): void {
    this.minute += 1;
    for (const values of this.#series.values()) values[this.minute] = values[this.minute - 1];
  }

  /** All counters are gone until they count again. */
  restart(): void {
    for (const values of this.#series.values()) values[this.minute] = undefined;
  }

  /** As promtool writes values; minutes in `unseen` have none. */
  written(unseen: ReadonlySet<number>): { series: string; values: string }[] {
    return [...this.#series].map(([series, values]) => ({
      series,
      values: Array.from({ length: this.minute + 1 }, (_, minute) => (unseen.has(minute) ? '_' : (values[minute] ?? '_'))).join(' '),
    }));
  }

  #read(name: string, labels: Labels): number | undefined {
    return this.#of(name, labels)[this.minute];
  }

  #of(name: string, labels: Labels): (number | undefined)[] {
    const series = `${name}${labelsInWords(labels)}`;
    const values = this.#series.get(series) ?? [];
    this.#series.set(series, values);
    return values;
  }
}

/** What a flow leaves in Prometheus. What happens in one minute is in the sample at its end; at the end of its phases the process is gone. */
function seriesOf({ calls, phases }: Flow, source: Source, length: number): RuleTest['input_series'] {
  const ledger = new Ledger();
  const unseen = new Set<number>();
  for (const { minutes, operations, headroom, restarted, unseen: lost } of phases) {
    for (let minute = 0; minute < minutes; minute += 1) {
      ledger.next();
      if (restarted && minute === 0) ledger.restart();
      if (lost) unseen.add(ledger.minute);
      for (const [ending, count = 0] of Object.entries(operations)) {
        if (isEnding(ending) && count > 0) WRITERS[source].operations(ledger, calls, ENDINGS[ending], count);
      }
      if (headroom !== undefined) {
        const [first, last] = headroom;
        const left = first + ((last - first) * minute) / Math.max(1, minutes - 1);
        WRITERS[source].headroom(ledger, calls, left, Object.values(operations).reduce((sum, count) => sum + count, 0));
      }
    }
  }
  if (ledger.minute > length) throw new Error('a flow is longer than its scenario');
  return ledger.written(unseen);
}

function isEnding(name: string): name is Ending {
  return name in ENDINGS;
}

interface Writer {
  operations(ledger: Ledger, calls: Calls, ending: EndingFacts, count: number): void;
  headroom(ledger: Ledger, calls: Calls, left: number, attempts: number): void;
}

const LIMIT = 1_000;
const BOUNDS: readonly number[] = [5.12, 20.48];

const WRITERS: Readonly<Record<Source, Writer>> = {
  metrics: {
    operations(ledger, calls, { outcome, errorClass = '', origin = '', truncation = '', attempts = 1, seconds = 1 }, count) {
      const call = callLabels(calls);
      const failed = { outspan_error_class: errorClass, outspan_error_origin: origin };
      ledger.add('outspan_client_operations_total', { ...call, ...failed, gen_ai_operation_name: 'chat', outspan_operation_outcome: outcome, outspan_response_truncation_kind: truncation, outspan_retried: String(attempts > 1) }, count);
      ledger.add('outspan_client_attempts_total', { ...call, ...failed, http_response_status_code: '200' }, count);
      if (attempts > 1) ledger.add('outspan_client_attempts_total', { ...call, outspan_error_class: 'server_error', outspan_error_origin: 'provider', http_response_status_code: '500' }, count * (attempts - 1));
      const measured = { ...call, gen_ai_operation_name: 'chat', gen_ai_response_model: calls.servedModel ?? calls.model, error_type: errorClass };
      addDuration(ledger, 'gen_ai_client_inference_duration_seconds', measured, seconds, count);
    },
    headroom(ledger, calls, left) {
      const limit = { ...callLabels(calls), outspan_rate_limit_subject: 'tokens' };
      ledger.set('outspan_rate_limit_limit', limit, LIMIT);
      ledger.set('outspan_rate_limit_remaining', limit, Math.round(left * LIMIT));
    },
  },
  span_metrics: {
    operations(ledger, calls, { outcome, errorClass = '', origin = '', truncation = '', attempts = 1, seconds = 1 }, count) {
      const operation = {
        ...callLabels(calls),
        gen_ai_operation_name: 'chat',
        gen_ai_response_model: calls.servedModel ?? calls.model,
        outspan_operation_outcome: outcome,
        outspan_error_class: errorClass,
        outspan_error_origin: origin,
        outspan_response_truncation_kind: truncation,
        outspan_retried: String(attempts > 1),
      };
      ledger.add('outspan_spans_operations_calls_total', operation, count);
      addDuration(ledger, 'outspan_spans_operations_duration_seconds', operation, seconds, count);
      addMeasure(ledger, 'attempts', operation, attempts, count);
    },
    headroom(ledger, { service, version, provider, instance = '1' }, left, attempts) {
      const limit = { service_name: service, service_version: version, instance, server_address: addressOf(provider), outspan_rate_limit_subject: 'tokens' };
      addMeasure(ledger, 'rate_limit_limit', limit, LIMIT / 1e6, attempts);
      addMeasure(ledger, 'rate_limit_remaining', limit, Math.round(left * LIMIT) / 1e6, attempts);
    },
  },
};

function callLabels({ service, version, provider, model, instance = '1' }: Calls): Labels {
  return { service_name: service, service_version: version, instance, gen_ai_provider_name: provider, gen_ai_request_model: model, server_address: addressOf(provider) };
}

function addressOf(provider: string): string {
  return `api.${provider}.test`;
}

/** What is no duration, but is written as one: so many times this figure. */
function addMeasure(ledger: Ledger, name: string, labels: Labels, figure: number, count: number): void {
  ledger.add(`outspan_spans_${name}_duration_seconds_count`, labels, count);
  ledger.add(`outspan_spans_${name}_duration_seconds_sum`, labels, figure * count);
}

function addDuration(ledger: Ledger, name: string, labels: Labels, seconds: number, count: number): void {
  ledger.add(`${name}_count`, labels, count);
  ledger.add(`${name}_sum`, labels, seconds * count);
  for (const bound of BOUNDS) ledger.add(`${name}_bucket`, { ...labels, le: String(bound) }, seconds <= bound ? count : 0);
}
