import { decodeUtf8, searchable } from '../platform/bytes.ts';
import { ChunkList } from './chunk-list.ts';
import { JsonSkeleton } from './json-skeleton.ts';
import type { EventSink, UnfinishedEvent } from './sse.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * Splits a JSON array that is sent as a stream (Gemini without `alt=sse`) into its elements, each given as an event whose data is the element's text.
 * Memory is bounded by `cap` per element.
 */
export class JsonArraySplitter {
  readonly #sink: EventSink;
  readonly #cap: number;
  readonly #element = new ChunkList();
  #bytes = 0;
  #giant: JsonSkeleton | undefined;
  /** Open brackets, the array's own being the first. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #inElement = false;
  #closed = false;

  constructor(sink: EventSink, cap: number) {
    this.#sink = sink;
    this.#cap = cap;
  }

  /** Whether the array's closing bracket came. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Takes the next bytes. */
  push(input: Uint8Array): void {
    const chunk = searchable(input);
    let from = this.#inElement ? 0 : -1;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
        continue;
      }
      if (this.#depth === 0) {
        if (byte === 0x5b && !this.#closed) this.#depth = 1;
        continue;
      }
      const ends = this.#depth === 1 && (byte === 0x2c || byte === 0x5d);
      if (ends) {
        if (from !== -1) this.#end(chunk.subarray(from, at));
        from = -1;
        if (byte === 0x5d) {
          this.#depth = 0;
          this.#closed = true;
        }
        continue;
      }
      if (from === -1 && !isSpace(byte)) {
        from = at;
        this.#inElement = true;
      }
      if (byte === QUOTE) this.#inString = true;
      else if (byte === 0x7b || byte === 0x5b) this.#depth++;
      else if (byte === 0x7d || byte === 0x5d) this.#depth--;
    }
    if (from !== -1) this.#keep(chunk.subarray(from));
  }

  /** Takes the stream's end. An element that is not closed is unfinished; a missing closing bracket of the array is not told here. */
  end(): UnfinishedEvent | undefined {
    if (!this.#inElement) return undefined;
    const text = this.#giant === undefined ? decodeUtf8(searchable(this.#element.join())) : '';
    return { event: { data: text }, bytes: this.#bytes };
  }

  #keep(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#giant !== undefined) this.#giant.push(piece);
    else {
      this.#element.push(piece);
      if (this.#element.bytes <= this.#cap) return;
      this.#giant = new JsonSkeleton();
      for (const kept of this.#element.pieces()) this.#giant.push(kept);
      this.#element.clear();
    }
  }

  #end(piece: Uint8Array): void {
    this.#keep(piece);
    if (this.#giant !== undefined) {
      const data = this.#giant.text();
      this.#sink.oversizedEvent(data === undefined ? {} : { data });
    } else this.#sink.event({ data: decodeUtf8(searchable(this.#element.join())) });
    this.#element.clear();
    this.#giant = undefined;
    this.#inElement = false;
    this.#bytes = 0;
  }
}
