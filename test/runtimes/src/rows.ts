import { isDeepStrictEqual } from 'node:util';
import { writeFile } from 'node:fs/promises';
import { expectedOf, type Measured } from './measure.ts';
import type { Recorded } from './calls.ts';
import type { Way } from './ways.ts';

/** One row of docs/safety.md. */
export interface Row {
  readonly area: 'Ways to run';
  readonly tried: string;
  readonly times: number;
  readonly result: string;
  readonly holds: boolean;
  readonly command: string;
}

const FILE = new URL('../../safety/rows/ways-to-run.json', import.meta.url);

function commandFor(name: string): string {
  // A pattern, and within quotes.
  return `npx vitest run --project runtimes -t '${name.replaceAll(/[^\w ,]/g, '.')}'`;
}

/** A row that says what came of a way. */
export function rowOf(way: Way, measured: Measured, plain: Recorded): Row {
  const { calls, operationsCounted, attemptsCounted } = measured.recorded;
  const attempts = calls.reduce((sum, call) => sum + call.attempts.length, 0);
  const parties = way.parties ?? 1;
  const sameOutput = isDeepStrictEqual(measured.traced, measured.bare);
  const asExpected = isDeepStrictEqual(measured.recorded, expectedOf(way, plain));
  const facts = [
    sameOutput ? 'output unchanged' : 'output changed',
    `${calls.length} of ${parties * plain.calls.length} operations with ${attempts} attempts recorded, counted ${operationsCounted} and ${attemptsCounted} times`,
    ...(way.differs === undefined ? [] : [way.differs]),
  ];
  return { area: 'Ways to run', tried: way.name, times: 1, result: facts.join('; '), holds: sameOutput && asExpected && way.loses !== true, command: commandFor(way.name) };
}

/** A row of a way that is measured otherwise. */
export function row(tried: string, result: string, holds: boolean, test: string): Row {
  return { area: 'Ways to run', tried, times: 1, result, holds, command: commandFor(test) };
}

/** Writes the rows where figures are asked for. */
export async function writeRows(rows: readonly Row[]): Promise<void> {
  if (process.env['OUTSPAN_UPDATE_SAFETY'] === '1') await writeFile(FILE, `${JSON.stringify(rows, null, 2)}\n`);
}
