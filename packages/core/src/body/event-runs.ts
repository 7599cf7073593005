import { ChunkList } from './chunk-list.ts';

/** The stream's beginning: id and model are there. */
const HEAD_RUNS = 8;
const HEAD_BYTES = 16_384;
/** The stream's end: finish reason, usage and terminal event are there. */
const TAIL_RUNS = 64;
const TAIL_BYTES = 65_536;
/** So many last runs are kept even when they are large: the last event of a Responses stream repeats the whole answer. */
const KEPT_LARGE_RUNS = 4;
/** A run that has grown past this is searched for a blank line inside its chunks. */
const LONG_RUN = 65_536;

/**
 * The two ends of an event stream, kept by reference while it flows, so that nothing is parsed until it has ended.
 *
 * A run is what came up to a chunk that ends in a blank line. That is found by comparing a chunk's last bytes, which costs
 * nanoseconds where a search costs microseconds; providers flush after an event, so a run is usually one event or a few.
 */
export class EventRuns {
  readonly #head: ChunkList[] = [];
  #headBytes = 0;
  #headClosed = false;
  /** A ring: `#count` runs from `#first` on. */
  readonly #tail: (ChunkList | undefined)[] = Array.from({ length: TAIL_RUNS });
  #first = 0;
  #count = 0;
  #tailBytes = 0;
  #run = new ChunkList();
  #last = 0;
  #dropped = 0;
  readonly #largest: number;

  /** @param largest the most bytes that one run may hold, and all kept large runs together */
  constructor(largest: number) {
    this.#largest = largest;
  }

  /** Whether the run being received has grown too large to be kept. It then has to be read as it comes. */
  get overflowing(): boolean {
    return this.#run.bytes > this.#largest;
  }

  /** Bytes between head and tail that are gone. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Bytes held. */
  get held(): number {
    return this.#headBytes + this.#tailBytes + this.#run.bytes;
  }

  /** The kept runs of the stream's beginning. */
  head(): readonly ChunkList[] {
    return this.#head;
  }

  /** The kept runs of its end; the last one may be unfinished. They follow the head directly when nothing was dropped. */
  tail(): readonly ChunkList[] {
    const runs: ChunkList[] = [];
    for (let at = 0; at < this.#count; at++) {
      const run = this.#tail[(this.#first + at) % TAIL_RUNS];
      if (run !== undefined) runs.push(run);
    }
    if (this.#run.bytes > 0) runs.push(this.#run);
    return runs;
  }

  /** Takes the next bytes. */
  push(chunk: Uint8Array): void {
    if (chunk.length <= LONG_RUN) this.#take(chunk);
    else for (let at = 0; at < chunk.length; at += LONG_RUN) this.#take(chunk.subarray(at, at + LONG_RUN));
  }

  #take(chunk: Uint8Array): void {
    if (this.#endsInBlankLine(chunk)) {
      this.#run.push(chunk);
      this.#close();
      return;
    }
    const cut = this.#run.bytes + chunk.length > LONG_RUN ? afterLastBlankLine(chunk) : 0;
    if (cut > 0) {
      this.#run.push(chunk.subarray(0, cut));
      this.#close();
      this.#run.push(chunk.subarray(cut));
    } else this.#run.push(chunk);
  }

  #endsInBlankLine(chunk: Uint8Array): boolean {
    const length = chunk.length;
    let last = this.#last;
    for (let at = length > 3 ? length - 3 : 0; at < length; at++) last = (last << 8) | (chunk[at] ?? 0);
    this.#last = last;
    const two = last & 0xffff;
    return two === 0x0a0a || two === 0x0d0d || (last & 0xffffff) === 0x0a0d0a;
  }

  #close(): void {
    const run = this.#run;
    const fits = this.#head.length === 0 || (this.#head.length < HEAD_RUNS && this.#headBytes + run.bytes <= HEAD_BYTES);
    if (!this.#headClosed && fits) {
      this.#head.push(run);
      this.#headBytes += run.bytes;
      this.#run = new ChunkList();
      return;
    }
    this.#headClosed = true;
    let free: ChunkList | undefined;
    while (this.#count > 0 && this.#mustGive(run.bytes)) free = this.#dropOldest();
    this.#tail[(this.#first + this.#count) % TAIL_RUNS] = run;
    this.#count++;
    this.#tailBytes += run.bytes;
    free?.clear();
    this.#run = free ?? new ChunkList();
  }

  #mustGive(coming: number): boolean {
    const bytes = this.#tailBytes + coming;
    return this.#count === TAIL_RUNS || bytes > this.#largest || (bytes > TAIL_BYTES && this.#count >= KEPT_LARGE_RUNS);
  }

  #dropOldest(): ChunkList | undefined {
    const oldest = this.#tail[this.#first];
    this.#tail[this.#first] = undefined;
    this.#first = (this.#first + 1) % TAIL_RUNS;
    this.#count--;
    const bytes = oldest?.bytes ?? 0;
    this.#tailBytes -= bytes;
    this.#dropped += bytes;
    return oldest;
  }
}

/** The index after the last blank line within a chunk; 0 when there is none. */
function afterLastBlankLine(chunk: Uint8Array): number {
  for (let at = chunk.lastIndexOf(0x0a); at > 0; at = chunk.lastIndexOf(0x0a, at - 1)) {
    if (chunk[at - 1] === 0x0a || (chunk[at - 1] === 0x0d && chunk[at - 2] === 0x0a)) return at + 1;
  }
  return 0;
}
