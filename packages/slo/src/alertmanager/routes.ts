import { FAULT_LABEL, type AlertKind, type AlertName } from '../alerts/catalogue.ts';
import { diagnosisWindows } from '../alerts/windows.ts';
import type { Model, Severity } from '../model/model.ts';
import { oneOf } from '../prometheus/promql.ts';
import { LABEL, promDuration } from '../prometheus/series.ts';

/** Names of receivers in the generated configuration. */
export const RECEIVER = { page: 'outspan-page', ticket: 'outspan-ticket', other: 'other-alerts', none: 'outspan-none' } as const;

/** A node of Alertmanager's routing tree. */
export interface Route {
  readonly receiver?: string;
  readonly matchers?: readonly string[];
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly routes?: readonly Route[];
}

interface Timing {
  /** Seconds that the first alert of a group waits for others of it. */
  readonly wait: number;
  readonly interval: number;
  readonly repeat: number;
}

const HOUR = 3_600;

const TIMING: Readonly<Record<Severity, Timing>> = {
  page: { wait: 30, interval: 300, repeat: 4 * HOUR },
  ticket: { wait: 300, interval: 900, repeat: 24 * HOUR },
};

/** For what else a group waits, so that an alert that is explained by another is silenced before it is sent: seconds. */
const PATIENCE = {
  /** Nothing explains it. */
  nothing: () => 0,
  /** A more telling cause, which may be found one evaluation later. */
  causeAbove: ({ interval }: Model) => interval,
  /** Any cause: those have to hold for a while, a budget burns at once. */
  cause: (model: Model) => diagnosisWindows(model).hold + 2 * model.interval,
} as const;

/** Silences every other of its provider, and nothing silences it: it goes out at once. */
const FIRST_CAUSE: AlertName = 'OutspanProviderIncident';

interface Incident {
  readonly matcher: string;
  /** One notification for each combination of these labels. */
  readonly by: readonly string[];
  readonly waitsFor: keyof typeof PATIENCE;
}

/** What is one incident where nothing below says otherwise. */
const INCIDENT: Omit<Incident, 'matcher'> = { by: [LABEL.service, LABEL.provider], waitsFor: 'causeAbove' };

const INCIDENTS: readonly Incident[] = [
  { matcher: oneOf('alertname', [FIRST_CAUSE]), by: [LABEL.provider], waitsFor: 'nothing' },
  { matcher: fault('provider', 'account', 'network'), by: [LABEL.provider], waitsFor: 'causeAbove' },
  { matcher: fault('release'), by: [LABEL.service, LABEL.version], waitsFor: 'causeAbove' },
  { matcher: fault('unknown'), by: INCIDENT.by, waitsFor: 'cause' },
];

function fault(...faults: readonly AlertKind['fault'][]): string {
  return oneOf(FAULT_LABEL, faults);
}

/** The whole tree. Alerts that are not Outspan's stay with the root, so that the branch below it can be moved into another tree as it is. */
export function routes(model: Model): Route {
  const ticket = branch(model, 'ticket', `${FAULT_LABEL}!=""`);
  const page = branch(model, 'page', 'severity="page"');
  return { receiver: RECEIVER.other, routes: [{ ...ticket, routes: [...silent(model), { ...page, routes: incidents(model, 'page') }, ...incidents(model, 'ticket')] }] };
}

/** What policies tell nobody of. */
function silent(model: Model): readonly Route[] {
  return silences(model) ? [{ receiver: RECEIVER.none, matchers: ['severity="none"'] }] : [];
}

/** Whether policies tell nobody of some alerts. */
export function silences({ alerts: { policies } }: Model): boolean {
  return policies.some(({ severity }) => severity === 'none');
}

function branch(model: Model, severity: Severity, matcher: string): Route {
  const { interval, repeat } = TIMING[severity];
  return {
    receiver: RECEIVER[severity],
    ...incident(model, severity, { ...INCIDENT, matcher }),
    group_interval: duration(interval * model.timeScale),
    repeat_interval: duration(repeat * model.timeScale),
  };
}

function incidents(model: Model, severity: Severity): readonly Route[] {
  return INCIDENTS.map((each) => incident(model, severity, each));
}

function incident(model: Model, severity: Severity, { matcher, by, waitsFor }: Incident): Route {
  return { matchers: [matcher], group_by: groupBy(by), group_wait: duration(TIMING[severity].wait * model.timeScale + PATIENCE[waitsFor](model)) };
}

function groupBy(labels: readonly string[]): readonly string[] {
  return [FAULT_LABEL, LABEL.environment, ...labels];
}

/** Alertmanager refuses intervals of zero. */
const SHORTEST = 0.1;

function duration(seconds: number): string {
  return promDuration(Math.max(seconds, SHORTEST));
}
