import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Form } from './cells.ts';

/** What was looked through, and what was found there. */
export interface Looked {
  /** What was looked through, for a reader. */
  readonly what: string;
  readonly cells: number;
  readonly places: number;
  readonly bytes: number;
  readonly hits: number;
}

interface Row {
  readonly area: 'Secrets';
  readonly tried: string;
  readonly times: number;
  readonly result: string;
  readonly holds: boolean;
  readonly command: string;
}

const FILE = fileURLToPath(new URL('../../safety/rows/secrets.json', import.meta.url));
const COMMANDS: Readonly<Record<Form, string>> = { short: 'npx vitest run --project secrets', long: 'OUTSPAN_SECRETS=all npx vitest run --project secrets' };

function rowOf(form: Form, { what, cells, places, bytes, hits }: Looked): Row {
  return {
    area: 'Secrets',
    tried: `${form === 'short' ? 'a choice' : 'all'} of the contract's cells, ${what}: searched for ${places} kinds of markers, halves of them, and both in base64, percent, JSON and hex`,
    times: cells,
    result: `${hits} found in ${(bytes / 1e6).toFixed(1)} MB`,
    holds: hits === 0,
    command: COMMANDS[form],
  };
}

/** Writes what this form of the suite saw to the rows of docs/safety.md, where that was asked for. The other form's rows stay. */
export function writeRows(form: Form, looked: readonly Looked[]): void {
  if (process.env['OUTSPAN_UPDATE_SAFETY'] !== '1') return;
  const byWhat = Map.groupBy(looked, ({ what }) => what);
  const summed = [...byWhat.values()].map((members) => members.reduce((sum, one) => ({ ...sum, cells: sum.cells + one.cells, bytes: sum.bytes + one.bytes, hits: sum.hits + one.hits })));
  const other = readRows().filter(({ command }) => command !== COMMANDS[form]);
  const own = summed.map((one) => rowOf(form, one));
  writeFileSync(FILE, `${JSON.stringify(form === 'short' ? [...own, ...other] : [...other, ...own], undefined, 2)}\n`);
}

function readRows(): readonly Row[] {
  if (!existsSync(FILE)) return [];
  const rows: unknown = JSON.parse(readFileSync(FILE, 'utf8'));
  // Written by this same suite.
  return Array.isArray(rows) ? (rows as readonly Row[]) : [];
}
