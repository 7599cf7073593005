import type { StreamEvent } from '../dialects/dialect.ts';
import { decodeUtf8, encodeUtf8, searchable } from '../platform/bytes.ts';
import { ChunkList } from './chunk-list.ts';
import { JsonSkeleton } from './json-skeleton.ts';

/** Where the events of a stream go. */
export interface EventSink {
  /** An event that has data, or a name. */
  event(event: StreamEvent): void;
  /**
   * An event past the cap. Its `data` is the {@link JsonSkeleton} of what was sent, or absent where that could not be had.
   */
  oversizedEvent(event: { readonly name?: string; readonly data?: string }): void;
  /** Text among the events that is no field, and begins like a JSON object. Clients skip it; a gateway may have written its error there. */
  strayText?(text: string): void;
}

/** An event that the stream's end cut short: no blank line came after it. */
export interface UnfinishedEvent {
  readonly event: StreamEvent;
  /** How many bytes of it came. */
  readonly bytes: number;
}

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const OPENING_BRACE = 0x7b;
/** Longer stray text is not kept; in characters. */
const LONGEST_STRAY = 16_384;
/** Chunks up to this size are taken as text at once. */
const PLAIN_CHUNK = 16_384;
const DATA = encodeUtf8('data');
const EVENT = encodeUtf8('event');
/** So many first bytes of a line tell which field it is: a BOM, the name of `data`, a colon and a space. */
const TELLING_BYTES = 9;

/**
 * Splits raw bytes into server-sent events, however they were cut into chunks. Lines end in LF, CRLF or CR; comments, `id` and `retry`
 * are dropped; a BOM is skipped. Linear in the bytes. Memory is bounded by `cap` per event: a larger one is followed to its end without being kept.
 */
export class SseSplitter {
  readonly #sink: EventSink;
  readonly #cap: number;
  /** The line that the last chunk began. */
  readonly #line = new ChunkList();
  #name: string | undefined;
  #data: string | undefined;
  /** Bytes of the current event's lines so far. */
  #bytes = 0;
  #atStart = true;
  #afterCr = false;
  /** The current event passed the cap: its data goes here. */
  #giant: JsonSkeleton | undefined;
  /** Lines since the last event that are no field, from one on that begins like a JSON object. */
  #stray: string | undefined;
  /** The current line passed the cap: `data` goes to the skeleton, any other line nowhere. */
  #longLine: 'data' | 'comment' | 'other' | undefined;

  constructor(sink: EventSink, cap: number) {
    this.#sink = sink;
    this.#cap = cap;
  }

  /** Takes the next bytes. */
  push(input: Uint8Array): void {
    const chunk = searchable(input);
    const end = chunk.length;
    if (end === 0) return;
    if (this.#isPlain(chunk) && this.#pushPlain(decodeUtf8(chunk), end)) return;
    let at = 0;
    if (this.#afterCr) {
      this.#afterCr = false;
      if (chunk[0] === LF) at = 1;
    }
    // Each kind of line end is searched for only past the last one found, so that a stream with one kind is not searched for the other again and again.
    let lf = find(chunk, LF, at);
    let cr = find(chunk, CR, at);
    while (at < end) {
      if (lf < at) lf = find(chunk, LF, at);
      if (cr < at) cr = find(chunk, CR, at);
      const stop = Math.min(lf, cr);
      if (stop === end) {
        this.#carry(chunk.subarray(at));
        return;
      }
      this.#endLine(chunk, at, stop);
      at = stop + 1;
      if (stop === cr) {
        if (at === end) this.#afterCr = true;
        else if (chunk[at] === LF) at++;
      }
    }
  }

  /** Whether a chunk begins and ends with a line, as nearly every chunk of a provider does. */
  #isPlain(chunk: Uint8Array): boolean {
    return chunk[chunk.length - 1] === LF && chunk.length <= PLAIN_CHUNK && this.#line.bytes === 0 && !this.#atStart && !this.#afterCr && this.#giant === undefined && this.#longLine === undefined;
  }

