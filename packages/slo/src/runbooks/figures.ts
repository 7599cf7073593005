import { burnRates, errorRatioWindows, type BurnRate } from '../alerts/burn-rate.ts';
import { diagnosisWindows } from '../alerts/windows.ts';
import type { Model, Severity } from '../model/model.ts';
import { promDuration } from '../prometheus/series.ts';

/** The model's figures as a runbook says them. */
export interface Figures {
  /** What "now" is to an alert. The others are as in {@link diagnosisWindows}. */
  readonly recent: string;
  readonly news: string;
  readonly norm: string;
  readonly failing: string;
  readonly healthy: string;
  readonly minimum: string;
  readonly retryStorm: string;
  readonly lowHeadroom: string;
}

export function figuresOf(model: Model): Figures {
  const { recent, news, norm } = diagnosisWindows(model);
  const { failingRatio, healthyRatio, minimumBadEvents, retryStormAttempts, lowHeadroomRatio } = model.alerts;
  return {
    recent: promDuration(recent),
    news: promDuration(news),
    norm: promDuration(norm),
    failing: percent(failingRatio),
    healthy: percent(healthyRatio),
    minimum: String(minimumBadEvents),
    retryStorm: String(retryStormAttempts),
    lowHeadroom: percent(lowHeadroomRatio),
  };
}

/** Seconds of the windows that such alerts look at, ascending; of any, where there is none of them. */
export function burnWindows(model: Model, severity: Severity): readonly number[] {
  const windows = burnFigures(model, severity).flatMap(({ long, short }) => [long, short]).sort((a, b) => a - b);
  return windows.length > 0 ? windows : errorRatioWindows(model);
}

/** Every burn rate of this severity that some SLO has; SLOs with the same windows have the same. */
export function burnFigures(model: Model, severity: Severity): readonly BurnRate[] {
  const rates = model.slos.flatMap((slo) => burnRates(slo, model)).filter((rate) => rate.severity === severity);
  return [...new Map(rates.map((rate) => [JSON.stringify([rate.factor, rate.long, rate.short]), rate])).values()];
}

/** A share, without what binary fractions add. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
