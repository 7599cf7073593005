/** A duration as the model file spells it: `30s`, `20.48s`, `1h30m`, `30d`. */
export const DURATION_PATTERN = '^(?:[0-9]+(?:\\.[0-9]+)?(?:ms|s|m|h|d|w))+$';

const WHOLE: RegExp = new RegExp(DURATION_PATTERN);
const PART = /([0-9.]+)(ms|[smhdw])/g;
const MICROSECONDS: Readonly<Record<string, number>> = { ms: 1e3, s: 1e6, m: 60e6, h: 3_600e6, d: 86_400e6, w: 604_800e6 };

/** Seconds, exact to the microsecond, so that `5120ms` is the bound 5.12; undefined for what is no duration. */
export function readDuration(text: string): number | undefined {
  if (!WHOLE.test(text)) return undefined;
  let sum = 0;
  for (const [, count, unit = ''] of text.matchAll(PART)) sum += Math.round(Number(count) * (MICROSECONDS[unit] ?? Number.NaN));
  return sum / 1e6;
}

const WORDS: readonly (readonly [unit: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
];

/** A duration for people: `30 d`, `3 h 36 min`, `20.48 s`; at most two units. */
export function durationInWords(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(4))} s`;
  const at = WORDS.findIndex(([, length]) => seconds >= length);
  const [unit, length] = WORDS[at] ?? ['s', 1];
  const [smaller, smallerLength] = WORDS[at + 1] ?? ['s', 1];
  const rounded = Math.round(seconds / smallerLength) * smallerLength;
  const rest = Math.round((rounded % length) / smallerLength);
  return `${Math.floor(rounded / length)} ${unit}${rest > 0 ? ` ${rest} ${smaller}` : ''}`;
}
