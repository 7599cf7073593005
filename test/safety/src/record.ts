import { afterAll, afterEach, expect } from 'vitest';
import { rowsOf, writeRows, type Row } from './rows.ts';

/**
 * Writes the rows of a test file when its tests are through; where nobody asked for that, the rows that are there must be
 * the same. Called once, at the top of the file.
 *
 * @param suite names the file of the rows
 * @param rows what the tests have seen, if all of them pass
 */
export function recordRows(suite: string, rows: () => readonly Omit<Row, 'holds'>[]): void {
  let holds = true;
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') holds = false;
  });
  afterAll(() => {
    const seen = rows().map((row): Row => (holds ? { ...row, holds } : { ...row, holds, result: 'a test of it fails; the command says which' }));
    if (process.env['OUTSPAN_UPDATE_SAFETY'] === '1') writeRows(suite, seen);
    // A test that fails says enough by itself.
    else if (holds) expect(rowsOf(suite), `test/safety/rows/${suite}.json is not what this suite sees; OUTSPAN_UPDATE_SAFETY=1 writes it`).toEqual(seen);
  });
}
