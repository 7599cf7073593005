import type { Model } from '../model/model.ts';

/**
 * A stretch of time as the rules use it: scaled, and of whole tiles.
 * @param seconds as one thinks of it in production
 * @param least tiles that it has at least
 */
export function windowOf({ interval, timeScale }: Pick<Model, 'interval' | 'timeScale'>, seconds: number, least = 2): number {
  const tiles = Math.max(least, Math.round((seconds * timeScale) / interval));
  // Milliseconds are what PromQL can say.
  return Math.round(tiles * interval * 1000) / 1000;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Stretches of time of the diagnosing alerts, in seconds. */
export interface DiagnosisWindows {
  /** What "now" is: long enough for a share, short enough for a page. */
  readonly recent: number;
  /** How long something has to be so. */
  readonly hold: number;
  /** How long an alert outlasts what it saw, so that a gap does not end and begin it again. */
  readonly linger: number;
  /** The same for an alert that silences others: it has to outlast them, or they speak up when it falls silent. */
  readonly outlast: number;
  /** How long what is new counts as new. */
  readonly news: number;
  /** What norms are taken from. */
  readonly norm: number;
}

const DIAGNOSIS: DiagnosisWindows = { recent: 5 * MINUTE, hold: 2 * MINUTE, linger: 5 * MINUTE, outlast: 8 * MINUTE, news: HOUR, norm: 24 * HOUR };

/** As long as they are with this model. */
export function diagnosisWindows(model: Pick<Model, 'interval' | 'timeScale'>): DiagnosisWindows {
  return {
    recent: windowOf(model, DIAGNOSIS.recent),
    hold: windowOf(model, DIAGNOSIS.hold, 1),
    linger: windowOf(model, DIAGNOSIS.linger, 1),
    outlast: windowOf(model, DIAGNOSIS.outlast, 2),
    news: windowOf(model, DIAGNOSIS.news),
    norm: windowOf(model, DIAGNOSIS.norm),
  };
}
