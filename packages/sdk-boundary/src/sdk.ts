import type { SdkTracing } from './tracing.ts';

/** A range of versions: from one that is in it to below one that is not. */
export interface TestedRange {
  readonly from: string;
  readonly below: string;
}

/** Modules of an SDK whose calls are not covered, and what to say, once, when one is loaded. */
export interface UncoveredModules {
  readonly files: readonly string[];
  readonly says: string;
}

/** One SDK, as a row of the table of its instrumentation. */
export interface Sdk {
  /** Its npm package. */
  readonly name: string;
  /** The versions that the tests run on, at both ends. Others are traced as well, and announced. */
  readonly tested: TestedRange;
  /**
   * The files of the package that hold what is patched, each with the package's name before it: `openai/client.js`,
   * `openai/client.mjs`. CommonJS ones are found also where they were loaded before.
   */
  readonly files: readonly string[];
  /** Only the files lead to what is patched. Otherwise what the package's name leads to is hooked as well, wherever a version has it. */
  readonly filesOnly?: true;
  readonly uncovered?: UncoveredModules;
  /** The objects to patch that a module of it leads to, prototypes most often. None: it is not built as the known versions are. */
  targets(exports: unknown): readonly object[];
  /** Stands in front of a target's methods, see `interpose`; returns what steps aside again. */
  readonly observe: (target: object, tracing: SdkTracing) => () => void;
}

/** Whether a version is in a range, by its numbers alone: a prerelease counts as its release. */
export function isTested(version: string, { from, below }: TestedRange): boolean {
  return compare(version, from) >= 0 && compare(version, below) < 0;
}

function compare(one: string, other: string): number {
  const [a, b] = [numbers(one), numbers(other)];
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return 0;
}

function numbers(version: string): number[] {
  return version.split('-', 1).join('').split('.').map((part) => Number.parseInt(part, 10) || 0);
}
