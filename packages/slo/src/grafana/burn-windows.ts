import { burnRates } from '../alerts/burn-rate.ts';
import type { Model, Severity } from '../model/model.ts';
import type { Color, Threshold } from './panel.ts';

/** A window that burn rates are alerted for. */
export interface BurnWindow {
  /** Seconds; its series is recorded. */
  readonly window: number;
  /** The lowest rate of any SLO that alerts for this window. */
  readonly thresholds: readonly Threshold[];
}

const COLOR: Readonly<Record<Severity, Color>> = { page: 'red', ticket: 'orange' };

/** The long windows of all burn-rate alerts, the shortest first. */
export function burnWindows(model: Model): readonly BurnWindow[] {
  const lowest = new Map<number, Map<Severity, number>>();
  for (const { long, severity, factor } of model.slos.flatMap((slo) => burnRates(slo, model))) {
    const factors = lowest.get(long) ?? new Map<Severity, number>();
    lowest.set(long, factors.set(severity, Math.min(factor, factors.get(severity) ?? factor)));
  }
  return [...lowest]
    .sort(([a], [b]) => a - b)
    .map(([window, factors]) => ({ window, thresholds: [...factors].map(([severity, value]) => ({ value, color: COLOR[severity] })) }));
}
