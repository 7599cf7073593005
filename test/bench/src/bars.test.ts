import { describe, expect, it } from 'vitest';
import { bars } from './bars.ts';
import type { CellResult } from './cell.ts';

const cpu = (...rounds: number[]): CellResult[] => rounds.map((one) => ({ cpu: one, spansPerOperation: 2 }));
const memory = (...rounds: number[][]): CellResult[] => rounds.map((one) => ({ memory: one }));

describe('bars', () => {
  it('hold what a unary call costs more against half of what OpenTelemetry adds, round by round', () => {
    // The second round was run on a busier machine: its differences count, not its height.
    const met = bars({ 'unary-1k': { bare: cpu(500, 900), outspan: cpu(540, 940), otel: cpu(600, 1_000) } });
    expect(met).toMatchObject([{ value: 0.4, limit: 0.5, met: true }]);
    const missed = bars({ 'unary-1k': { bare: cpu(500, 900), outspan: cpu(560, 960), otel: cpu(600, 1_000) } });
    expect(missed).toMatchObject([{ value: 0.6, met: false }]);
  });

  it('are not met by half of nothing', () => {
    expect(bars({ 'unary-1k': { bare: cpu(500), outspan: cpu(500), otel: cpu(490) } })).toMatchObject([{ met: false }]);
  });

  it('hold a stream against the bare SDK', () => {
    const measured = { 'stream-500': { bare: cpu(1_000), outspan: cpu(1_030), 'outspan-undici': cpu(1_040) } };
    expect(bars(measured).map(({ met }) => met)).toEqual([true, false]);
  });

  it('take memory that grows with the length of a stream for a miss, and a constant for none', () => {
    const flat = bars({ 'stream-10m': { bare: memory([0, 10_000, 10_000]), outspan: memory([0, 200_000, 210_000]) } });
    expect(flat).toMatchObject([{ value: 10_000, met: true }]);
    const growing = bars({ 'stream-10m': { bare: memory([0, 10_000, 10_000]), outspan: memory([0, 200_000, 900_000]) } });
    expect(growing).toMatchObject([{ value: 700_000, met: false }]);
  });

  it('say nothing of what was not measured', () => {
    expect(bars({ 'unary-1k': { bare: cpu(500), outspan: cpu(540) } })).toEqual([]);
  });
});
