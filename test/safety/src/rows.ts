import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the page is divided into. */
export type Area = 'End of the process' | 'Backend down' | 'Load' | 'Fuzz' | 'Secrets' | 'Ways to run' | 'Applications' | 'Time and numbers' | 'Supply chain';

/** The areas in the order of the page, with what each is about. */
export const AREAS: Readonly<Record<Area, string>> = {
  'End of the process': 'The spans of the call whose failure ended the process are the ones that matter most.',
  'Backend down': 'Where telemetry goes may be refused, hang, be slow, be full. The application must not notice, and memory must not grow.',
  Load: 'Many calls at once, streams that nobody reads, consumers that break off: everything returns to where it began.',
  Fuzz: 'Whatever bytes come, however they are split: no exception, no hang, no wrong verdict.',
  Secrets: 'Canaries are put wherever a key, a prompt or an answer can stand; every exported byte is searched for them.',
  'Ways to run': 'Threads, clusters, permissions, bundlers, test runners, two copies in one tree.',
  Applications: 'Applications as users have them: real packages installed from npm, whatever OpenTelemetry, module format, bundler or other vendor is there.',
  'Time and numbers': 'Clocks that step, counts that do not fit, headers that make no sense.',
  'Supply chain': 'What comes along with the packages, and how it is known.',
};

/** One thing that was tried, with what came of it: measured by a suite, never written by hand. */
export interface Row {
  readonly area: Area;
  /** What was tried, in one line. */
  readonly tried: string;
  /** How often. */
  readonly times: number;
  /** What was lost or seen, in one line. */
  readonly result: string;
  /** Whether it came as it must. */
  readonly holds: boolean;
  /** What reproduces it, from the repository's root. */
  readonly command: string;
}

const FOLDER = fileURLToPath(new URL('../rows/', import.meta.url));
const LONGEST_CELL = 600;

function isLine(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_CELL && !/[\r\n]/.test(value);
}

/** What is wrong with a row, in words; empty where nothing is. */
export function complaints(row: unknown): string[] {
  if (typeof row !== 'object' || row === null) return ['is no object'];
  const { area, tried, times, result, holds, command, ...rest } = row as Readonly<Record<string, unknown>>;
  return [
    ...(typeof area === 'string' && Object.hasOwn(AREAS, area) ? [] : [`is of no known area: ${String(area)}`]),
    ...Object.entries({ tried, result, command }).flatMap(([name, value]) => (isLine(value) ? [] : [`has no line of at most ${LONGEST_CELL} characters as '${name}'`])),
    ...(typeof times === 'number' && Number.isSafeInteger(times) && times > 0 ? [] : ["has no whole number as 'times'"]),
    ...(typeof holds === 'boolean' ? [] : ["does not say whether it 'holds'"]),
    ...Object.keys(rest).map((name) => `has '${name}', which means nothing`),
  ];
}

function isRow(row: unknown): row is Row {
  return complaints(row).length === 0;
}

/**
 * The rows that a suite has written.
 *
 * @throws Error that names the file and the row that is not as it must be
 */
export function rowsOf(suite: string): Row[] {
  const rows: unknown = JSON.parse(readFileSync(join(FOLDER, `${suite}.json`), 'utf8'));
  if (!Array.isArray(rows)) throw new Error(`test/safety/rows/${suite}.json is no array`);
  return rows.map((row: unknown, at) => {
    if (isRow(row)) return row;
    throw new Error(`test/safety/rows/${suite}.json: row ${at} ${complaints(row).join(', ')}`);
  });
}

/** The rows of all suites, in an order that does not depend on the machine. */
export function readRows(): Row[] {
  const suites = readdirSync(FOLDER).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []));
  return suites.sort().flatMap(rowsOf);
}

/** Replaces the rows of a suite. */
export function writeRows(suite: string, rows: readonly Row[]): void {
  writeFileSync(join(FOLDER, `${suite}.json`), `${JSON.stringify(rows, undefined, 2)}\n`);
}
