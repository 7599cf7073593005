import type { EventCount } from '../body/event-count.ts';
import { now } from '../clock.ts';

/**
 * The time between the chunks of one answer, in bounded memory: of a long answer evenly spaced gaps are kept, so that
 * their distribution stays that of all.
 */
export class ChunkPace {
  readonly #most: number;
  readonly #count: EventCount;
  readonly #clock: () => number;
  #gaps: number[] = [];
  #chunks = 0;
  /** Every so many gaps one is kept; a power of two. */
  #stride = 1;
  #before = 0;

  /**
   * @param most how many gaps are kept, at least 2
   * @param count tells how many chunks, which are events of the stream, come with each read
   */
  constructor(most: number, count: EventCount, clock: () => number = now) {
    this.#most = most;
    this.#count = count;
    this.#clock = clock;
  }

  /** Bytes came, with whole chunks in them or not. */
  received(bytes: Uint8Array): void {
    for (let chunks = this.#count.push(bytes); chunks > 0; chunks--) this.chunk();
  }

  /** A chunk came. The clock is read only next to a gap that is kept. */
  chunk(): void {
    const index = this.#chunks++;
    const phase = index & (this.#stride - 1);
    if (phase !== 0 && phase !== this.#stride - 1) return;
    const at = this.#clock();
    if (phase === 0 && index > 0) this.#keep(at - this.#before);
    this.#before = at;
  }

  /** Milliseconds between chunks. */
  get gaps(): readonly number[] {
    return this.#gaps;
  }

  #keep(gap: number): void {
    this.#gaps.push(gap);
    if (this.#gaps.length < this.#most) return;
    // Gaps are counted from 1: those at even places are the ones that twice the stride would have kept.
    this.#gaps = this.#gaps.filter((_, place) => place % 2 === 1);
    this.#stride *= 2;
  }
}
