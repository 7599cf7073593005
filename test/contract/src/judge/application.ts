import type { CellResult } from '../runner/run-application.ts';
import type { Cell } from '../cells/cell.ts';
import type { Json } from '../json.ts';
import { differences } from './difference.ts';
import type { Finding } from './finding.ts';

/** Rule 1 of the contract: the application cannot tell. What it saw traced has to be what it saw untraced. */
export function judgeApplication(cell: Cell, untraced: CellResult, traced: CellResult): readonly Finding[] {
  return differences(viewOf(cell, untraced), viewOf(cell, traced)).map((difference) => ({ about: 'application' as const, ...difference }));
}

/** Where a compressed stream is cut, how much of it a decoder hands out before it stops is chance. */
const CUT_CODING = /^(?:gzip|br|deflate|zstd)_cut$/;

function viewOf({ pattern, script, driver }: Cell, { outcome, requests, heldOpen, unhandled }: CellResult): Json {
  const byChance = driver.mode === 'stream' && script.some((fault) => CUT_CODING.test(fault));
  return {
    outcome: outcome === undefined ? 'missing' : { classes: outcome.classes, values: byChance ? {} : outcome.values, events: byChance ? [] : outcome.events, threw: outcome.threw ?? 'nothing', settled: outcome.unsettled !== true },
    unhandled,
    heldOpen,
    requests: requests.map(({ fault, path, answered }) => ({
      fault,
      path,
      // Who ends a short exchange first is chance; patterns stop exchanges that go on for long.
      ...(pattern !== 'read' && { endedBy: answered.endedBy ?? 'nobody' }),
    })),
  };
}
