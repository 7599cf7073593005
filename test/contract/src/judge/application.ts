import type { CellResult } from '../runner/run-application.ts';
import type { Cell } from '../cells/cell.ts';
import type { Json } from '../json.ts';
import { differences } from './difference.ts';
import type { Finding } from './finding.ts';

/** Rule 1 of the contract: the application cannot tell. What it saw traced has to be what it saw untraced. */
export function judgeApplication(cell: Cell, untraced: CellResult, traced: CellResult): readonly Finding[] {
  return differences(viewOf(cell, untraced), viewOf(cell, traced)).map((difference) => ({ about: 'application' as const, ...difference }));
}

function viewOf({ pattern }: Cell, { outcome, requests, heldOpen, unhandled }: CellResult): Json {
  return {
    outcome: outcome === undefined ? 'missing' : { classes: outcome.classes, values: outcome.values, events: outcome.events, threw: outcome.threw ?? 'nothing', settled: outcome.unsettled !== true },
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
