import { readFileSync } from 'node:fs';
import { coverage } from '@outspan/node';
import { isTested } from '@outspan/sdk-boundary';
import { expect, it } from 'vitest';
import { README } from '../runner/places.ts';
import { HTTP_CLIENTS, withCoverage } from './coverage.ts';
import { LIBRARIES } from './libraries.ts';

it('the README tells of each SDK what is proven (npm run coverage, in test/contract, writes it)', () => {
  const page = readFileSync(README, 'utf8');
  expect(page).toBe(withCoverage(page));
});

it('doctor and the announcements tell the same (packages/node/src/coverage.ts has a line for what no instrumentation hooks)', () => {
  const rows = coverage();
  const missing = LIBRARIES.filter(({ library }) => !HTTP_CLIENTS.has(library)).flatMap(({ library, packages, drivers }) => {
    const proven = new Set<string>(drivers.map(({ boundary }) => boundary.hooked));
    // What comes in parts is known by the part that they share, and has a line by that.
    const versions = packages.find(({ name }) => name === library)?.versions ?? [];
    return versions.filter((version) => !rows.some(({ name, tested, by }) => name === library && isTested(version, tested) && proven.has(by))).map((version) => `${library} ${version}`);
  });
  expect(missing).toEqual([]);
});
