import { crc32 } from '../platform/crc32.ts';
import { decodeUtf8, searchable } from '../platform/bytes.ts';
import type { StreamEvent } from '../dialects/dialect.ts';
import { ChunkList } from './chunk-list.ts';
import { JsonSkeleton } from './json-skeleton.ts';
import type { EventSink, UnfinishedEvent } from './sse.ts';

/** Where the messages of a binary event stream go. */
export interface FrameSink extends EventSink {
  /** What came is no message: a checksum does not hold, or lengths and headers make no sense. Nothing after it can be found. */
  brokenEvent(): void;
}

/** Length of the message, length of its headers, checksum of these two. */
const PRELUDE = 12;
const CHECKSUM = 4;
/** More bytes of headers no message has; the protocol's own limit. */
const MOST_HEADER_BYTES = 131_072;

/**
 * Splits raw bytes into the messages of `application/vnd.amazon.eventstream`, however they were cut into chunks. Both checksums of each
 * message are verified, as every client does. Memory is bounded by `cap` per message: a larger one is followed to its end without being kept.
 */
export class FrameSplitter {
  readonly #sink: FrameSink;
  readonly #cap: number;
  /** The message that the last chunk began. */
  readonly #begun = new ChunkList();
  /** How long it is in all; 0 until its prelude has come. */
  #length = 0;
  #giant: GiantFrame | undefined;
  #broken = false;

  constructor(sink: FrameSink, cap: number) {
    this.#sink = sink;
    this.#cap = cap;
  }

  /** Takes the next bytes. */
  push(input: Uint8Array): void {
    const chunk = searchable(input);
    let at = 0;
    while (at < chunk.length && !this.#broken) at = this.#take(chunk, at);
  }

  /** Takes the stream's end. Not to be pushed to afterwards. */
  end(): UnfinishedEvent | undefined {
    const bytes = this.#giant?.bytes ?? this.#begun.bytes;
    return this.#broken || bytes === 0 ? undefined : { event: { data: '' }, bytes };
  }

  /** Takes as much of one message as the chunk has. @returns where to go on */
  #take(chunk: Uint8Array, start: number): number {
    if (this.#giant !== undefined) return this.#grow(this.#giant, chunk, start);
    const begun = this.#begun;
    if (begun.bytes === 0) {
      const length = lengthOf(chunk, start);
      if (length !== undefined && length <= this.#cap && start + length <= chunk.length) {
        this.#read(chunk.subarray(start, start + length));
        return start + length;
      }
    }
    // The prelude first: it says how much more there is to come.
    const wanted = this.#length === 0 ? PRELUDE : this.#length;
    const end = Math.min(chunk.length, start + wanted - begun.bytes);
    begun.push(chunk.subarray(start, end));
    if (begun.bytes < wanted) return end;
    const bytes = searchable(begun.join());
    if (this.#length === 0) this.#begin(bytes);
    else {
      begun.clear();
      this.#length = 0;
      this.#read(bytes);
    }
    return end;
  }

  #begin(prelude: Uint8Array): void {
    if (!isPrelude(prelude)) return this.#breakOff();
    const length = uint32(prelude, 0);
    if (length <= this.#cap) this.#length = length;
    else {
      this.#giant = new GiantFrame(prelude);
      this.#begun.clear();
    }
  }

  #read(frame: Uint8Array): void {
    if (!isPrelude(frame)) return this.#breakOff();
    const end = frame.length - CHECKSUM;
    if (crc32(frame.subarray(0, end)) !== uint32(frame, end)) return this.#breakOff();
    const payload = PRELUDE + uint32(frame, 4);
    const headers = readHeaders(frame.subarray(PRELUDE, payload));
    const event = headers && eventOf(headers, decodeUtf8(frame, payload, end));
    if (headers === undefined) this.#breakOff();
    else if (event !== undefined) this.#sink.event(event);
  }

  #grow(giant: GiantFrame, chunk: Uint8Array, start: number): number {
    const end = giant.push(chunk, start);
    if (giant.missing > 0) return end;
    this.#giant = undefined;
    const headers = giant.holds ? giant.headers() : undefined;
    if (headers === undefined) this.#breakOff();
    else {
      const event = eventOf(headers, giant.payload.text() ?? '');
      if (event !== undefined) this.#sink.oversizedEvent({ ...(event.name !== undefined && { name: event.name }), ...(event.data !== '' && { data: event.data }) });
    }
    return end;
  }

