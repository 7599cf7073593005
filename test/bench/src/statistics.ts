/** The middle of a sample and how far it spreads: quartiles, since one disturbed round must not decide. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** Median and quartiles, interpolated. Throws for an empty sample. */
export function spread(sample: readonly number[]): Spread {
  const sorted = sample.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), lower: quantile(sorted, 0.25), upper: quantile(sorted, 0.75) };
}

function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError('an empty sample has no quantiles');
  return below + (above - below) * (at - Math.floor(at));
}

/** Combines what was measured in the same round; both samples are in the order of rounds. */
export function paired(a: readonly number[], b: readonly number[], combine: (a: number, b: number) => number): number[] {
  if (a.length !== b.length) throw new RangeError('paired samples have one figure per round each');
  return a.map((value, round) => combine(value, b[round] ?? Number.NaN));
}
