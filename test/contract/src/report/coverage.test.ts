import { readFileSync } from 'node:fs';
import { coverage } from '@outspan/node';
import { isTested } from '@outspan/sdk-boundary';
import { expect, it } from 'vitest';
import { README } from '../runner/places.ts';
import { withCoverage } from './coverage.ts';
import { LIBRARIES } from './libraries.ts';

it('the README tells of each SDK what is proven (npm run coverage, in test/contract, writes it)', () => {
  const page = readFileSync(README, 'utf8');
  expect(page).toBe(withCoverage(page));
});

/** What is not an SDK of LLMs. */
const HTTP_CLIENTS: ReadonlySet<string> = new Set(['fetch', 'undici', 'axios', 'got', 'node-fetch', 'node:http', 'superagent']);

it('doctor and the announcements tell the same (packages/node/src/coverage.ts has a line for what no instrumentation hooks)', () => {
  const rows = coverage();
  const missing = LIBRARIES.filter(({ library }) => !HTTP_CLIENTS.has(library)).flatMap(({ library, versions, drivers }) => {
    const proven = new Set<string>(drivers.map(({ boundary }) => boundary.hooked));
    return versions.filter((version) => !rows.some(({ name, tested, by }) => name === library && isTested(version, tested) && proven.has(by))).map((version) => `${library} ${version}`);
  });
  expect(missing).toEqual([]);
});
