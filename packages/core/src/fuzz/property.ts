import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import * as fc from 'fast-check';

/** What must hold whatever comes, and how often it is tried. */
export interface Property {
  /** What was tried, in one line. */
  readonly tried: string;
  /** What was seen, in one line, where it holds. */
  readonly result: string;
  /** Runs of the short form; `OUTSPAN_FUZZ_RUNS` multiplies them. */
  readonly runs: number;
  readonly property: fc.IProperty<unknown>;
}

/** A row of `docs/safety.md`. */
interface SafetyRow {
  readonly area: string;
  readonly tried: string;
  readonly times: number;
  readonly result: string;
  readonly holds: boolean;
  readonly command: string;
}

/** The same runs every time, unless another seed is asked for. */
const DEFAULT_SEED = 20_260_805;

/** `OUTSPAN_FUZZ_SEED`: what determines every draw. */
export const SEED: number = integer(process.env['OUTSPAN_FUZZ_SEED']) ?? DEFAULT_SEED;
/** `OUTSPAN_FUZZ_RUNS`: how many times as many runs as the short form has. */
export const TIMES: number = integer(process.env['OUTSPAN_FUZZ_RUNS']) ?? 1;

/** How a counterexample is printed: deep, and with all of its bytes. */
const COMPACT = { depth: 6, maxArrayLength: 4_000, maxStringLength: 8_000, breakLength: Infinity };

/** Seeds under which a property has failed once. They are tried first, for as long as the property exists. */
const SEEDS = new URL('seeds.json', import.meta.url);

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function recordedSeeds(): Record<string, number[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written below
  return JSON.parse(readFileSync(SEEDS, 'utf8')) as Record<string, number[]>;
}

/**
 * Tries a property: under the seeds that it has failed under, then under the seed in force.
 * A new failure is recorded, but not by CI, which has nobody to commit it.
 *
 * @returns how often it was tried
 */
export function prove({ tried, property, runs }: Property): number {
  const seeds = recordedSeeds();
  const failedBefore = seeds[tried] ?? [];
  let times = 0;
  for (const seed of new Set([...failedBefore, SEED])) {
    const details = fc.check(property, { seed, numRuns: runs * TIMES, includeErrorInReport: true });
    times += details.numRuns;
    if (!details.failed) continue;
    if (process.env['CI'] === undefined && !failedBefore.includes(seed)) {
      writeFileSync(SEEDS, `${JSON.stringify({ ...seeds, [tried]: [...failedBefore, seed] }, undefined, 2)}\n`);
    }
    throw new Error(`OUTSPAN_FUZZ_SEED=${seed} OUTSPAN_FUZZ_RUNS=${TIMES}\n${fc.defaultReportMessage({ ...details, counterexample: null, failures: [] }) ?? ''}\nCounterexample: ${inspect(details.counterexample, COMPACT)}`, { cause: details.errorInstance });
  }
  return times;
}

/** Writes what was tried to a suite's rows of `docs/safety.md`, if it is asked for. */
export function writeRows(suite: string, area: string, command: string, outcomes: readonly (Property & { readonly times: number | undefined })[]): void {
  const folder = new URL('../../../../test/safety/rows/', import.meta.url);
  if (process.env['OUTSPAN_UPDATE_SAFETY'] !== '1' || !existsSync(folder)) return;
  const rows = outcomes.map(({ tried, result, times }): SafetyRow => ({ area, tried, times: times ?? 0, result: times === undefined ? 'Does not hold.' : result, holds: times !== undefined, command }));
  writeFileSync(new URL(`${suite}.json`, folder), `${JSON.stringify(rows, undefined, 2)}\n`);
}
