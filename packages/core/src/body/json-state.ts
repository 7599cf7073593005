/** How far a text has come as a JSON document. */
export type JsonCompleteness = 'whole' | 'incomplete' | 'invalid' | 'empty';

/** Deeper nesting counts as invalid: no provider sends it, and the state of each level costs memory. */
const MAX_DEPTH = 10_000;

// What may come next. Numbers, because this runs per character.
const VALUE = 0;
const VALUE_OR_END = 1; // after `[`
const KEY = 2; // after `,` in an object
const KEY_OR_END = 3; // after `{`
const COLON = 4;
const AFTER = 5; // after a value
const IN_STRING = 6;
const ESCAPE = 7;
const UNICODE = 8;
const LITERAL = 9;
const MINUS = 10;
const ZERO = 11;
const INTEGER = 12;
const POINT = 13;
const FRACTION = 14;
const EXPONENT = 15;
const EXPONENT_SIGN = 16;
const EXPONENT_DIGITS = 17;
const INVALID = 18;

const OBJECT = true;
const LIST = false;

/** In these a number may end. */
const isFinishedNumber = (state: number): boolean => state === ZERO || state === INTEGER || state === FRACTION || state === EXPONENT_DIGITS;
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isHex = (code: number): boolean => isDigit(code) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);

/**
 * Follows a JSON document that comes in pieces and tells at any time whether it is whole, a proper prefix of one, or neither.
 * Holds one bit of state per level of nesting and none of the text: the arguments of a streamed tool call may be long.
 */
export class JsonProgress {
  #state = VALUE;
  #begun = false;
  #isObject = false;
  readonly #open: boolean[] = [];
  /** The string being read is a member's name. */
  #inKey = false;
  #hexLeft = 0;
  #literal = '';
  #literalAt = 0;

  /** How far it has come. A number at the top is whole as soon as it may end. */
  get state(): JsonCompleteness {
    if (this.#state === INVALID) return 'invalid';
    if (!this.#begun) return 'empty';
    return this.#open.length === 0 && (this.#state === AFTER || isFinishedNumber(this.#state)) ? 'whole' : 'incomplete';
  }

  /** Whether the document is an object. */
  get isObject(): boolean {
    return this.#isObject;
  }

  /** Takes the next piece. */
  push(text: string): void {
    for (let at = 0; at < text.length && this.#state !== INVALID; at++) {
      if (this.#state === IN_STRING) at = this.#skipString(text, at);
      else this.#step(text.charCodeAt(at));
    }
  }

  /** Runs through a string's plain characters. Returns the index of the last one taken. */
  #skipString(text: string, from: number): number {
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x22) {
        this.#state = this.#inKey ? COLON : AFTER;
        return at;
      }
      if (code === 0x5c) {
        this.#state = ESCAPE;
        return at;
      }
      if (code < 0x20) {
        this.#state = INVALID;
        return at;
      }
    }
    return text.length;
  }

  #step(code: number): void {
    switch (this.#state) {
      case VALUE:
      case VALUE_OR_END:
        if (isSpace(code)) return;
        if (code === 0x5d && this.#state === VALUE_OR_END) return this.#close(LIST);
        if (!this.#begun) this.#isObject = code === 0x7b;
        this.#begun = true;
        return this.#beginValue(code);
      case KEY:
      case KEY_OR_END:
        if (isSpace(code)) return;
        if (code === 0x7d && this.#state === KEY_OR_END) return this.#close(OBJECT);
        this.#inKey = true;
        this.#state = code === 0x22 ? IN_STRING : INVALID;
        return;
      case COLON:
        if (!isSpace(code)) this.#state = code === 0x3a ? VALUE : INVALID;
        return;
      case AFTER:
        return this.#afterValue(code);
      case ESCAPE:
        if (code === 0x75) {
          this.#hexLeft = 4;
          this.#state = UNICODE;
        } else this.#state = '"\\/bfnrt'.includes(String.fromCharCode(code)) ? IN_STRING : INVALID;
        return;
      case UNICODE:
        if (!isHex(code)) this.#state = INVALID;
        else if (--this.#hexLeft === 0) this.#state = IN_STRING;
        return;
      case LITERAL:
        if (code !== this.#literal.charCodeAt(this.#literalAt)) this.#state = INVALID;
        else if (++this.#literalAt === this.#literal.length) this.#state = AFTER;
        return;
      default:
        return this.#number(code);
    }
  }

  #beginValue(code: number): void {
    if (code === 0x22) {
      this.#inKey = false;
      this.#state = IN_STRING;
    } else if (code === 0x7b || code === 0x5b) {
      this.#open.push(code === 0x7b ? OBJECT : LIST);
      this.#state = this.#open.length > MAX_DEPTH ? INVALID : code === 0x7b ? KEY_OR_END : VALUE_OR_END;
    } else if (code === 0x2d) this.#state = MINUS;
    else if (code === 0x30) this.#state = ZERO;
    else if (isDigit(code)) this.#state = INTEGER;
    else {
      this.#literal = code === 0x74 ? 'true' : code === 0x66 ? 'false' : code === 0x6e ? 'null' : '';
      this.#literalAt = 1;
      this.#state = this.#literal === '' ? INVALID : LITERAL;
    }
  }

  #afterValue(code: number): void {
    if (isSpace(code)) return;
    const inside = this.#open.at(-1);
    if (code === 0x2c && inside !== undefined) this.#state = inside === OBJECT ? KEY : VALUE;
    else if (code === 0x7d) this.#close(OBJECT);
    else if (code === 0x5d) this.#close(LIST);
    else this.#state = INVALID;
  }

  #close(kind: boolean): void {
    this.#state = this.#open.pop() === kind ? AFTER : INVALID;
  }

  #number(code: number): void {
    const state = this.#state;
    if (isDigit(code)) {
      if (state === MINUS) this.#state = code === 0x30 ? ZERO : INTEGER;
      else if (state === ZERO) this.#state = INVALID;
      else if (state === POINT) this.#state = FRACTION;
      else if (state === EXPONENT || state === EXPONENT_SIGN) this.#state = EXPONENT_DIGITS;
    } else if (code === 0x2e && (state === ZERO || state === INTEGER)) this.#state = POINT;
    else if ((code === 0x65 || code === 0x45) && (state === ZERO || state === INTEGER || state === FRACTION)) this.#state = EXPONENT;
    else if ((code === 0x2b || code === 0x2d) && state === EXPONENT) this.#state = EXPONENT_SIGN;
    else if (isFinishedNumber(state)) this.#afterValueOfNumber(code);
    else this.#state = INVALID;
  }

  #afterValueOfNumber(code: number): void {
    this.#state = AFTER;
    this.#afterValue(code);
  }
}

/** Whether a text is a JSON document, a proper prefix of one, neither, or nothing but white space. */
export function jsonCompleteness(text: string): JsonCompleteness {
  const progress = new JsonProgress();
  progress.push(text);
  return progress.state;
}
