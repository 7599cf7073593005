import { type Cell, CELLS, covering } from '@outspan/test-contract/cells/cell';
import type { Driver } from '@outspan/test-contract/drivers/driver';
import { type Canaries, newCanaries } from './canaries.ts';
import { placedInAddresses } from './drivers-with-odd-addresses.ts';

/** Calls whose addresses hold secrets in odd places; each answered well, and refused by the provider with an echo. */
function oddCells(canaries: Canaries): readonly Cell[] {
  return placedInAddresses(canaries).flatMap((driver) =>
    ['ok', 'unauthenticated'].map((fault): Cell => ({ id: `${driver.id} | ${fault}`, driver, script: [fault], pattern: 'read', retries: 0, session: {} })),
  );
}

/** Drivers whose cells are left out, and why. */
const LEFT_OUT: readonly { readonly why: string; readonly is: (driver: Driver) => boolean }[] = [
  { why: "the SDK's own telemetry was turned on: it writes prompts and answers on its span, unbounded, and sends trace context and baggage to any host", is: ({ recordsContent }) => recordsContent === true },
];

const SEARCHABLE: readonly Cell[] = CELLS.filter(({ driver }) => !LEFT_OUT.some(({ is }) => is(driver)));

/** Bodies past every cap are as good in a smaller size. */
const SMALL = { hugeBodyBytes: 300_000, hugeEventBytes: 100_000 };

function smaller(cell: Cell): Cell {
  return { ...cell, session: { ...cell.session, ...SMALL } };
}

/** One in so many: the rest is the long form's. */
const SHARE = 47;

/** A choice of the matrix: every script with two drivers at least, every driver with two scripts at least. */
function choice(shift: number): readonly Cell[] {
  const chosen = new Set(covering(SEARCHABLE, SHARE, shift));
  const meets = (of: (cell: Cell) => string): void => {
    for (const members of Map.groupBy(SEARCHABLE, of).values()) {
      let missing = Math.min(2, members.length) - members.filter((cell) => chosen.has(cell)).length;
      for (let i = 0; i < members.length && missing > 0; i++) {
        const cell = members[(i + shift) % members.length];
        if (cell === undefined || chosen.has(cell)) continue;
        chosen.add(cell);
        missing--;
      }
    }
  };
  meets(({ driver }) => driver.id);
  meets(({ script, pattern }) => `${script.join(',')} ${pattern}`);
  return [...chosen];
}

/** What is proven: all of the matrix, or a choice of it. */
export type Form = 'short' | 'long';

/** Cells by default settings, and the odd ones. @param shift which choice */
export function cellsByDefault(form: Form, shift: number): readonly Cell[] {
  const cells = form === 'long' ? SEARCHABLE : choice(shift);
  return [...cells.map(smaller), ...oddCells(newCanaries())];
}

/** One process is enough where it matters what is captured, and not which copy of undici captures it. */
function inOneProcess(cells: readonly Cell[]): readonly Cell[] {
  return cells.filter(({ driver }) => driver.application === 'sdks');
}

/** Cells with content: those in which there is some. */
export function cellsWithContent(form: Form, shift: number): readonly Cell[] {
  return inOneProcess(cellsByDefault(form, shift)).filter((_cell, i) => form === 'long' || i % 2 === shift % 2);
}

/** Cells to public hosts: through what obeys Node's proxy variables, which a fetch over `node:http` in the application does not, nor AWS's client, nor node-fetch with the agent that Groq's older SDK gives it. */
export function cellsToPublic(form: Form): readonly Cell[] {
  const own = cellsByDefault(form, 3).filter(({ script, driver }) => script[0] !== 'refused' && !driver.id.includes('node:http') && !driver.id.startsWith('groq 0.') && !driver.dialect.startsWith('aws.') && !driver.id.includes('with a user'));
  return inOneProcess(own).filter((_cell, i) => form === 'long' || i % 2 === 1);
}
