import { decodeUtf8, searchable } from '../platform/bytes.ts';
import { parseJson } from './json-access.ts';

/** What {@link scanTopLevel} found. */
export interface TopLevelScan {
  /**
   * `whole`: an object from its first brace to its last. `incomplete`: the bytes end inside it. `invalid`: no object.
   * Values are skipped by their brackets and quotes alone, so a `whole` object may still hold what JSON.parse refuses.
   */
  readonly state: 'whole' | 'incomplete' | 'invalid';
  /** The bytes of the wanted members' values that were found whole; views, not copies. Of a repeated member the last, as JSON.parse has it. */
  readonly members: ReadonlyMap<string, Uint8Array>;
  /** The member inside whose value the bytes end, of an incomplete object. */
  readonly cut?: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Below this length a loop beats a call into the native search. */
const SHORT = 48;
/** A value up to this many bytes is parsed, a larger one abridged. */
const PARSED_VALUE = 2_048;
const CUT = -1;

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * Finds chosen members at the top of a JSON object without parsing the rest: the prompt of a request is most of its bytes,
 * and none of it matters here. Strings are skipped by the native search for their closing quote.
 *
 * @param wanted the names to look for; without it, every member is given
 */
export function scanTopLevel(input: Uint8Array, wanted?: ReadonlySet<string>): TopLevelScan {
  const bytes = searchable(input);
  const members = new Map<string, Uint8Array>();
  const end = (state: TopLevelScan['state']): TopLevelScan => ({ state, members });

  let at = skipSpace(bytes, bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0);
  if (at === bytes.length) return end('incomplete');
  if (bytes[at] !== 0x7b) return end('invalid');
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === 0x7d) return end(skipSpace(bytes, at + 1) === bytes.length ? 'whole' : 'invalid');

  for (;;) {
    if (at === bytes.length) return end('incomplete');
    if (bytes[at] !== QUOTE) return end('invalid');
    const afterName = skipString(bytes, at + 1);
    if (afterName === CUT) return end('incomplete');
    const name = decodeUtf8(bytes, at + 1, afterName - 1);

    at = skipSpace(bytes, afterName);
    if (at === bytes.length) return end('incomplete');
    if (bytes[at] !== 0x3a) return end('invalid');
    const value = skipSpace(bytes, at + 1);
    const afterValue = skipValue(bytes, value);
    if (afterValue === CUT) return { ...end('incomplete'), cut: name };
    if (wanted === undefined || wanted.has(name)) members.set(name, bytes.subarray(value, afterValue));

    at = skipSpace(bytes, afterValue);
    if (at === bytes.length) return end('incomplete');
    if (bytes[at] === 0x7d) return end(skipSpace(bytes, at + 1) === bytes.length ? 'whole' : 'invalid');
    if (bytes[at] !== 0x2c) return end('invalid');
    at = skipSpace(bytes, at + 1);
  }
}

/**
 * Reads chosen members at the top of a JSON object as values. A large value is abridged to what its kind tells: a list to a list of one
 * `null`, an object to those of its own members that are in `within` and small, a string to nothing.
 */
export function readTopLevel(
  bytes: Uint8Array,
  wanted: ReadonlySet<string>,
  within: ReadonlySet<string> = new Set(),
): { readonly state: TopLevelScan['state']; readonly values: Readonly<Record<string, unknown>> } {
  const { state, members } = scanTopLevel(bytes, wanted);
  const values: [string, unknown][] = [];
  for (const [name, value] of members) values.push([name, abridged(value, within)]);
  // fromEntries defines members instead of assigning them: a member named `__proto__` stays a member.
  return { state, values: Object.fromEntries(values) };
}

function abridged(value: Uint8Array, within: ReadonlySet<string>): unknown {
  if (value.length <= PARSED_VALUE) return parseJson(decodeUtf8(value))?.value;
  if (value[0] === 0x5b) return [null];
  return value[0] === 0x7b ? readTopLevel(value, within, within).values : undefined;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && isSpace(bytes[at])) at++;
  return at;
}

/**
 * Goes by bytes for a little, then by the native search, and by bytes again behind each escaped quote: source code in a prompt is full of them,
 * and a call into the native search costs as much as a few dozen bytes.
 *
 * @returns the index after the closing quote of the string whose content begins at `from`
 */
function skipString(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const near = Math.min(at + SHORT, bytes.length);
    while (at < near) {
      const byte = bytes[at];
      if (byte === QUOTE) return at + 1;
      at += byte === BACKSLASH ? 2 : 1;
    }
    if (at >= bytes.length) return CUT;
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1) return CUT;
    let before = quote - 1;
    while (before >= at && bytes[before] === BACKSLASH) before--;
    // The quote is the string's own unless an odd number of backslashes stands before it.
    if ((quote - before) % 2 === 1) return quote + 1;
    at = quote + 1;
  }
}

/** @returns the index after the value that begins at `from` */
function skipValue(bytes: Uint8Array, from: number): number {
  const first = bytes[from];
  if (first === QUOTE) return skipString(bytes, from + 1);
  let at = from;
  if (first !== 0x7b && first !== 0x5b) {
    while (at < bytes.length && bytes[at] !== 0x2c && bytes[at] !== 0x7d && bytes[at] !== 0x5d && !isSpace(bytes[at])) at++;
    // Whether a number or literal at the very end is whole cannot be told.
    return at === bytes.length ? CUT : at;
  }
  let depth = 0;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = skipString(bytes, at + 1);
      if (at === CUT) return CUT;
      continue;
    }
    at++;
    if (byte === 0x7b || byte === 0x5b) depth++;
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return at;
  }
  return CUT;
}
