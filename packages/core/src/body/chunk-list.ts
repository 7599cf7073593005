/** From this many pieces on, small ones are copied together: a body sent byte by byte must not cost an object per byte. */
const PIECES_BY_REFERENCE = 16;
const SMALL_PIECE = 2_048;
/** A small piece must not keep a much larger allocation alive. A socket read (64 KiB) shared with its neighbours is not one. */
const LARGE_ALLOCATION = 262_144;

/** Bytes that arrived one after the other, kept by reference as far as that is cheaper than a copy. */
export class ChunkList {
  /** How many bytes there are. */
  bytes = 0;
  #pieces: Uint8Array[] = [];
  /** Where small pieces are gathered; its first `#used` bytes are part of the list, after `#pieces`. */
  #gathered: Uint8Array | undefined;
  #used = 0;

  /** Appends. The chunk must not change afterwards. */
  push(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    if (this.#pieces.length >= PIECES_BY_REFERENCE && chunk.length < SMALL_PIECE) this.#gather(chunk);
    else {
      this.#flush();
      this.#pieces.push(pinsMuch(chunk) ? new Uint8Array(chunk) : chunk);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.bytes = 0;
    if (this.#pieces.length > 0) this.#pieces = [];
    this.#gathered = undefined;
    this.#used = 0;
  }

  /** The pieces in order. */
  pieces(): readonly Uint8Array[] {
    this.#flush();
    return this.#pieces;
  }

  /** All bytes in one piece. */
  join(): Uint8Array {
    return joinBytes(this.pieces(), this.bytes);
  }

  /** Doubles its room when full, so that gathering stays linear. */
  #gather(chunk: Uint8Array): void {
    let room = this.#gathered ?? new Uint8Array(SMALL_PIECE * 2);
    if (this.#used + chunk.length > room.length) {
      const larger = new Uint8Array(room.length * 2);
      larger.set(room.subarray(0, this.#used));
      room = larger;
    }
    room.set(chunk, this.#used);
    this.#used += chunk.length;
    this.#gathered = room;
  }

  #flush(): void {
    if (this.#gathered === undefined) return;
    this.#pieces.push(this.#gathered.subarray(0, this.#used));
    this.#gathered = undefined;
    this.#used = 0;
  }
}

/** Joins pieces whose lengths sum to `bytes`. */
export function joinBytes(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first;
  const joined = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** Whether keeping a chunk would keep much more than it. */
export function pinsMuch(chunk: Uint8Array): boolean {
  const allocation = chunk.buffer.byteLength;
  return allocation > LARGE_ALLOCATION && chunk.length < allocation >> 1;
}
