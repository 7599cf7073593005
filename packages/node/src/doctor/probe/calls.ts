import type { Inspected } from '@outspan/core';
import type { CallsByBoundary, ProbeRecord } from './record.ts';

/** How many calls are written one by one. After that, each look writes the sums. */
const WRITTEN_AT_ONCE = 1_000;

/** Counts the calls of a thread. */
export class CallCount {
  #calls: CallsByBoundary = { sdk: { seen: 0, recorded: 0 }, native: { seen: 0, recorded: 0 }, inferred: { seen: 0, recorded: 0 } };
  #written = 0;
  #unwritten = false;
  readonly #write: (record: ProbeRecord) => void;

  constructor(write: (record: ProbeRecord) => void) {
    this.#write = write;
  }

  add({ boundary, recorded }: Extract<Inspected, { kind: 'call' }>): void {
    const before = this.#calls[boundary];
    this.#calls = { ...this.#calls, [boundary]: { seen: before.seen + 1, recorded: before.recorded + (recorded ? 1 : 0) } };
    this.#unwritten = true;
    if (this.#written++ < WRITTEN_AT_ONCE) this.write();
  }

  /** Writes the sums down, if they have changed. */
  write(): void {
    if (!this.#unwritten) return;
    this.#unwritten = false;
    this.#write({ kind: 'calls', calls: this.#calls });
  }
}
