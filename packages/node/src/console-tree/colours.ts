/** Paints text, or leaves it as it is. */
export type Paint = (text: string) => string;

/** The paints of a tree. */
export interface Palette {
  readonly bad: Paint;
  readonly good: Paint;
  readonly notable: Paint;
  readonly faint: Paint;
  readonly strong: Paint;
}

function ansi(open: number, close: number): Paint {
  return (text) => `\u001b[${open}m${text}\u001b[${close}m`;
}

const plain: Paint = (text) => text;

/** No colours. */
export const PLAIN: Palette = { bad: plain, good: plain, notable: plain, faint: plain, strong: plain };

/** The terminal's own sixteen colours. */
export const COLOURED: Palette = { bad: ansi(31, 39), good: ansi(32, 39), notable: ansi(33, 39), faint: ansi(2, 22), strong: ansi(1, 22) };

/**
 * Colours on a terminal only; `FORCE_COLOR` (unless 0 or false) wins over everything, then `NO_COLOR` (https://no-color.org).
 */
export function paletteFor(environment: Readonly<Record<string, string | undefined>>, isTerminal: boolean): Palette {
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced === '0' || forced === 'false' ? PLAIN : COLOURED;
  if ((environment['NO_COLOR'] ?? '') !== '') return PLAIN;
  return isTerminal && environment['TERM'] !== 'dumb' ? COLOURED : PLAIN;
}
