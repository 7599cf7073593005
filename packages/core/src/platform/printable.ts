/** C0 and C1 controls, line separators, and the marks that reorder text: in a terminal they would forge output. */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const MAX_LENGTH = 120;

/** Makes a value from outside safe to print: nothing in it moves the cursor, colours, or breaks the line; long ones are cut. */
export function printable(value: string): string {
  return escaped(value.length > MAX_LENGTH ? `${value.slice(0, MAX_LENGTH)}…` : value);
}

/** As {@link printable}, but whatever its length. */
export function escaped(value: string): string {
  return value.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
