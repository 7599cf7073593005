import { ChunkList, pinsMuch } from './chunk-list.ts';

/** The stream's beginning: id and model are there. */
const HEAD_RUNS = 8;
const HEAD_BYTES = 8_192;
/** The stream's end: finish reason, usage and terminal event are there. */
const TAIL_RUNS = 64;
const TAIL_BYTES = 24_576;
/** So many last runs are kept even when they are large: the last event of a Responses stream repeats the whole answer. */
const KEPT_LARGE_RUNS = 4;
/** A run that has grown past this is searched for an end inside its chunks. */
const LONG_RUN = 65_536;

/** Where a run may end: a place between two events. */
export interface RunEnd {
  /** Whether there is one behind bytes of which the last three are these, as one number. */
  readonly behind: (last: number) => boolean;
  /** The index after the last one within a chunk; 0 when there is none. */
  readonly lastWithin: (chunk: Uint8Array) => number;
}

/** Server-sent events end in a blank line. */
export const BLANK_LINE: RunEnd = {
  behind(last) {
    const two = last & 0xffff;
    return two === 0x0a0a || two === 0x0d0d || last === 0x0a0d0a;
  },
  lastWithin: afterLastBlankLine,
};

/** Documents one a line end with their line. */
export const LINE_END: RunEnd = { behind: (last) => (last & 0xff) === 0x0a, lastWithin: (chunk) => chunk.lastIndexOf(0x0a) + 1 };

/** What came up to a chunk that ends where an event does; nearly always one chunk. */
type Run = Uint8Array | ChunkList;

/**
 * The two ends of an event stream, kept by reference while it flows, so that nothing is parsed until it has ended.
 *
 * A run is what came up to a chunk that ends where an event does. That is found by comparing a chunk's last bytes, which costs
 * nanoseconds where a search costs microseconds; providers flush after an event, so a run is usually one event or a few.
 * A run of one chunk is kept as that chunk: taking it allocates nothing.
 */
export class EventRuns {
  readonly #head: Run[] = [];
  #headBytes = 0;
  #headClosed = false;
  /** A ring: `#count` runs from `#first` on. */
  readonly #tail: (Run | undefined)[] = [];
  #first = 0;
  #count = 0;
  #tailBytes = 0;
  /** The run that is being received, once it takes more than one chunk. */
  #open: ChunkList | undefined;
  #last = 0;
  #dropped = 0;
  #chunks = 0;
  #pinning = false;
  readonly #largest: number;
  readonly #end: RunEnd;

  /** @param largest the most bytes that one run may hold, and all kept large runs together */
  constructor(largest: number, end: RunEnd = BLANK_LINE) {
    this.#largest = largest;
    this.#end = end;
  }

  /** Whether the run being received has grown too large to be kept. It then has to be read as it comes. */
  get overflowing(): boolean {
    return this.#open !== undefined && this.#open.bytes > this.#largest;
  }

  /** Bytes between head and tail that are gone. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Bytes held. */
  get held(): number {
    return this.#headBytes + this.#tailBytes + (this.#open?.bytes ?? 0);
  }

  /** The kept runs of the stream's beginning, each in its pieces. */
  head(): readonly (readonly Uint8Array[])[] {
    return this.#head.map(piecesOf);
  }

  /** The kept runs of its end; the last one may be unfinished. They follow the head directly when nothing was dropped. */
  tail(): readonly (readonly Uint8Array[])[] {
    const runs: (readonly Uint8Array[])[] = [];
    for (let at = 0; at < this.#count; at++) {
      const run = this.#tail[(this.#first + at) % TAIL_RUNS];
      if (run !== undefined) runs.push(piecesOf(run));
    }
    if (this.#open !== undefined) runs.push(this.#open.pieces());
    return runs;
  }

  /** Takes the next bytes. */
  push(chunk: Uint8Array): void {
    if (chunk.length <= LONG_RUN) this.#take(chunk);
    else for (let at = 0; at < chunk.length; at += LONG_RUN) this.#take(chunk.subarray(at, at + LONG_RUN));
  }

  #take(chunk: Uint8Array): void {
    const ends = this.#endsRun(chunk);
    if (this.#open === undefined) {
      if (ends) return this.#keep(this.#unpinned(chunk), chunk.length);
      this.#open = new ChunkList();
    }
    if (ends) {
      this.#open.push(chunk);
      return this.#close(this.#open);
    }
    const cut = this.#open.bytes + chunk.length > LONG_RUN ? this.#end.lastWithin(chunk) : 0;
    if (cut > 0) {
      this.#open.push(chunk.subarray(0, cut));
      this.#close(this.#open);
      this.#open = new ChunkList();
      this.#open.push(chunk.subarray(cut));
    } else this.#open.push(chunk);
  }

  #endsRun(chunk: Uint8Array): boolean {
    const length = chunk.length;
    let last: number;
    if (length >= 3) last = ((chunk[length - 3] ?? 0) << 16) | ((chunk[length - 2] ?? 0) << 8) | (chunk[length - 1] ?? 0);
    else {
      last = this.#last;
      for (let at = 0; at < length; at++) last = ((last << 8) | (chunk[at] ?? 0)) & 0xffffff;
    }
    this.#last = last;
    return this.#end.behind(last);
  }

  /** How a transport allocates is its habit, so it is looked at only now and then. */
  #unpinned(chunk: Uint8Array): Uint8Array {
    if (this.#chunks++ % TAIL_RUNS === 0) this.#pinning = pinsMuch(chunk);
    return this.#pinning && pinsMuch(chunk) ? new Uint8Array(chunk) : chunk;
  }

  #close(run: ChunkList): void {
    this.#open = undefined;
    this.#keep(run, run.bytes);
  }

  #keep(run: Run, bytes: number): void {
    if (!this.#headClosed) {
      if (this.#head.length === 0 || (this.#head.length < HEAD_RUNS && this.#headBytes + bytes <= HEAD_BYTES)) {
        this.#head.push(run);
        this.#headBytes += bytes;
        return;
      }
      this.#headClosed = true;
    }
    while (this.#count > 0 && this.#mustGive(bytes)) this.#dropOldest();
    this.#tail[(this.#first + this.#count) % TAIL_RUNS] = run;
    this.#count++;
    this.#tailBytes += bytes;
  }

  #mustGive(coming: number): boolean {
    const bytes = this.#tailBytes + coming;
    return this.#count === TAIL_RUNS || (bytes > TAIL_BYTES && (this.#count >= KEPT_LARGE_RUNS || bytes > this.#largest));
  }

  #dropOldest(): void {
    const oldest = this.#tail[this.#first];
    this.#tail[this.#first] = undefined;
    this.#first = (this.#first + 1) % TAIL_RUNS;
    this.#count--;
    const bytes = oldest === undefined ? 0 : oldest instanceof ChunkList ? oldest.bytes : oldest.length;
    this.#tailBytes -= bytes;
    this.#dropped += bytes;
  }
}

function piecesOf(run: Run): readonly Uint8Array[] {
  return run instanceof ChunkList ? run.pieces() : [run];
}

/** The index after the last blank line within a chunk; 0 when there is none. */
function afterLastBlankLine(chunk: Uint8Array): number {
  for (let at = chunk.lastIndexOf(0x0a); at > 0; at = chunk.lastIndexOf(0x0a, at - 1)) {
    if (chunk[at - 1] === 0x0a || (chunk[at - 1] === 0x0d && chunk[at - 2] === 0x0a)) return at + 1;
  }
  return 0;
}