  #breakOff(): void {
    this.#broken = true;
    this.#begun.clear();
    this.#sink.brokenEvent();
  }
}

/** A message past the cap, of which only the headers and the payload's skeleton are kept. */
class GiantFrame {
  readonly payload = new JsonSkeleton();
  bytes = PRELUDE;
  readonly #length: number;
  readonly #payloadAt: number;
  readonly #headers = new ChunkList();
  #crc: number;
  #checksum = 0;

  constructor(prelude: Uint8Array) {
    this.#length = uint32(prelude, 0);
    this.#payloadAt = PRELUDE + uint32(prelude, 4);
    this.#crc = crc32(prelude);
  }

  /** Bytes that are yet to come. */
  get missing(): number {
    return this.#length - this.bytes;
  }

  /** Whether the checksum is right, once all has come. */
  get holds(): boolean {
    return this.#checksum === this.#crc;
  }

  headers(): FrameHeaders | undefined {
    return readHeaders(searchable(this.#headers.join()));
  }

  /** Takes what is the message's. @returns where in the chunk the message ends, or the chunk */
  push(chunk: Uint8Array, start: number): number {
    const end = Math.min(chunk.length, start + this.missing);
    let at = start;
    while (at < end) {
      const stop = this.bytes < this.#payloadAt ? this.#payloadAt : this.bytes < this.#length - CHECKSUM ? this.#length - CHECKSUM : this.#length;
      const piece = chunk.subarray(at, Math.min(end, at + stop - this.bytes));
      if (stop === this.#length) for (const byte of piece) this.#checksum = ((this.#checksum << 8) | byte) >>> 0;
      else {
        this.#crc = crc32(piece, this.#crc);
        if (stop === this.#payloadAt) this.#headers.push(piece);
        else this.payload.push(piece);
      }
      this.bytes += piece.length;
      at += piece.length;
    }
    return end;
  }
}

/** Whether bytes begin with a message of an event stream: the checksum of its prelude holds. */
export function beginsFrame(bytes: Uint8Array): boolean {
  return bytes.length >= PRELUDE && isPrelude(bytes);
}

/** So many bytes {@link beginsFrame} needs. */
export const FRAME_TELLING_BYTES: number = PRELUDE;

function isPrelude(bytes: Uint8Array): boolean {
  const headers = uint32(bytes, 4);
  return crc32(bytes.subarray(0, 8)) === uint32(bytes, 8) && headers <= MOST_HEADER_BYTES && PRELUDE + headers + CHECKSUM <= uint32(bytes, 0);
}

function lengthOf(bytes: Uint8Array, start: number): number | undefined {
  return bytes.length - start < PRELUDE ? undefined : uint32(bytes, start);
}

function uint32(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}

type FrameHeaders = ReadonlyMap<string, string>;

/** Bytes of a header's value by its type; `undefined` where two bytes of length go before it. */
const VALUE_BYTES: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
const TEXT = 7;

/** The headers that are text. @returns undefined where they are not built as headers are */
function readHeaders(bytes: Uint8Array): FrameHeaders | undefined {
  const headers = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const nameAt = at + 1;
    const typeAt = nameAt + (bytes[at] ?? 0);
    const type = bytes[typeAt];
    if (type === undefined || type >= VALUE_BYTES.length) return undefined;
    const fixed = VALUE_BYTES[type];
    const valueAt = typeAt + (fixed === undefined ? 3 : 1);
    const end = valueAt + (fixed ?? ((bytes[typeAt + 1] ?? 0) << 8 | (bytes[typeAt + 2] ?? 0)));
    if (end > bytes.length) return undefined;
    if (type === TEXT) headers.set(decodeUtf8(bytes, nameAt, typeAt), decodeUtf8(bytes, valueAt, end));
    at = end;
  }
  return headers;
}

/** The event that a message is; undefined for one that says nothing. */
function eventOf(headers: FrameHeaders, payload: string): StreamEvent | undefined {
  switch (headers.get(':message-type')) {
    case 'exception':
      return { exception: headers.get(':exception-type') ?? 'unknown', data: payload };
    case 'error':
      return { exception: headers.get(':error-code') ?? 'unknown', data: JSON.stringify({ message: headers.get(':error-message') ?? '' }) };
    case undefined:
    default: {
      const name = headers.get(':event-type');
      return { ...(name !== undefined && { name }), data: payload };
    }
  }
}
