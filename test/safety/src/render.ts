import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { page } from './page.ts';
import { ROOT } from './repository.ts';
import { readRows } from './rows.ts';

/** `npm run safety`: writes docs/safety.md of the rows that the suites have written. */
const rows = readRows();
writeFileSync(join(ROOT, 'docs/safety.md'), page(rows));
console.log(`docs/safety.md: ${rows.length} rows, ${rows.filter(({ holds }) => !holds).length} of which do not hold`);
