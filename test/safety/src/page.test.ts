import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingIn } from './command.ts';
import { page, unmeasured } from './page.ts';
import { ROOT } from './repository.ts';
import { AREAS, complaints, readRows, type Row } from './rows.ts';

const ROWS = readRows();
const ROW: Row = { area: 'Load', tried: 'a | b', times: 12_000, result: 'nothing was lost', holds: true, command: 'npm test' };

describe('docs/safety.md', () => {
  it('has figures of every area', () => {
    expect(unmeasured(ROWS)).toEqual([]);
  });

  it('is what the rows say (npm run safety writes it)', () => {
    expect(readFileSync(join(ROOT, 'docs/safety.md'), 'utf8')).toBe(page(ROWS));
  });

  it('names no command, test project or file that does not exist', () => {
    expect(ROWS.flatMap(({ tried, command }) => missingIn(command).map((missing) => `${tried}: ${missing}`))).toEqual([]);
  });

  it('says nothing twice', () => {
    const said = ROWS.map(({ area, tried }) => `${area}: ${tried}`);
    expect(said.filter((one, at) => said.indexOf(one) !== at)).toEqual([]);
  });
});

describe('a page', () => {
  it('shows a row that does not hold as such, in the row and on top', () => {
    const text = page([ROW, { ...ROW, tried: 'more', result: '3 were lost', holds: false }]);
    expect(text).toContain('| **DOES NOT HOLD**: 3 were lost |');
    expect(text).toContain('Rows: 2. **Do not hold, and are marked so: 1.**');
    expect(page([ROW])).toContain('Rows: 1. Each of them holds.');
  });

  it('keeps a cell a cell', () => {
    expect(page([ROW])).toContain(String.raw`| a \| b | 12,000 | nothing was lost | ${'`npm test`'} |`);
  });

  it('says of an area without rows that nothing was measured, there and on top', () => {
    expect(page([ROW]).match(/\*\*Not measured\.\*\*/g)).toHaveLength(Object.keys(AREAS).length - 1);
    expect(page([ROW])).toContain('**Not measured: End of the process, Backend down, Fuzz, Secrets, Ways to run, Applications, Time and numbers, Supply chain.**');
  });
});

describe('a row', () => {
  it.each([
    [{ area: 'Elsewhere' }, 'is of no known area'],
    [{ times: Number.NaN }, "no whole number as 'times'"],
    [{ times: 0 }, "no whole number as 'times'"],
    [{ tried: 'two\nlines' }, "as 'tried'"],
    [{ result: '' }, "as 'result'"],
    [{ holds: 'yes' }, "whether it 'holds'"],
    [{ note: 'x' }, "has 'note'"],
  ])('with %o is refused', (wrong, why) => {
    expect(complaints({ ...ROW, ...wrong }).join()).toContain(why);
    expect(complaints(ROW)).toEqual([]);
  });
});

describe('a command', () => {
  it.each(['npm test', 'npm run safety', 'OUTSPAN_UPDATE_SAFETY=1 npx vitest run --project safety test/safety/src/page.test.ts', 'pnpm --filter @outspan/test-safety render', 'node scripts/audit.mjs', '.ci/run'])('%s is known', (command) => {
    expect(missingIn(command)).toEqual([]);
  });

  it.each([
    ['npm run nothing', "no script 'nothing'"],
    ['npx vitest run --project nowhere', "no test project 'nowhere'"],
    ['npx vitest run test/safety/src/none.test.ts', "no file 'test/safety/src/none.test.ts'"],
    ['npm test && npm run nothing', "no script 'nothing'"],
    ['pnpm --filter @outspan/test-safety nothing', "no script 'nothing'"],
    ['make', 'no command that is known'],
  ])('%s is found out', (command, why) => {
    expect(missingIn(command).join()).toContain(why);
  });
});
