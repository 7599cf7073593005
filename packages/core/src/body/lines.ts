import { decodeUtf8, searchable } from '../platform/bytes.ts';
import { ChunkList } from './chunk-list.ts';
import { JsonSkeleton } from './json-skeleton.ts';
import type { EventSink, UnfinishedEvent } from './sse.ts';

/** Media types of documents one a line. */
export const LINES_TYPE: RegExp = /^application\/(?:x-ndjson|ndjson|x-jsonlines|jsonl|stream\+json)$/;

const LF = 0x0a;

/**
 * Splits a stream of JSON documents, one a line (Ollama, Cohere's first chat API), into events whose data is the line. Lines of nothing but white
 * space are passed over; a byte order mark is skipped. Linear in the bytes. Memory is bounded by `cap` per line: a longer one is followed to
 * its end without being kept.
 */
export class LineSplitter {
  readonly #sink: EventSink;
  readonly #cap: number;
  /** The line that the last chunk began. */
  readonly #line = new ChunkList();
  /** Bytes of that line so far. */
  #bytes = 0;
  /** It passed the cap: it goes here. */
  #giant: JsonSkeleton | undefined;
  #atStart = true;

  constructor(sink: EventSink, cap: number) {
    this.#sink = sink;
    this.#cap = cap;
  }

  /** Takes the next bytes. */
  push(input: Uint8Array): void {
    const chunk = searchable(input);
    let from = 0;
    if (this.#bytes > 0) {
      const stop = chunk.indexOf(LF);
      this.#keep(stop === -1 ? chunk : chunk.subarray(0, stop));
      if (stop === -1) return;
      this.#endKept();
      from = stop + 1;
    }
    const last = chunk.lastIndexOf(LF);
    if (last >= from) this.#wholeLines(chunk, from, last);
    if (last + 1 < chunk.length) this.#keep(chunk.subarray(Math.max(from, last + 1)));
  }

  /** Takes the stream's end. The last line need not have an end of its own. Not to be pushed to afterwards. */
  end(): UnfinishedEvent | undefined {
    if (this.#bytes === 0) return undefined;
    const bytes = this.#bytes;
    if (this.#giant !== undefined) {
      if (!this.#giant.whole) return { event: { data: '' }, bytes };
      this.#endKept();
      return undefined;
    }
    const data = this.#textOf(searchable(this.#line.join()));
    return data.trim() === '' ? undefined : { event: { data }, bytes };
  }

  /** Takes the lines between two indexes, of which the second is that of a line's end. */
  #wholeLines(chunk: Uint8Array, from: number, end: number): void {
    // Where all of them together are within the cap each is, and taking them as text costs least.
    if (end - from <= this.#cap) {
      for (const line of this.#textOf(chunk, from, end).split('\n')) this.#emit(line);
      return;
    }
    for (let at = from; at <= end; ) {
      const stop = chunk.indexOf(LF, at);
      this.#keep(chunk.subarray(at, stop));
      this.#endKept();
      at = stop + 1;
    }
  }

  #keep(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#giant !== undefined) {
      this.#giant.push(piece);
      return;
    }
    this.#line.push(piece);
    if (this.#bytes <= this.#cap) return;
    this.#giant = new JsonSkeleton();
    for (const kept of this.#line.pieces()) this.#giant.push(kept);
    this.#line.clear();
  }

  #endKept(): void {
    if (this.#giant !== undefined) {
      const data = this.#giant.text();
      this.#sink.oversizedEvent(data === undefined ? {} : { data });
    } else this.#emit(this.#textOf(searchable(this.#line.join())));
    this.#line.clear();
    this.#giant = undefined;
    this.#bytes = 0;
  }

  #emit(line: string): void {
    if (line.trim() !== '') this.#sink.event({ data: line });
  }

  #textOf(bytes: Uint8Array, from = 0, end: number = bytes.length): string {
    const text = decodeUtf8(bytes, from, end);
    if (!this.#atStart) return text;
    this.#atStart = false;
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  }
}
