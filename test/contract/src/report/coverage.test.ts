import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { README } from '../runner/places.ts';
import { withCoverage } from './coverage.ts';

it('the README tells of each SDK what is proven (npm run coverage, in test/contract, writes it)', () => {
  const page = readFileSync(README, 'utf8');
  expect(page).toBe(withCoverage(page));
});