  /**
   * Takes whole lines as text. Searching a string costs a fifth of searching bytes, where a call leaves the language.
   * @returns false, with nothing taken, for text that is not ASCII (whose bytes it could not count) or has CR in it
   */
  #pushPlain(text: string, bytes: number): boolean {
    if (text.length !== bytes || text.includes('\r')) return false;
    let end: number;
    for (let at = 0; at < bytes; at = end + 1) {
      end = text.indexOf('\n', at);
      if (end === at) this.#dispatch();
      else if (text.charCodeAt(at) !== COLON) this.#textField(text.slice(at, end));
    }
    return true;
  }

  #textField(line: string): void {
    this.#bytes += line.length;
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    if (name !== 'data' && name !== 'event') {
      if (this.#stray !== undefined || line.charCodeAt(0) === OPENING_BRACE) this.#keepStray(line);
      return;
    }
    const value = colon === -1 ? '' : line.slice(line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1);
    if (name === 'event') this.#takeName(value);
    else if (this.#giant !== undefined || this.#bytes > this.#cap) this.#growGiant().push(encodeUtf8(value));
    else this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
  }

  /** Takes the stream's end. Not to be pushed to afterwards. */
  end(): UnfinishedEvent | undefined {
    const pending = this.#line.bytes;
    if (pending > 0) {
      const line = this.#line.join();
      this.#line.clear();
      if (line[0] !== COLON) this.#field(line, 0, line.length);
    }
    this.#tellStray();
    if (this.#bytes === 0 && this.#giant === undefined) return undefined;
    return { event: { ...(this.#name !== undefined && { name: this.#name }), data: this.#data ?? '' }, bytes: this.#bytes };
  }

  #carry(rest: Uint8Array): void {
    if (this.#longLine !== undefined) {
      if (this.#longLine !== 'comment') this.#bytes += rest.length;
      if (this.#longLine === 'data') this.#giant?.push(rest);
      return;
    }
    this.#line.push(rest);
    // In an event past its cap a line is cut off as it begins; which field it is has to be seen first.
    if (this.#bytes + this.#line.bytes <= this.#cap || this.#line.bytes < TELLING_BYTES) return;
    const line = searchable(this.#line.join());
    this.#line.clear();
    const start = this.#skipBom(line, 0);
    this.#longLine = line[start] === COLON ? 'comment' : isField(line, start, line.length, DATA) ? 'data' : 'other';
    if (this.#longLine !== 'comment') this.#bytes += line.length;
    if (this.#longLine === 'data') this.#growGiant().push(line.subarray(valueStart(line, start + DATA.length, line.length)));
  }

  #endLine(chunk: Uint8Array, start: number, end: number): void {
    if (this.#longLine !== undefined) {
      this.#carry(chunk.subarray(start, end));
      this.#longLine = undefined;
    } else if (this.#line.bytes > 0) {
      this.#line.push(chunk.subarray(start, end));
      const line = searchable(this.#line.join());
      this.#line.clear();
      this.#takeLine(line, 0, line.length);
    } else this.#takeLine(chunk, start, end);
  }

  #takeLine(line: Uint8Array, from: number, end: number): void {
    const start = this.#skipBom(line, from);
    if (start === end) this.#dispatch();
    else if (line[start] !== COLON) this.#field(line, start, end);
  }

  #field(line: Uint8Array, start: number, end: number): void {
    this.#bytes += end - start;
    if (isField(line, start, end, DATA)) {
      const from = valueStart(line, start + DATA.length, end);
      if (this.#giant !== undefined) this.#giant.push(line.subarray(from, end));
      else if (this.#bytes > this.#cap) this.#growGiant().push(line.subarray(from, end));
      else {
        const value = decodeUtf8(line, from, end);
        this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
      }
    } else if (isField(line, start, end, EVENT)) this.#takeName(decodeUtf8(line, valueStart(line, start + EVENT.length, end), end));
    else if ((this.#stray !== undefined || line[start] === OPENING_BRACE) && end - start <= LONGEST_STRAY) this.#keepStray(decodeUtf8(line, start, end));
  }

  #keepStray(line: string): void {
    const text = this.#stray === undefined ? line : `${this.#stray}\n${line}`;
    this.#stray = text.length > LONGEST_STRAY ? undefined : text;
  }

  #tellStray(): void {
    if (this.#stray !== undefined) this.#sink.strayText?.(this.#stray);
    this.#stray = undefined;
  }

  /** Past the cap a name is not kept, as it would not be of a line that came in pieces. */
  #takeName(name: string): void {
    if (this.#bytes <= this.#cap) this.#name = name;
  }

  /** The lines of data that came before are a part of the document. */
  #growGiant(): JsonSkeleton {
    if (this.#giant === undefined) {
      this.#giant = new JsonSkeleton();
      if (this.#data !== undefined) this.#giant.push(encodeUtf8(this.#data));
      this.#data = undefined;
    }
    return this.#giant;
  }

  #dispatch(): void {
    this.#tellStray();
    const name = this.#name === undefined || this.#name === '' ? undefined : this.#name;
    if (this.#giant !== undefined || this.#bytes > this.#cap) {
      const data = this.#giant?.text();
      this.#sink.oversizedEvent({ ...(name !== undefined && { name }), ...(data !== undefined && { data }) });
    } else if (this.#data !== undefined) this.#sink.event(name === undefined ? { data: this.#data } : { name, data: this.#data });
    else if (name !== undefined) this.#sink.event({ name, data: '' });
    this.#name = undefined;
    this.#data = undefined;
    this.#giant = undefined;
    this.#bytes = 0;
  }

  #skipBom(line: Uint8Array, start: number): number {
    if (!this.#atStart) return start;
    this.#atStart = false;
    return line[start] === 0xef && line[start + 1] === 0xbb && line[start + 2] === 0xbf ? start + 3 : start;
  }
}

/** The index of the next `byte`, or the length. */
function find(bytes: Uint8Array, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at === -1 ? bytes.length : at;
}

/** Whether the line is this field: its name, then a colon or the line's end. */
function isField(line: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  const stop = start + name.length;
  if (stop > end || (stop < end && line[stop] !== COLON)) return false;
  for (let at = 0; at < name.length; at++) if (line[start + at] !== name[at]) return false;
  return true;
}

/** Where a field's value begins: after the colon and one space. */
function valueStart(line: Uint8Array, colon: number, end: number): number {
  const at = Math.min(colon + 1, end);
  return at < end && line[at] === SPACE ? at + 1 : at;
}
