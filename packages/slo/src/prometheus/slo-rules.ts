import { errorRatioWindows, sloWindow } from '../alerts/burn-rate.ts';
import type { Model, Slo } from '../model/model.ts';
import { thresholdLabel } from './base-rules.ts';
import { maintenanceOf, without } from './left-out.ts';
import { aggregate, call, group, is, join, oneOf, oneOfEach, series, sum, type Expr, type Matcher } from './promql.ts';
import type { RecordingRule } from './rule.ts';
import { BASE, errorRatioSeries, LABEL, promDuration, SLO_SERIES } from './series.ts';

/** Failures of answers that came, but not as they should: what integrity is about. */
export const SPOILED_ANSWERS: readonly string[] = ['truncated_response', 'malformed_response', 'invalid_tool_call', 'invalid_output'];

/** Valid and bad events of each SLO, tile by tile. Belongs behind the base rules in one group, so that each tile is read exactly once. */
export function sloTileRules(model: Model): readonly RecordingRule[] {
  const planned = maintenanceOf(model);
  return model.slos.flatMap((slo) => {
    const { valid, bad } = events(slo, [...(slo.except ?? []).map((where) => ({ where })), ...planned]);
    const labels = { [LABEL.slo]: slo.name };
    return [
      { record: SLO_SERIES.valid, expr: valid, labels },
      { record: SLO_SERIES.bad, expr: bad, labels },
    ];
  });
}

/** What the tiles amount to: shares of bad events within each window that an alert or a budget needs. */
export function sloRules(model: Model): readonly RecordingRule[] {
  const { slos } = model;
  if (slos.length === 0) return [];
  return [
    ...slos.map(({ name, objective }) => ({ record: SLO_SERIES.objective, expr: `vector(${objective})`, labels: { [LABEL.slo]: name } })),
    ...errorRatioWindows(model).map((window) => ({
      record: errorRatioSeries(window),
      expr: join('/', within(SLO_SERIES.bad, window), group(`${within(SLO_SERIES.valid, window)} > 0`)),
    })),
    {
      record: SLO_SERIES.budget,
      expr: `1 - ${group(join('or', ...budgetWindows(model).map(([window, names]) => series(errorRatioSeries(window), oneOf(LABEL.slo, names)))))} / on (${LABEL.slo}) group_left () (1 - ${SLO_SERIES.objective})`,
    },
  ];
}

function within(name: string, window: number): Expr {
  return `sum_over_time(${name}[${promDuration(window)}])`;
}

function budgetWindows(model: Model): readonly (readonly [window: number, slos: readonly string[]])[] {
  const windows = [...new Set(model.slos.map((slo) => sloWindow(slo, model)))].sort((a, b) => a - b);
  return windows.map((window) => [window, model.slos.filter((slo) => sloWindow(slo, model) === window).map(({ name }) => name)]);
}

interface Events {
  readonly valid: Expr;
  readonly bad: Expr;
}

// oxlint-disable-next-line typescript/consistent-return -- every kind returns
function events({ sli, by, where }: Slo, leftOut: Parameters<typeof without>[1]): Events {
  const filters = oneOfEach(where);
  const counted = (name: string, ...matchers: readonly Matcher[]): Expr => without(series(name, ...filters, ...matchers), leftOut);
  const operations = (...matchers: readonly Matcher[]): Expr => counted(BASE.operations, ...matchers);
  /** None that are bad are 0 of them. */
  const among = (valid: Expr, bad: Expr): Events => ({ valid, bad: join('or', sum(by, bad), `0 * ${valid}`) });
  const failuresAmong = (...failed: readonly Matcher[]): Events =>
    among(sum(by, join('or', operations(is(LABEL.outcome, 'success')), operations(...failed))), operations(...failed));
  const slowAmong = (all: string, fastEnough: string, threshold: number): Events => {
    const valid = sum(by, counted(all));
    const good = sum(by, counted(fastEnough, is('threshold', thresholdLabel(threshold).threshold)));
    return { valid, bad: call('clamp_min', join('-', valid, good), '0') };
  };
  switch (sli.kind) {
    case 'availability': {
      // A failure that nobody could place has no origin, or `unknown`.
      const origins: readonly string[] = sli.faults.includes('unknown') ? [...sli.faults, ''] : sli.faults;
      return failuresAmong(is(LABEL.outcome, 'failure'), oneOf(LABEL.origin, origins));
    }
    case 'integrity':
      return failuresAmong(is(LABEL.outcome, 'failure'), oneOf(LABEL.errorClass, SPOILED_ANSWERS));
    case 'latency':
      return slowAmong(BASE.durations, BASE.durationsWithin, sli.threshold);
    case 'time_to_first_chunk':
      return slowAmong(BASE.firstChunks, BASE.firstChunksWithin, sli.threshold);
    case 'retries': {
      const ended = oneOf(LABEL.outcome, ['success', 'failure']);
      return among(sum(by, operations(ended)), operations(ended, is(LABEL.retried, 'true')));
    }
    case 'headroom': {
      const headroom = counted(BASE.headroom);
      return { valid: aggregate('group', by, headroom), bad: `${aggregate('min', by, headroom)} < bool ${sli.threshold}` };
    }
  }
}
