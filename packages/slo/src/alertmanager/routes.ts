import { FAULT_LABEL, type AlertKind } from '../alerts/catalogue.ts';
import type { Model, Severity } from '../model/model.ts';
import { oneOf } from '../prometheus/promql.ts';
import { LABEL, promDuration } from '../prometheus/series.ts';

/** Names of receivers in the generated configuration. */
export const RECEIVER = { page: 'outspan-page', ticket: 'outspan-ticket', other: 'other-alerts' } as const;

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
  /** Seconds that the first alert of a group waits for others, and for the cause that silences it. */
  readonly wait: number;
  /** The same where no cause is known yet: one that is found a moment later is still in time. */
  readonly waitForCause: number;
  readonly interval: number;
  readonly repeat: number;
}

const HOUR = 3_600;

const TIMING: Readonly<Record<Severity, Timing>> = {
  page: { wait: 30, waitForCause: 120, interval: 300, repeat: 4 * HOUR },
  ticket: { wait: 300, waitForCause: 900, interval: 900, repeat: 24 * HOUR },
};

/** What is one incident: one notification for each combination of these labels. */
const INCIDENT: readonly string[] = [LABEL.service, LABEL.provider];

/** Where it is another, by whose fault it is. */
const INCIDENTS: readonly { readonly faults: readonly AlertKind['fault'][]; readonly by: readonly string[]; readonly wait: 'wait' | 'waitForCause' }[] = [
  { faults: ['provider', 'account', 'network'], by: [LABEL.provider], wait: 'wait' },
  { faults: ['release'], by: [LABEL.service, LABEL.version], wait: 'wait' },
  { faults: ['unknown'], by: INCIDENT, wait: 'waitForCause' },
];

/** The whole tree. Alerts that are not Outspan's stay with the root, so that the branch below it can be moved into another tree as it is. */
export function routes(model: Model): Route {
  const ticket = branch(model, 'ticket', `${FAULT_LABEL}!=""`);
  const page = branch(model, 'page', 'severity="page"');
  return { receiver: RECEIVER.other, routes: [{ ...ticket, routes: [{ ...page, routes: incidents(model, 'page') }, ...incidents(model, 'ticket')] }] };
}

function branch({ timeScale }: Model, severity: Severity, matcher: string): Route {
  const { wait, interval, repeat } = TIMING[severity];
  return {
    receiver: RECEIVER[severity],
    matchers: [matcher],
    group_by: groupBy(INCIDENT),
    group_wait: duration(wait, timeScale),
    group_interval: duration(interval, timeScale),
    repeat_interval: duration(repeat, timeScale),
  };
}

function incidents({ timeScale }: Model, severity: Severity): readonly Route[] {
  return INCIDENTS.map(({ faults, by, wait }) => ({
    matchers: [oneOf(FAULT_LABEL, faults)],
    group_by: groupBy(by),
    group_wait: duration(TIMING[severity][wait], timeScale),
  }));
}

function groupBy(labels: readonly string[]): readonly string[] {
  return [FAULT_LABEL, LABEL.environment, ...labels];
}

/** Alertmanager refuses intervals of zero. */
const SHORTEST = 0.1;

function duration(seconds: number, timeScale: number): string {
  return promDuration(Math.max(seconds * timeScale, SHORTEST));
}
