import { startFaultProvider, type FaultProvider } from '@outspan/fault-provider';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { installed, type Added } from './installed/install.ts';
import { runWith, runWithout } from './measure.ts';
import type { NodeMajor, SetUp } from './set-up.ts';
import type { Tree } from './trees.ts';

/** Whether the long form is asked for: everything, on every Node. */
export const EVERYTHING: boolean = process.env['OUTSPAN_APPLICATIONS'] === 'all';
export const NODES: readonly NodeMajor[] = EVERYTHING ? [22, 24, 26] : [24];

/** More requests than the signals of a few calls take, each exported by itself. */
const MANY = 60;

/** A tree with Outspan added; it fails where that could not be installed. */
export async function ready(tree: Tree): Promise<Added> {
  const added = await installed(tree, inject('served'));
  const { code, output } = added.after.managed;
  if (code !== 0) throw new Error(`Outspan cannot be installed in a tree with ${tree.name}:\n${output.split('\n').slice(0, 12).join('\n')}`);
  return added;
}

/** Tests that each of the set-ups is as its row says. Called once in a file. */
export function checkSetUps(setUps: readonly SetUp[]): void {
  let provider: FaultProvider;
  beforeAll(async () => {
    provider = await startFaultProvider();
  });
  afterAll(() => provider.close());

  const rows = setUps.filter(({ long }) => EVERYTHING || long !== true);
  describe.concurrent.for(NODES.map((node) => ({ node })))('on Node.js $node', ({ node }) => {
    it.for(rows.filter(({ nodes = NODES }) => nodes.includes(node)).map((setUp) => [setUp.name, setUp] as const))('%s', async ([, setUp], { expect, task }) => {
      task.meta.tree = setUp.tree.name;
      const added = await ready(setUp.tree);
      const without = await runWithout(provider, setUp, node, added);
      expect(without.application, 'the application by itself').toMatchObject({ code: 0, signal: null });
      const seen = await runWith(provider, setUp, node, added);
      const { sees, says = [] } = setUp;
      expect.soft(seen.application, 'what the application shows').toEqual(without.application);
      expect.soft(seen.says, 'what standard error says').toEqual([...says].sort());
      expect.soft(seen.sees.traces, 'traces').toEqual([...sees.traces].sort());
      expect.soft(seen.sees.counted, 'operations and attempts counted').toEqual(sees.counted);
      expect.soft(seen.theirs, "what another vendor's backend got").toEqual(setUp.theySee ?? without.theirs);
      expect.soft(seen.requests, 'requests to the backend').toBeLessThan(MANY);
      // One SDK in the process, and not another than the application has.
      const sdks = sees.sdk === undefined ? seen.sdks.slice(0, 1) : [sees.sdk];
      expect.soft(seen.sdks, 'SDKs').toEqual(sees.traces.length === 0 ? [] : sdks);
    });
  });
}
