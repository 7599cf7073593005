import type { Receiver } from '../../runtimes/src/receiver.ts';
import type { Word } from './seen/words.ts';
import type { Tree } from './trees.ts';

export type NodeMajor = 22 | 24 | 26;

/** One way in which an application has Outspan. */
export interface SetUp {
  /** Completes "… is traced as it must be". */
  readonly name: string;
  readonly tree: Tree;
  /** Node's arguments with and without Outspan: the application's own, and other vendors'. */
  readonly node?: readonly string[];
  /** Node's arguments that bring Outspan, before the others. */
  readonly with?: readonly string[];
  /** Node's arguments in the place of those. */
  readonly without?: readonly string[];
  /** Arguments that bring Outspan after the others. */
  readonly withAfter?: readonly string[];
  /** The application and its arguments. A file of apps/. */
  readonly app: readonly string[];
  /** The application without Outspan, where that is another file. */
  readonly withoutApp?: readonly string[];
  /** Builds what is run with Outspan, given the folder of the applications; returns the folder to run it in. Called once for each Node. */
  readonly prepare?: (apps: string) => Promise<string>;
  readonly env?: Readonly<Record<string, string>>;
  /** Variables that bring Outspan. */
  readonly withEnv?: Readonly<Record<string, string>>;
  /** What the backend must hold. */
  readonly sees: Sees;
  /** What the backend of another vendor got, of the requests that are not OTLP's: it must be the same as without Outspan. */
  readonly theirs?: (requests: Receiver['others']) => readonly string[];
  /** What that must be in place of the same. */
  readonly theySee?: readonly string[];
  /** What standard error must say, each once, and nothing else. Default: nothing. */
  readonly says?: readonly Word[];
  /** Only in the long form, `npm run applications`: it takes long to install or run, or is more of what another row tries. */
  readonly long?: true;
  /** The Node versions on which the application runs without Outspan. Default: all. */
  readonly nodes?: readonly NodeMajor[];
}

/** What a backend must hold after a run. */
export interface Sees {
  /** As `traces()` writes them, in any order. */
  readonly traces: readonly string[];
  /** What `outspan.client.operations` and `outspan.client.attempts` count. */
  readonly counted: readonly [operations: number, attempts: number];
  /** `telemetry.sdk.version` of all spans. Default: any, but one. */
  readonly sdk?: string;
}

/** What the applications' calls meet: the last is answered at the third try. */
export const SCRIPT = 'ok*3,bad_gateway_page*2,ok';

const CALLS = [
  { name: 'first', answers: [200] },
  { name: 'second', answers: [200] },
  { name: 'third', answers: [200] },
  { name: 'retried', answers: [502, 502, 200] },
] as const;

const ATTEMPTS = CALLS.reduce((sum, { answers }) => sum + answers.length, 0);

export const NOTHING_SEEN: Sees = { traces: [], counted: [0, 0] };

/**
 * The four calls as they must come: one operation each, one span for each attempt, beneath it.
 *
 * @param boundary how they are known
 * @param beneath whether the application has a span of its own around each call, which must be the parent
 */
export function calls(boundary: 'sdk' | 'inferred' | 'native', beneath: 'its own spans' | 'nothing' = 'its own spans'): Sees {
  const lines = CALLS.map(({ name, answers }) => [
    ...(beneath === 'nothing' ? [] : [name]),
    `chat gpt-4o (${boundary})`,
    ...answers.map((status, at) => `attempt ${at + 1}: ${status}`),
  ]);
  const indented = (own: readonly string[]): string => own.map((line, depth) => `${'  '.repeat(Math.min(depth, beneath === 'nothing' ? 1 : 2))}${line}`).join('\n');
  return { traces: lines.map(indented), counted: [CALLS.length, ATTEMPTS] };
}

/** What is recorded to the application's own SDK, with nothing of ours: its own spans. */
export const OWN_SPANS: Sees = { traces: CALLS.map(({ name }) => name), counted: [0, 0] };

/** The set-ups, of which only some are in the short form. */
export function shortOnly(setUps: readonly SetUp[], isShort: (setUp: SetUp) => boolean): SetUp[] {
  return setUps.map((setUp) => (isShort(setUp) ? setUp : { ...setUp, long: true }));
}
