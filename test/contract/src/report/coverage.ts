import type { Driver } from '../drivers/driver.ts';
import { LIBRARIES, partsOf, type ProvenLibrary } from './libraries.ts';

const BEGIN = '<!-- coverage: begin -->';
const END = '<!-- coverage: end -->';

/** The table of what is proven, a row for each library. */
export function coverageTable(): string {
  const rows = LIBRARIES.map((library) => `| \`${library.title}\` | ${versionsOf(library)} | ${callsOf(library.drivers)} | ${boundaries(library.drivers, 'hooked')} | ${boundaries(library.drivers, 'hookless')} |`);
  return `| SDK | versions tested | calls | boundary | without module hooks |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}`;
}

/**
 * A page with the table put in, between its two marks.
 * @throws RangeError when the page has no marks
 */
export function withCoverage(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new RangeError('the page has no place for the table of coverage');
  return `${page.slice(0, begin + BEGIN.length)}\n${coverageTable()}\n${page.slice(end)}`;
}

function versionsOf({ versions }: ProvenLibrary): string {
  return versions.length === 0 ? 'as in Node' : versions.join(', ');
}

/** Variations of one call (a helper of the SDK, an option) are told by the first word, which is the method. */
function callsOf(drivers: readonly Driver[]): string {
  const methods = drivers.map((driver) => partsOf(driver).call.split(/[ ,]/, 1).join(''));
  return [...new Set(methods)].map((method) => `\`${method}\``).join(' ');
}

function boundaries(drivers: readonly Driver[], tracing: 'hooked' | 'hookless'): string {
  return [...new Set(drivers.map(({ boundary }) => boundary[tracing]))].map((boundary) => `\`${boundary}\``).join(' ');
}
