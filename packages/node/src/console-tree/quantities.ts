/** Seconds for a reader: `8 ms`, `0.21 s`, `1.32 s`, `75 s`. */
export function seconds(value: number): string {
  if (value < 0.1) return `${Math.round(value * 1000)} ms`;
  if (value >= 10) return `${Math.round(value)} s`;
  return `${value.toFixed(2)} s`;
}

const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** Bytes for a reader, in powers of 1000: `512 B`, `1.2 MB`. */
export function bytes(value: number): string {
  let amount = value;
  let unit = 0;
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${unit === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[unit] ?? ''}`;
}

/** `1 retry`, `2 retries`. */
export function count(value: number, one: string, many: string): string {
  return `${value} ${value === 1 ? one : many}`;
}
