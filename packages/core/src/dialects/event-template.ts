/** After so many lessons without use the stream's events are taken to differ in more than is known, and no more are taught. */
const MOST_WASTED_LESSONS = 16;

/**
 * Tells events that differ from one that was parsed only in the values of known members, so that they need not be parsed themselves.
 *
 * The text of a long answer comes in hundreds of events of one shape. Parsing each to learn that it holds nothing but text would cost half
 * of what the application's own reading does; comparing costs a tenth of a parse. And the comparison is exact where a search for telling words
 * is not: what is equal to a parsed event but for plain characters inside a string, or for digits, parses, and a broken event is never taken for whole.
 */
export class EventTemplate {
  readonly #varying: readonly string[];
  /** What stands before, between and behind the varying values. */
  #constant: readonly string[] = [];
  /** For each varying value whether it is a string. */
  #isString: readonly boolean[] = [];
  #wasted = 0;

  /** @param varying names of members whose value, a string or a whole number, may differ */
  constructor(varying: readonly string[]) {
    this.#varying = varying;
  }

  /** Takes an event, known to parse and to hold nothing that matters, as the one to compare with. */
  learn(data: string): void {
    if (this.#wasted >= MOST_WASTED_LESSONS) return;
    this.#wasted++;
    const constant: string[] = [];
    const isString: boolean[] = [];
    let from = 0;
    for (const match of data.matchAll(patternOf(this.#varying))) {
      const end = match.index + match[0].length;
      const quoted = match[1] !== undefined;
      const value = quoted ? match.index + match[0].indexOf('"', match[0].indexOf(':')) + 1 : match.index + match[0].search(/[0-9]+$/);
      constant.push(data.slice(from, value));
      isString.push(quoted);
      from = quoted ? end - 1 : end;
    }
    constant.push(data.slice(from));
    this.#constant = constant;
    this.#isString = isString;
  }

  /** Whether an event equals the learnt one but for the varying values. */
  matches(data: string): boolean {
    const constant = this.#constant;
    let at = 0;
    for (let slot = 0; slot < constant.length; slot++) {
      // Comparing slices is a comparison of memory; `startsWith` goes by characters and takes three times as long.
      const piece = constant[slot] ?? '';
      const end = at + piece.length;
      if (data.slice(at, end) !== piece) return false;
      at = slot === this.#isString.length ? end : this.#isString[slot] === true ? endOfString(data, end) : endOfNumber(data, end);
      if (at === -1) return false;
    }
    if (at !== data.length || at === 0) return false;
    this.#wasted = 0;
    return true;
  }
}

/** The patterns by their lists of names: a dialect has one, which most readers never need. */
const patterns = new WeakMap<readonly string[], RegExp>();

function patternOf(varying: readonly string[]): RegExp {
  let pattern = patterns.get(varying);
  if (pattern === undefined) {
    pattern = new RegExp(`"(?:${varying.join('|')})"\\s*:\\s*(?:(")(?:[^"\\\\]|\\\\.)*"|[0-9]+)`, 'g');
    patterns.set(varying, pattern);
  }
  return pattern;
}

/** Where a string's content ends that begins at `start`; -1 when it has escapes: whether those are proper ones only a parse tells. */
function endOfString(data: string, start: number): number {
  const end = data.indexOf('"', start);
  // Looked for in the string alone: an event may hold thousands of them, and up to its end that would be a square of work.
  return data.slice(start, end).includes('\\') ? -1 : end;
}

/** Where a whole number ends that begins at `start`; -1 when there is none. */
function endOfNumber(data: string, start: number): number {
  let at = start;
  while (isDigit(data.charCodeAt(at))) at++;
  return at === start || (data.charCodeAt(start) === 0x30 && at > start + 1) ? -1 : at;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
