import { describe, expect, it } from 'vitest';
import { DEFAULT_MODEL, DEFAULT_SLOS } from '../model/defaults.ts';
import type { Slo } from '../model/model.ts';
import { burnRates, errorRatioWindows, sloWindow } from './burn-rate.ts';

const DAY = 86_400;
const SLO: Slo = { name: 'x', description: '', sli: { kind: 'retries' }, objective: 0.995, window: 30 * DAY, by: [], where: {}, alerts: { page: true, ticket: true } };

describe('burn rates', () => {
  it('are those of the SRE workbook for 30 days', () => {
    expect(burnRates(SLO, DEFAULT_MODEL)).toEqual([
      { severity: 'page', factor: 14.4, long: 3_600, short: 300, threshold: 0.072, budgetShare: 0.02 },
      { severity: 'page', factor: 6, long: 21_600, short: 1_800, threshold: 0.03, budgetShare: 0.05 },
      { severity: 'ticket', factor: 3, long: DAY, short: 7_200, threshold: 0.015, budgetShare: 0.1 },
      { severity: 'ticket', factor: 1, long: 3 * DAY, short: 21_600, threshold: 0.005, budgetShare: 0.1 },
    ]);
  });

  it('look at windows in proportion to that of the SLO', () => {
    expect(burnRates({ ...SLO, window: 90 * DAY }, DEFAULT_MODEL).map(({ long }) => long)).toEqual([3 * 3_600, 18 * 3_600, 3 * DAY, 9 * DAY]);
  });

  it('spend the same share of the budget whatever its window', () => {
    const shares = (window: number): number[] => burnRates({ ...SLO, window }, DEFAULT_MODEL).map(({ budgetShare }) => budgetShare);
    expect(shares(7 * DAY)).toEqual(shares(30 * DAY));
  });

  it('look at whole tiles, two at least', () => {
    const windows = burnRates({ ...SLO, window: DAY }, DEFAULT_MODEL).flatMap(({ long, short }) => [long, short]);
    expect(windows).toEqual([120, 120, 720, 120, 2_880, 240, 8_640, 720]);
  });

  it('are as many times as fast as the model says', () => {
    expect(burnRates(SLO, { interval: 2, timeScale: 1 / 60 }).map(({ long, short }) => [long, short])).toEqual([[60, 6], [360, 30], [1_440, 120], [4_320, 360]]);
  });

  it('can be reached where the objective is modest', () => {
    expect(burnRates({ ...SLO, objective: 0.9 }, DEFAULT_MODEL).map(({ factor, threshold }) => [factor, threshold])).toEqual([[9, 0.9], [6, 0.6], [3, 0.3], [1, 0.1]]);
  });

  it('are only those whose alerts the SLO asks for', () => {
    expect(burnRates({ ...SLO, alerts: { page: false, ticket: true } }, DEFAULT_MODEL).map(({ severity }) => severity)).toEqual(['ticket', 'ticket']);
  });
});

describe('windows of error ratios', () => {
  it('are those of all alerts and of the SLO itself, once each', () => {
    expect(errorRatioWindows(DEFAULT_MODEL)).toEqual([300, 1_800, 3_600, 7_200, 21_600, DAY, 3 * DAY, 30 * DAY]);
    expect(DEFAULT_SLOS.length).toBeGreaterThan(1);
  });

  it("have the SLO's own even where it alerts of nothing", () => {
    const quiet = { ...SLO, window: 7 * DAY, alerts: { page: false, ticket: false } };
    expect(errorRatioWindows({ ...DEFAULT_MODEL, slos: [quiet] })).toEqual([sloWindow(quiet, DEFAULT_MODEL)]);
  });
});
