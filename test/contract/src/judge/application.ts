import type { CellResult } from '../runner/run-application.ts';
import type { Cell } from '../cells/cell.ts';
import type { Json } from '../json.ts';
import { differences } from './difference.ts';
import type { Finding } from './finding.ts';

/** Rule 1 of the contract: the application cannot tell. What it saw traced has to be what it saw untraced. */
export function judgeApplication(cell: Cell, untraced: CellResult, traced: CellResult): readonly Finding[] {
  return differences(viewOf(cell, untraced), viewOf(cell, traced)).map((difference) => ({ about: 'application' as const, ...difference }));
}

const RESET_CODES: readonly Json[] = ['ECONNRESET', 'UND_ERR_SOCKET'];

/** Which of a reset's two signs undici sees first, the socket's error or its end, is chance (Node 22, undici 6 and 7). */
function withoutRaces(threw: Json): Json {
  if (typeof threw !== 'object' || threw === null || Array.isArray(threw)) return threw;
  const error = threw as { readonly [key: string]: Json };
  if (RESET_CODES.includes(error['code'] ?? null)) return 'the connection was reset';
  return Object.fromEntries(Object.entries(error).map(([key, value]) => [key, key === 'cause' ? withoutRaces(value) : key === 'errors' && Array.isArray(value) ? value.map(withoutRaces) : value]));
}

/** Where a compressed stream is cut, how much of it a decoder hands out before it stops is chance. */
const CUT_CODING = /^(?:gzip|br|deflate|zstd)_cut$/;

function viewOf({ pattern, script, driver }: Cell, { outcome, requests, heldOpen, unhandled }: CellResult): Json {
  const threwIn = script.some((fault) => fault.includes('reset')) ? withoutRaces : (threw: Json): Json => threw;
  const leftOpen = driver.leavesOpen === true && pattern === 'break_after_first';
  const byChance = driver.mode === 'stream' && script.some((fault) => CUT_CODING.test(fault));
  return {
    outcome: outcome === undefined ? 'missing' : { classes: outcome.classes, values: byChance ? {} : outcome.values, events: byChance ? [] : outcome.events, threw: threwIn(outcome.threw ?? 'nothing'), settled: outcome.unsettled !== true },
    unhandled,
    ...(!leftOpen && { heldOpen }),
    requests: requests.map(({ fault, path, answered }) => ({
      fault,
      path,
      // Who ends a short exchange first is chance; patterns stop exchanges that go on for long.
      ...(pattern !== 'read' && !leftOpen && { endedBy: answered.endedBy ?? 'nobody' }),
    })),
  };
}
