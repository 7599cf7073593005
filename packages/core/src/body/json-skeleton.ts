import { decodeUtf8, searchable } from '../platform/bytes.ts';

/** Strings up to this many bytes are kept; a longer one is content or a picture, never a fact. */
const KEPT_STRING = 512;
/** A list of more elements is emptied: it is a vector, or many of them. Cut short it would pass for a shorter one. */
const KEPT_ELEMENTS = 64;
/** Deeper values are left out: facts lie near the top. */
const KEPT_DEPTH = 24;
/** Past this many kept bytes the skeleton is given up. */
const KEPT_BYTES = 262_144;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NULL = [0x6e, 0x75, 0x6c, 0x6c];

/**
 * Reads a JSON document of any size in bounded memory, as it comes: keeps its structure and its short strings, empties long strings
 * and long lists. For documents past the cap up to which bytes are kept, where the facts may be anywhere
 * (the usage of an embeddings answer comes after megabytes of vectors).
 */
export class JsonSkeleton {
  #kept = new Uint8Array(4_096);
  #used = 0;
  #overflowed = false;

  /** One entry per open bracket: how many elements began in a list, or -1 for an object. */
  readonly #open: number[] = [];
  /** Where each open bracket's content begins in what is kept. */
  readonly #starts: number[] = [];
  #depth = 0;
  /** Depth of the list or value whose remains are left out; 0 when all is kept. */
  #omittedAt = 0;
  #begun = false;
  #finished = false;
  #trailing = false;

  #inString = false;
  #escaped = false;
  #stringStart = 0;
  #stringBytes = 0;

  /** Takes the next bytes. */
  push(chunk: Uint8Array): void {
    const bytes = searchable(chunk);
    let at = 0;
    while (at < bytes.length) {
      if (this.#inString) at = this.#string(bytes, at);
      else this.#structure(bytes[at++] ?? 0);
    }
  }

  /** Whether the document's last bracket came, and nothing but white space after it. */
  get whole(): boolean {
    return this.#finished && !this.#trailing;
  }

  /** Whether something came after the document's end, or it began with no bracket. */
  get invalid(): boolean {
    return this.#trailing;
  }

  /** The skeleton as JSON text. Undefined when the document has not ended, or even its structure is too large. */
  text(): string | undefined {
    return this.whole && !this.#overflowed ? decodeUtf8(this.#kept, 0, this.#used) : undefined;
  }

  #structure(byte: number): void {
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return;
    if (this.#finished || (!this.#begun && byte !== 0x7b && byte !== 0x5b)) {
      this.#trailing = true;
      return;
    }
    this.#begun = true;
    switch (byte) {
      case QUOTE:
        this.#inString = true;
        this.#stringBytes = 0;
        this.#emit(byte);
        this.#stringStart = this.#used;
        return;
      case 0x7b:
      case 0x5b:
        this.#depth++;
        if (this.#omittedAt === 0 && this.#depth > KEPT_DEPTH) {
          for (const letter of NULL) this.#emit(letter);
          this.#omittedAt = this.#depth;
        }
        this.#emit(byte);
        if (this.#omittedAt === 0) {
          this.#open.push(byte === 0x5b ? 1 : -1);
          this.#starts.push(this.#used);
        }
        return;
      case 0x7d:
      case 0x5d:
        return this.#close(byte);
      case 0x2c:
        if (this.#omittedAt === 0) {
          const top = this.#open.length - 1;
          const elements = this.#open[top] ?? -1;
          if (elements >= KEPT_ELEMENTS) {
            this.#used = this.#starts[top] ?? this.#used;
            this.#omittedAt = this.#depth;
          } else if (elements > 0) this.#open[top] = elements + 1;
        }
        this.#emit(byte);
        return;
      default:
        this.#emit(byte);
    }
  }

  #close(byte: number): void {
    if (this.#omittedAt === this.#depth) {
      this.#omittedAt = 0;
      // A value too deep was replaced as a whole; of a list that was emptied the bracket is still to come.
      if (this.#depth > KEPT_DEPTH) {
        this.#depth--;
        return;
      }
    }
    if (this.#omittedAt === 0) {
      this.#open.pop();
      this.#starts.pop();
    }
    this.#emit(byte);
    this.#depth--;
    if (this.#depth === 0) this.#finished = true;
  }

  /** @returns the index of the first byte not taken */
  #string(bytes: Uint8Array, from: number): number {
    let at = from;
    if (this.#omittedAt === 0 && this.#stringBytes <= KEPT_STRING) {
      for (; at < bytes.length && this.#stringBytes <= KEPT_STRING; at++) {
        const byte = bytes[at] ?? 0;
        this.#emit(byte);
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#inString = false;
          return at + 1;
        }
        this.#stringBytes++;
      }
      if (this.#stringBytes <= KEPT_STRING) return at;
      this.#used = Math.min(this.#used, this.#stringStart);
    }
    return this.#longString(bytes, at);
  }

  #longString(bytes: Uint8Array, from: number): number {
    let at = from;
    if (this.#escaped) {
      this.#escaped = false;
      at++;
    }
    const start = at;
    for (;;) {
      const quote = bytes.indexOf(QUOTE, at);
      const stop = quote === -1 ? bytes.length : quote;
      let before = stop - 1;
      while (before >= start && bytes[before] === BACKSLASH) before--;
      const escapes = (stop - before) % 2 === 0;
      if (quote === -1) {
        this.#escaped = escapes;
        return bytes.length;
      }
      if (!escapes) {
        this.#inString = false;
        this.#emit(QUOTE);
        return quote + 1;
      }
      at = quote + 1;
    }
  }

  #emit(byte: number): void {
    if (this.#omittedAt !== 0 || this.#overflowed) return;
    if (this.#used === this.#kept.length) {
      if (this.#used >= KEPT_BYTES) {
        this.#overflowed = true;
        return;
      }
      const larger = new Uint8Array(this.#kept.length * 2);
      larger.set(this.#kept);
      this.#kept = larger;
    }
    this.#kept[this.#used++] = byte;
  }
}
