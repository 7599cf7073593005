import type { Model, Severity, Slo } from '../model/model.ts';
import { windowOf } from './windows.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Pair {
  readonly severity: Severity;
  /** How many times faster than its budget allows an SLO burns. */
  readonly factor: number;
  /** Seconds: long enough for the figure to mean something. */
  readonly long: number;
  /** Seconds: short enough for the alert to end soon after the cause did. */
  readonly short: number;
}

/** For an SLO of 30 days; as Google's SRE workbook recommends them. */
const PAIRS: readonly Pair[] = [
  { severity: 'page', factor: 14.4, long: HOUR, short: 5 * MINUTE },
  { severity: 'page', factor: 6, long: 6 * HOUR, short: 30 * MINUTE },
  { severity: 'ticket', factor: 3, long: DAY, short: 2 * HOUR },
  { severity: 'ticket', factor: 1, long: 3 * DAY, short: 6 * HOUR },
];
const PAIRS_ARE_FOR = 30 * DAY;

/** A modest objective leaves a budget so large that nothing burns it 14.4 times too fast. A failing of nearly everything has to count all the same. */
const LARGEST_THRESHOLD = 0.9;

/** One condition under which an SLO's budget counts as burning. */
export interface BurnRate extends Pair {
  /** Share of bad events from which on both windows burn: {@link Pair.factor} times the budget. */
  readonly threshold: number;
  /** Share of the whole error budget that is gone when the long window is filled with this. */
  readonly budgetShare: number;
}

/** The conditions of an SLO's alerts, the fastest first: windows are scaled and of whole tiles. */
export function burnRates({ objective, window, alerts }: Slo, model: Pick<Model, 'interval' | 'timeScale'>): readonly BurnRate[] {
  const budget = 1 - objective;
  return PAIRS.filter(({ severity }) => alerts[severity]).map((pair) => {
    const factor = rounded(Math.min(pair.factor, LARGEST_THRESHOLD / budget));
    const long = (pair.long * window) / PAIRS_ARE_FOR;
    const short = (pair.short * window) / PAIRS_ARE_FOR;
    return {
      severity: pair.severity,
      factor,
      long: windowOf(model, long),
      short: windowOf(model, short),
      threshold: rounded(factor * budget),
      budgetShare: rounded((factor * long) / window),
    };
  });
}

/** Seconds of every window that the share of bad events is recorded for: those of the alerts, and of the SLOs themselves. Ascending. */
export function errorRatioWindows(model: Model): readonly number[] {
  const windows = model.slos.flatMap((slo) => [...burnRates(slo, model).flatMap(({ long, short }) => [long, short]), sloWindow(slo, model)]);
  return [...new Set(windows)].sort((a, b) => a - b);
}

/** Seconds that an SLO's promise is kept over, scaled. */
export function sloWindow({ window }: Slo, model: Pick<Model, 'interval' | 'timeScale'>): number {
  return windowOf(model, window);
}

/** Without what binary fractions add: 0.005 × 14.4 is 0.072. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
