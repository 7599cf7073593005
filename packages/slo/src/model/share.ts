/** Twelve digits: 99.9 % is 0.999, not 0.9990000000000001. */
function exact(share: number): number {
  return Number(share.toPrecision(12));
}

/** A percentage, as a number or as text with or without its sign: `99.5`, `99.5%` → 0.995. */
export function readPercentage(value: number | string): number {
  return exact(Number(String(value).replace('%', '')) / 100);
}

/** A share, as a number of 0 to 1 or as a percentage with its sign: `0.1`, `10%` → 0.1. */
export function readShare(value: number | string): number {
  return typeof value === 'number' ? value : readPercentage(value);
}

/** A share as people write it: `99.5 %`, `0.05 %`. */
export function percentage(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
