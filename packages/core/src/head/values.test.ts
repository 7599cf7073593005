import { expect, it } from 'vitest';
import { goDuration, MAX_WAIT_S, untilHttpDate, untilReset } from './values.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

it.each([
  ['1s', 1],
  ['6m0s', 360],
  ['120ms', 0.12],
  ['1h2m3.5s', 3723.5],
  ['1m2.3s', 62.3],
  ['7.66s', 7.66],
  ['17µs', 0.000017],
  ['1d', 86_400],
])('reads the Go duration %s as %d seconds', (value, expected) => {
  expect(goDuration(value)).toBe(expected);
});

it.each(['', 's', '1', '1 s', '1s2', '-1s', '1x', '1s'.repeat(40)])('does not take %j for a duration', (value) => {
  expect(goDuration(value)).toBeUndefined();
});

it('drops a wait that is longer than any a provider means', () => {
  expect(untilReset(String(MAX_WAIT_S), NOW)).toBe(MAX_WAIT_S);
  expect(untilReset(String(MAX_WAIT_S + 1), NOW)).toBeUndefined();
  expect(goDuration('745h')).toBeUndefined();
});

it('takes a reset that has just passed for now, and one long past for nonsense', () => {
  expect(untilReset('2026-11-22T11:59:00Z', NOW)).toBe(0);
  expect(untilReset('2025-11-22T11:59:00Z', NOW)).toBeUndefined();
});

it('reads a two-digit year as the nearest one', () => {
  expect(untilHttpDate('Saturday, 01-Jan-00 00:00:10 GMT', Date.UTC(2000, 0, 1))).toBe(10);
  expect(untilHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', NOW)).toBeUndefined();
});

it('takes asctime for GMT, in whatever time zone this runs', () => {
  expect(untilHttpDate('Sun Nov 22 12:00:05 2026', NOW)).toBe(5);
});
