/** Milliseconds before the first new try. */
const FIRST_WAIT = 500;
/** Milliseconds that the wait between two tries grows to: a backend that is back is found within them. */
const LONGEST_BACKOFF = 10_000;
/** Milliseconds that a backend may ask for at most. */
const LONGEST_WAIT = 300_000;

/**
 * How long to wait before the next try.
 *
 * @param failures that came one after the other, 1 or more
 * @param asked milliseconds that the backend asked for (`Retry-After`)
 * @param random from 0 to 1: many clients of one backend must not come back at the same moment
 */
export function waitAfter(failures: number, asked: number | undefined, random: () => number = Math.random): number {
  const backoff = Math.min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_BACKOFF);
  // NaN for a date that is none.
  const least = asked !== undefined && asked > 0 ? asked : 0;
  return Math.min(Math.max(backoff * (0.5 + 0.5 * random()), least), LONGEST_WAIT);
}
