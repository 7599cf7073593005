import { afterAll, afterEach } from 'vitest';
import { writeRows, type Row } from '../../safety/src/rows.ts';
import { EVERYTHING, NODES } from './check.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** The tree of a set-up. */
    tree?: string;
  }
}

/** What the tests of one row came to. */
interface Tally {
  tried: number;
  /** Each Node that they ran on, where they ran on one. */
  readonly nodes: Set<string>;
  /** The names of those that failed, with each Node that they failed on. */
  readonly failed: Map<string, Set<string>>;
}

const AS_IT_MUST_BE = 'each as it must be: the output unchanged, one operation for each call, one span for each attempt, and nothing said but what must be';
const LONGEST = 560;
const ON_NODE = /(?:, )?on Node\.js (\d+)$/;

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)} …`;
}

/** A list in words: `22, 24 and 26`. */
function listed(items: readonly unknown[]): string {
  return items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} and ${String(items.at(-1))}`;
}

/** What failed, and where it did not do so everywhere, on which Node. */
function failure([name, nodes]: readonly [string, ReadonlySet<string>]): string {
  return nodes.has('') || nodes.size === NODES.length ? name : `${name} (Node.js ${listed([...nodes])})`;
}

/**
 * Writes the rows of docs/safety.md for a file of tests: one for each tree, or for each group of tests without one. Only the
 * long form does, where figures are asked for. Called once, at the top of the file.
 *
 * @param file the file's name, without its ending
 * @param idea what its tests have in common, as the beginning of each row
 * @param result what came of them, where none fails
 */
export function recordSafety(file: string, idea: string, result: string = AS_IT_MUST_BE): void {
  const tallies = new Map<string, Tally>();
  afterEach(({ task }) => {
    if (task.mode === 'skip') return;
    const suite = task.suite?.name ?? file;
    const group = task.meta.tree ?? suite.replace(ON_NODE, '');
    const tally = tallies.get(group) ?? { tried: 0, nodes: new Set(), failed: new Map() };
    tallies.set(group, tally);
    tally.tried++;
    const [, node] = ON_NODE.exec(suite) ?? [];
    if (node !== undefined) tally.nodes.add(node);
    if (task.result?.state !== 'fail') return;
    const name = task.name.replace(`${group}: `, '');
    tally.failed.set(name, (tally.failed.get(name) ?? new Set()).add(node ?? ''));
  });
  afterAll(() => {
    if (!EVERYTHING || process.env['OUTSPAN_UPDATE_SAFETY'] !== '1') return;
    const rows = [...tallies].map(([group, { tried, nodes, failed }]): Row => ({
      area: 'Applications',
      tried: `${idea}: ${group}${nodes.size === 0 ? '' : `; on Node.js ${listed([...nodes].sort())}`}`,
      times: tried,
      result: failed.size === 0 ? result : shortened(`not as they must be: ${[...failed].map(failure).join('; ')}`),
      holds: failed.size === 0,
      command: `npm run applications -- ${file}`,
    }));
    writeRows(`applications-${file}`, rows.sort((one, other) => (one.tried < other.tried ? -1 : 1)));
  });
}
