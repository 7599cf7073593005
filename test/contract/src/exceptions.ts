import type { Cell } from './cells/cell.ts';
import type { Expectation } from './judge/expectation.ts';
import type { Tracing } from './runner/job.ts';

/** Where the truth of a fault cannot be known, and what is asked of the spans instead. */
export interface Exception {
  /** Which drivers, in words. */
  readonly drivers: string;
  /** Which faults or patterns, in words. */
  readonly meets: string;
  /** What the span says, in words. */
  readonly says: string;
  /** Why nothing better is possible. */
  readonly reason: string;
  matches(cell: Cell, tracing: Exclude<Tracing, 'off'>): boolean;
  instead(expected: Expectation): Expectation;
}

/** Every exception. A cell that matches none is held to the fault's own truth. */
export const EXCEPTIONS: readonly Exception[] = [];

/** The expectation that a cell is held to. */
export function withExceptions(cell: Cell, tracing: Exclude<Tracing, 'off'>, expected: Expectation): Expectation {
  return EXCEPTIONS.filter((exception) => exception.matches(cell, tracing)).reduce((so, exception) => exception.instead(so), expected);
}
