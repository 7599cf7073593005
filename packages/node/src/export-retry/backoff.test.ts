import { expect, it } from 'vitest';
import { waitAfter } from './backoff.ts';

it('doubles the wait up to ten seconds, and no two clients come at the same moment', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 5_000].map((failures) => [0, 1].map((random) => waitAfter(failures, undefined, () => random)));
  expect(waits).toEqual([[250, 500], [500, 1_000], [1_000, 2_000], [2_000, 4_000], [4_000, 8_000], [5_000, 10_000], [5_000, 10_000], [5_000, 10_000]]);
});

it('waits as long as the backend asks, within five minutes', () => {
  expect([2_000, 1e12, -1, 0, Number.NaN].map((asked) => waitAfter(1, asked, () => 1))).toEqual([2_000, 300_000, 500, 500, 500]);
});
