import { searchable } from '../platform/bytes.ts';
import type { HeadFacts } from '../verdict/evidence.ts';
import { LINES_TYPE } from './lines.ts';

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
/** The end of `data: [DONE]`, backwards: it ends a stream and is no event of it. */
const DONE_BACKWARDS = [0x5d, 0x45, 0x4e, 0x4f, 0x44, 0x5b] as const;

/** Counts the events that each read of a stream completes. */
export interface EventCount {
  /** Takes the next bytes. @returns how many events end in them */
  push(chunk: Uint8Array): number;
}

/** Every read counts as one: of compressed and binary streams it is not known what is in them. */
const READS: EventCount = { push: () => 1 };

/** A way to count the events of a stream with this head. */
export function eventCountOf(head: HeadFacts | undefined): EventCount {
  if (head?.contentEncoding !== undefined && head.contentEncoding !== 'identity') return READS;
  if (head?.contentType === 'text/event-stream') return new LineCount(false);
  return LINES_TYPE.test(head?.contentType ?? '') ? new LineCount(true) : READS;
}

/** Counts by the ends of lines alone: a blank line ends a server-sent event that has more than comments. */
class LineCount implements EventCount {
  readonly #eachLine: boolean;
  /** Bytes of the current line that came with earlier reads. */
  #carried = 0;
  /** The last byte of the read before, and the first of the current line. */
  #last = 0;
  #first = 0;
  /** Whether the current event has a line that counts. */
  #counts = false;

  /** @param eachLine each line is an event */
  constructor(eachLine: boolean) {
    this.#eachLine = eachLine;
  }

  push(input: Uint8Array): number {
    const chunk = searchable(input);
    let count = 0;
    let at = 0;
    for (let lf = chunk.indexOf(LF); lf !== -1; lf = chunk.indexOf(LF, at)) {
      const before = lf > 0 ? chunk[lf - 1] : this.#last;
      const length = this.#carried + lf - at;
      const isBlank = length === 0 || (length === 1 && before === CR);
      const first = this.#carried > 0 ? this.#first : chunk[at];
      this.#carried = 0;
      at = lf + 1;
      if (isBlank) {
        if (this.#counts) count++;
        this.#counts = false;
      } else if (this.#eachLine) count++;
      else if (first !== COLON && !isDone(chunk, before === CR ? lf - 2 : lf - 1)) this.#counts = true;
    }
    if (at < chunk.length) {
      if (this.#carried === 0) this.#first = chunk[at] ?? 0;
      this.#carried += chunk.length - at;
    }
    this.#last = chunk[chunk.length - 1] ?? this.#last;
    return count;
  }
}

function isDone(chunk: Uint8Array, last: number): boolean {
  return DONE_BACKWARDS.every((byte, i) => chunk[last - i] === byte);
}
