import { markdownTable } from './describe.ts';

const BEGIN = '<!-- faults: begin, written by `node scripts/fault-table.ts` -->';
const END = '<!-- faults: end -->';

/**
 * The README with its table of faults brought up to date.
 * @throws Error when it has no place for the table
 */
export function withFaultTable(readme: string): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('the README has no place for the table of faults');
  return `${readme.slice(0, begin + BEGIN.length)}\n${markdownTable()}\n${readme.slice(end)}`;
}
