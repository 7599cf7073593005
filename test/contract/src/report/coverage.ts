import type { Driver } from '../drivers/driver.ts';
import { LIBRARIES, partsOf, type ProvenLibrary } from './libraries.ts';

const BEGIN = '<!-- coverage: begin -->';
const END = '<!-- coverage: end -->';

/** Clients that know nothing of LLMs: with them an application writes the formats by itself. */
export const HTTP_CLIENTS: ReadonlySet<Driver['library']> = new Set(['fetch', 'undici', 'node:http', 'node:http2', 'axios', 'node-fetch', 'got']);

/** The tables of what is proven, a row for each library. */
export function coverageTables(): string {
  const sdks = LIBRARIES.filter(({ library }) => !HTTP_CLIENTS.has(library)).toSorted((one, other) => one.title.localeCompare(other.title, 'en'));
  const rows = sdks.map((sdk) => [versionsOf(sdk), callsOf(sdk.drivers), boundaries(sdk.drivers, 'hooked'), boundaries(sdk.drivers, 'hookless')]);
  const clients = LIBRARIES.filter(({ library }) => HTTP_CLIENTS.has(library)).map((client) => [versionsOf(client), boundaries(client.drivers, 'hooked')]);
  return `${table(['SDK', 'calls', 'boundary', 'without module hooks'], rows)}\n\n${table(['HTTP client, any of the formats', 'boundary'], clients)}`;
}

/**
 * A page with the tables put in, between its two marks.
 * @throws RangeError when the page has no marks
 */
export function withCoverage(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new RangeError('the page has no place for the table of coverage');
  return `${page.slice(0, begin + BEGIN.length)}\n${coverageTables()}\n${page.slice(end)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function versionsOf({ packages, title }: ProvenLibrary): string {
  if (packages.length === 0) return `\`${title}\``;
  return packages.map(({ name, versions }) => `\`${name}\` ${versions.join(', ')}`).join('<br>');
}

/** Variations of one call (a helper of the SDK, an option) are told by the first word, which is the method. */
function callsOf(drivers: readonly Driver[]): string {
  const methods = drivers.map((driver) => partsOf(driver).call.split(/[ ,]/, 1).join(''));
  return [...new Set(methods)].map((method) => `\`${method}\``).join(' ');
}

function boundaries(drivers: readonly Driver[], tracing: 'hooked' | 'hookless'): string {
  return [...new Set(drivers.map(({ boundary }) => boundary[tracing]))].map((boundary) => `\`${boundary}\``).join(' ');
}
