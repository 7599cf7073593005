/** `npm run coverage`: writes the table of what is proven into the README. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withCoverage } from './report/coverage.ts';
import { README } from './runner/places.ts';

writeFileSync(README, withCoverage(readFileSync(README, 'utf8')));
