/**
 * Parsers of header values. Each returns `undefined` for what is not exactly of its form: a header comes from
 * outside, and what is not understood is dropped, never guessed or passed on.
 */

/** Seconds. The longest wait that a provider can mean is until a monthly quota is filled again; beyond that a value is absurd. */
export const MAX_WAIT_S: number = 31 * 86_400;
/** Seconds. No provider works on one request for longer. */
export const MAX_PROCESSING_S: number = 86_400;
/** Characters of an identifier. */
export const MAX_ID_LENGTH = 128;

const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9_.:/+=~-]*$/;

/** An identifier of bounded length and harmless characters. */
export function safeId(value: string): string | undefined {
  return value.length <= MAX_ID_LENGTH && SAFE_ID.test(value) ? value : undefined;
}

const DECIMAL = /^\d{1,15}(?:\.\d{1,9})?$/;

/** A non-negative decimal number without exponent. */
export function decimal(value: string): number | undefined {
  const text = value.trim();
  return DECIMAL.test(text) ? Number(text) : undefined;
}

/** A non-negative count; a fraction is cut off. `-1`, which some gateways send for "unknown", is dropped. */
export function count(value: string): number | undefined {
  const number = decimal(value);
  return number === undefined ? undefined : Math.floor(number);
}

/** A number within 0 and `max`. */
function within(number: number | undefined, max: number): number | undefined {
  return number !== undefined && number >= 0 && number <= max ? number : undefined;
}

/** Seconds from a number of seconds. */
export function seconds(value: string, max: number = MAX_WAIT_S): number | undefined {
  return within(decimal(value), max);
}

/** Seconds from a number of milliseconds. */
export function milliseconds(value: string, max: number = MAX_WAIT_S): number | undefined {
  const number = decimal(value);
  return number === undefined ? undefined : within(number / 1000, max);
}

const DURATION_UNITS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, μs: 1e-6, ns: 1e-9 };
const DURATION_PART = /(\d{1,9}(?:\.\d{1,9})?)(d|h|ms|m|s|us|µs|μs|ns)/y;
const LONGEST_DURATION = 64;

/** Seconds from a duration as Go prints it: `1s`, `6m0s`, `120ms`, `1h2m3.5s`. */
export function goDuration(value: string): number | undefined {
  const text = value.trim();
  if (text === '' || text.length > LONGEST_DURATION) return undefined;
  let total = 0;
  for (let at = 0; at < text.length; at = DURATION_PART.lastIndex) {
    DURATION_PART.lastIndex = at;
    const [, number, unit = ''] = DURATION_PART.exec(text) ?? [];
    if (number === undefined) return undefined;
    total += Number(number) * (DURATION_UNITS[unit] ?? Number.NaN);
  }
  // Sums of decimal parts: to the microsecond, so that 62.3 does not read 62.300000000000004.
  return within(Math.round(total * 1e6) / 1e6, MAX_WAIT_S);
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Seconds from `now` (milliseconds since the epoch) until an RFC 3339 time; 0 when it has passed. */
export function untilTimestamp(value: string, now: number): number | undefined {
  const text = value.trim();
  return RFC3339.test(text) ? untilInstant(Date.parse(text), now) : undefined;
}

/** A time further back than this is no clock skew but nonsense. Milliseconds. */
const OLDEST = 86_400_000;

function untilInstant(instant: number, now: number): number | undefined {
  if (Number.isNaN(instant) || instant < now - OLDEST) return undefined;
  return within(Math.max(0, instant - now) / 1000, MAX_WAIT_S);
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const LEAP_SECOND = 60;
const HTTP_DATES: readonly RegExp[] = [
  // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
  /^[a-z]{3}, (?<day>\d{2}) (?<month>[a-z]{3}) (?<year>\d{4}) (?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2}) gmt$/i,
  // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
  /^[a-z]{6,9}, (?<day>\d{2})-(?<month>[a-z]{3})-(?<year>\d{2}) (?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2}) gmt$/i,
  // asctime: Sun Nov  6 08:49:37 1994
  /^[a-z]{3} (?<month>[a-z]{3}) (?<day>[ \d]\d) (?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2}) (?<year>\d{4})$/i,
];

/** Seconds from `now` until an HTTP date in any of its three forms; 0 when it has passed. */
export function untilHttpDate(value: string, now: number): number | undefined {
  const text = value.trim();
  if (text.length > 40) return undefined;
  for (const form of HTTP_DATES) {
    const parts = form.exec(text)?.groups;
    if (parts === undefined) continue;
    const { year = '', month = '', day = '', hour = '', minute = '', second = '' } = parts;
    const monthIndex = MONTHS.indexOf(month.toLowerCase());
    if (monthIndex < 0) return undefined;
    // Date.parse is of no use here: it takes asctime, which means GMT, for local time. Date.UTC takes a 30th of February for a 2nd of March.
    const midnight = Date.UTC(year.length === 2 ? fullYear(Number(year), now) : Number(year), monthIndex, Number(day));
    if (new Date(midnight).getUTCDate() !== Number(day) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > LEAP_SECOND) return undefined;
    return untilInstant(midnight + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000, now);
  }
  return undefined;
}

/** RFC 9110: a two-digit year is at most 50 years ahead. It may be of the next century when this one ends. */
function fullYear(year: number, now: number): number {
  const current = new Date(now).getUTCFullYear();
  const candidate = current - (current % 100) + year;
  if (candidate > current + 50) return candidate - 100;
  return candidate + 100 <= current + 50 ? candidate + 100 : candidate;
}

/** Seconds until a rate limit resets, however it is written: duration, timestamp, seconds, or an epoch in seconds or milliseconds. */
export function untilReset(value: string, now: number): number | undefined {
  const number = decimal(value);
  if (number === undefined) return goDuration(value) ?? untilTimestamp(value, now);
  if (number <= MAX_WAIT_S) return number;
  // Too long for a wait, so it is an instant; of the two epochs only the right one is near now.
  return untilInstant(number, now) ?? untilInstant(number * 1000, now);
}
