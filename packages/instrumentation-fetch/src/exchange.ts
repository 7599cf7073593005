import { decodedHeaders, endingOfAbort, endingOfFetch, guard } from '@outspan/core';
import type { Attempt, Ending } from '@outspan/core';

/** Reports copies that were collected unread. Workers without a FinalizationRegistry leave their attempts to the idle timeout. */
const collected: FinalizationRegistry<Exchange> | undefined =
  typeof FinalizationRegistry === 'function' ? new FinalizationRegistry((exchange) => exchange.leave({ by: 'abandonment' })) : undefined;

/**
 * One exchange over `fetch`. It passes on to its attempt what is seen of the answer.
 *
 * The answer has one copy, and more after `clone()` or `tee()`. The attempt gets the bytes of the copy that is read furthest, and
 * ends with the first copy that is read to its end.
 *
 * An exchange holds neither the response nor a copy, so that both can be collected.
 */
export class Exchange {
  readonly attempt: Attempt;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.end(endingOfAbort(this.#signal?.reason, 'body'));
  #copies = 0;
  #furthest = 0;

  /** @param signal the caller's: its abort ends the exchange also while nobody reads */
  constructor(attempt: Attempt, signal: AbortSignal | undefined) {
    this.attempt = attempt;
    this.#signal = signal;
  }

  get over(): boolean {
    return this.attempt.endedAt !== undefined;
  }

  /**
   * Takes the response's head.
   *
   * @param decoded whether the body is handed out without its content coding
   * @returns the first copy of the answer
   */
  responseHead(status: number, headers: Headers, decoded: boolean): Copy {
    this.attempt.responseHead(status, decoded ? decodedHeaders(headers) : headers);
    if (!this.over) this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
    return this.open(0);
  }

  /** Ends the exchange with an error of `fetch`, or of reading the answer. */
  fail(error: unknown): void {
    this.end(endingOfFetch(error, this.attempt.head === undefined ? 'headers' : 'body', this.#signal));
  }

  /** Opens another copy of the answer, which begins at byte `at`. */
  open(at: number): Copy {
    this.#copies++;
    const copy = new Copy(this, at);
    if (!this.over) collected?.register(copy, this, copy);
    return copy;
  }

  /** Forgets a copy: it ends nothing when it is collected. */
  forget(copy: Copy): void {
    collected?.unregister(copy);
  }

  /** One copy fewer is read. The last one ends the exchange. */
  leave(ending: Ending): void {
    this.#copies--;
    if (this.#copies <= 0) this.end(ending);
  }

  /** Takes bytes of a copy, which begin at byte `at`, unless another copy has brought them. */
  take(chunk: Uint8Array, at: number, keep: (part: Uint8Array) => Uint8Array): void {
    const known = this.#furthest - at;
    if (known >= chunk.byteLength) return;
    this.#furthest = at + chunk.byteLength;
    this.attempt.responseChunk(keep(known > 0 ? chunk.subarray(known) : chunk));
  }

  /** Ends the exchange. Only the first call counts. Never throws, since an event or the garbage collector may call it. */
  end(ending: Ending, at?: number): void {
    guard('ending an exchange of fetch', () => {
      this.#signal?.removeEventListener('abort', this.#onAbort);
      this.attempt.end(ending, at);
    });
  }
}

/** One copy of an answer, and how far it has been read. Everything that reads the copy holds this object, and nothing else does. */
export class Copy {
  /** Whether a pipe reads it. By the standard, a body is used from the start of a pipe on. */
  piped = false;
  readonly #exchange: Exchange;
  #at: number;
  #closed = false;
  /** A method such as `text()` reads all of it. Until that is done, streams beneath are not observed. */
  #whole = false;

  constructor(exchange: Exchange, at: number) {
    this.#exchange = exchange;
    this.#at = at;
  }

  /** Whether reads of this copy still matter. */
  get open(): boolean {
    return !this.#closed && !this.#whole && !this.#exchange.over;
  }

  get attempt(): Attempt {
    return this.#exchange.attempt;
  }

  /** Takes a chunk. It is copied: the application may change it, or transfer its memory. */
  take(chunk: Uint8Array): void {
    if (!this.open) return;
    this.#exchange.take(chunk, this.#at, (part) => new Uint8Array(part));
    this.#at += chunk.byteLength;
  }

  /** A method begins to read all of it. */
  beginWhole(): void {
    this.#whole = true;
  }

  /** Takes all of it. No copy is made: the attempt reads the bytes at once. */
  takeWhole(body: Uint8Array, at?: number): void {
    this.#whole = false;
    if (!this.open) return;
    this.#exchange.take(body, this.#at, (part) => part);
    this.complete(at);
  }

  /** It was read to its end. */
  complete(at?: number): void {
    if (!this.open) return;
    this.#closed = true;
    this.#exchange.end({ by: 'completion' }, at);
  }

  /** Reading it failed. */
  fail(error: unknown): void {
    this.#whole = false;
    if (!this.open) return;
    this.#closed = true;
    this.#exchange.fail(error);
  }

  /** It was read in a way that shows no bytes. */
  abandon(): void {
    if (this.open) this.#exchange.end({ by: 'abandonment' });
  }

  /** The reader wants no more of it. */
  leave(): void {
    if (!this.open) return;
    this.#closed = true;
    this.#exchange.forget(this);
    this.#exchange.leave({ by: 'caller' });
  }

  /** Replaces this copy by two, which begin where this one stands. */
  split(): readonly [Copy, Copy] {
    const both = [this.#exchange.open(this.#at), this.#exchange.open(this.#at)] as const;
    this.#closed = true;
    this.#exchange.forget(this);
    this.#exchange.leave({ by: 'abandonment' });
    return both;
  }
}
