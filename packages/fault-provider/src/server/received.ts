import type { DialectId } from '@outspan/core';
import type { Mode } from '../dialects/call.ts';
import type { Said } from '../wire/said.ts';

/** How an answer ended: as its fault plays it, or because the client went away or the server was closed first. */
export type EndedBy = 'complete' | 'fin' | 'reset' | 'client' | 'shutdown';

/** What was really sent. It grows while the answer is being played. */
export interface Answered {
  /** Absent while, or when, no head was sent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the body, content coding included, framing not. */
  readonly bytes: number;
  /** What the answer said of itself in the pieces sent so far. */
  readonly said: Said;
  /** Absent as long as the answer goes on; a hang goes on until the client leaves. */
  readonly endedBy?: EndedBy;
}

/** One request as it came, and its answer. */
export interface ReceivedRequest {
  /** Milliseconds since the epoch, when its head was read. */
  readonly at: number;
  readonly httpVersion: '1.1' | '2';
  readonly method: string;
  /** Without the session's prefix and without the query. */
  readonly path: string;
  /** With its question mark, or empty. May hold a key. */
  readonly query: string;
  /** As they came; a key is among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed if it is JSON, text if it is not; `undefined` when it is larger than the log keeps. */
  readonly body: unknown;
  readonly bodyBytes: number;
  /** Absent when the path is in none of the dialects; then the answer is a 404. */
  readonly dialect?: DialectId;
  readonly mode?: Mode;
  /** The id of what was played. */
  readonly fault: string;
  /** The id that the script asked for, when that cannot be met by such a request and `ok` was played in its stead. */
  readonly skipped?: string;
  /** It only began a call, and moved no script on: others asked for the answer. */
  readonly opens?: true;
  /** Number of the request in its session, from 1. */
  readonly attempt: number;
  readonly answered: Answered;
}

/** The last `limit` entries. */
export class Ring<T> {
  readonly #entries: T[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(entry: T): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit) this.#entries.shift();
  }

  /** Oldest first. */
  get entries(): readonly T[] {
    return this.#entries;
  }
}
