/** What one request carries. */
export interface Batch {
  /** OTLP, not compressed. */
  readonly body: Uint8Array;
  /** Spans or log records. */
  readonly items: number;
}

/** How much may be kept; what is past one of them is dropped, the oldest first. */
export interface RetryLimits {
  /** Spans or log records, of each signal. */
  readonly items: number;
  /** Bytes of OTLP, of each signal. */
  readonly bytes: number;
}

/** Batches that wait to be sent again, the oldest first. */
export class KeptBatches<B extends Batch> {
  readonly #limits: RetryLimits;
  readonly #batches = new Set<B>();
  #items = 0;
  #bytes = 0;

  constructor(limits: RetryLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#batches.size;
  }

  get oldest(): B | undefined {
    for (const batch of this.#batches) return batch;
    return undefined;
  }

  [Symbol.iterator](): Iterator<B> {
    return this.#batches.values();
  }

  /**
   * Adds a batch behind the others.
   *
   * @param underWay is not dropped: it may just be arriving
   * @returns what had to be dropped for it
   */
  add(batch: B, underWay?: B): B[] {
    this.#batches.add(batch);
    this.#items += batch.items;
    this.#bytes += batch.body.byteLength;
    const dropped: B[] = [];
    for (const old of this.#batches) {
      if (this.#items <= this.#limits.items && this.#bytes <= this.#limits.bytes) break;
      if (old === underWay) continue;
      this.delete(old);
      dropped.push(old);
    }
    return dropped;
  }

  delete(batch: B): void {
    if (!this.#batches.delete(batch)) return;
    this.#items -= batch.items;
    this.#bytes -= batch.body.byteLength;
  }

  /** Lets the others go before it. */
  moveToEnd(batch: B): void {
    if (this.#batches.delete(batch)) this.#batches.add(batch);
  }
}
