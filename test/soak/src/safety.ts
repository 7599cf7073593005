import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One row of docs/safety.md. */
export interface SafetyRow {
  readonly area: 'Load';
  readonly tried: string;
  readonly times: number;
  readonly result: string;
  readonly holds: boolean;
  readonly command: string;
}

const FILE = fileURLToPath(new URL('../../safety/rows/load.json', import.meta.url));

/** Writes the rows of the load, if the run is one that updates docs/safety.md. */
export function writeSafetyRows(rows: readonly SafetyRow[]): void {
  if (process.env['OUTSPAN_UPDATE_SAFETY'] !== '1') return;
  mkdirSync(new URL('.', `file://${FILE}`), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify(rows, null, 2)}\n`);
}
