import { appliesTo, type Fault, faultById, FAULTS, type SessionOptions } from '@outspan/fault-provider';
import { DRIVERS } from '../drivers/catalogue.ts';
import type { Driver, Pattern } from '../drivers/driver.ts';

/** One thing to prove: a driver that meets a script while it is used in one way. */
export interface Cell {
  readonly id: string;
  readonly driver: Driver;
  /** Fault ids; the last one repeats. */
  readonly script: readonly string[];
  readonly pattern: Pattern;
  readonly retries: number;
  readonly session: SessionOptions;
}

/** Bodies past every cap of Outspan's would be 50 MB each; these are as good to the SDKs and cheaper. */
const SIZES: SessionOptions = { hugeBodyBytes: 600_000, hugeEventBytes: 300_000 };
/** Streams that patterns interrupt go on for two seconds. */
const SLOW: SessionOptions = { ...SIZES, textEvents: 40, tokenDelayMs: 50 };

/** What meets a call before a retry repairs it: each reason for which clients retry, once. */
const REPAIRED: readonly (readonly string[])[] = [
  ['bad_gateway_page', 'ok'],
  ['rate_limited', 'ok'],
  ['overloaded', 'ok'],
  ['reset_before_head', 'ok'],
  ['hang_before_head', 'ok'],
  ['server_error', 'rate_limited_without_retry_after'],
];
/** With one more retry allowed. */
const TWICE: readonly string[] = ['unavailable', 'gateway_timeout_page', 'ok'];

/** What is played where a pattern stops the call. */
const SCRIPT_OF_PATTERN: Readonly<Record<Exclude<Pattern, 'read'>, string>> = {
  abort_before_head: 'hang_before_head',
  abort_in_body: 'hang_in_body',
  abort_mid_stream: 'ok_slow',
  break_after_first: 'ok_slow',
  never_read: 'ok_slow',
};

function cell(driver: Driver, script: readonly string[], more: Partial<Pick<Cell, 'pattern' | 'retries' | 'session'>> = {}): Cell {
  const { pattern = 'read', retries = 1, session = SIZES } = more;
  return { id: [driver.id, script.join(','), ...(pattern === 'read' ? [] : [pattern])].join(' | '), driver, script, pattern, retries, session };
}

/** Fault of that id; the script names no other. */
export function faultOf(id: string): Fault {
  const fault = faultById(id);
  if (fault === undefined) throw new RangeError(`there is no fault '${id}'`);
  return fault;
}

function cellsOf(driver: Driver): readonly Cell[] {
  const meets = (id: string): boolean => {
    const fault = faultById(id);
    return fault !== undefined && appliesTo(fault, driver);
  };
  return [
    ...FAULTS.filter((fault) => appliesTo(fault, driver)).map((fault) => cell(driver, [fault.id])),
    ...REPAIRED.filter((script) => script.every(meets)).map((script) => cell(driver, script)),
    cell(driver, TWICE, { retries: 2 }),
    ...driver.patterns.flatMap((pattern) => {
      if (pattern === 'read') return [];
      const fault = SCRIPT_OF_PATTERN[pattern];
      return meets(fault) ? [cell(driver, [fault], { pattern, session: SLOW })] : [];
    }),
  ];
}

/** Every cell: each driver with every fault that it can meet and that is not left out, with failures that a retry repairs, and in each of its patterns. */
export const CELLS: readonly Cell[] = DRIVERS.flatMap(cellsOf).filter(({ driver, script }) => !script.some((fault) => driver.leftOut?.faults.test(fault)));

/**
 * A choice of cells in which every driver and every script occurs.
 *
 * @param share about one cell in so many
 * @param shift which ones
 */
export function covering(cells: readonly Cell[], share: number, shift: number): readonly Cell[] {
  const drivers = indexes(cells, ({ driver }) => driver.id);
  const scripts = indexes(cells, meeting);
  const spread = cells.filter((cell) => ((drivers.get(cell.driver.id) ?? 0) + (scripts.get(meeting(cell)) ?? 0) + shift) % share === 0);
  const chosen = new Set(spread);
  // What the spread left out has one cell, whichever the shift makes it.
  for (const name of [meeting, ({ driver }: Cell) => driver.id]) {
    const met = new Set([...chosen].map(name));
    for (const [found, members] of Map.groupBy(cells, name)) {
      const cell = members[shift % members.length];
      if (!met.has(found) && cell !== undefined) chosen.add(cell);
    }
  }
  return [...chosen];
}

function meeting({ script, pattern }: Cell): string {
  return `${script.join(',')} ${pattern}`;
}

function indexes(cells: readonly Cell[], name: (cell: Cell) => string): ReadonlyMap<string, number> {
  return new Map([...new Set(cells.map(name))].map((one, i) => [one, i]));
}
