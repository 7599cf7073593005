import type { Attempt, Ending, Phase } from '@outspan/core';
import { endingOfFailure, endingOfStop } from './ending.ts';
import { isObject } from './shape.ts';
import { watch } from './watch.ts';

/** A request under observation, whatever its protocol, until its attempt has ended; then its objects are left as they were. */
export class Exchange {
  readonly attempt: Attempt;
  readonly #leave: (() => void)[] = [];
  #timedOut = false;
  #ended = false;

  constructor(attempt: Attempt) {
    this.attempt = attempt;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Sees the calls of a method until the end. */
  watch(target: object, method: string, before: (args: readonly unknown[]) => void, after?: (args: readonly unknown[]) => void): void {
    this.#leave.push(watch(target, method, before, after));
  }

  /** Sees what is written as the request's body. */
  watchBody(request: object): void {
    this.watch(request, 'write', ([chunk, encoding]) => this.#sent(chunk, encoding));
    this.watch(
      request,
      'end',
      ([chunk, encoding]) => this.#sent(chunk, encoding),
      () => this.attempt.requestSent(),
    );
  }

  /** Sees the idle timeout that a client may have asked to be told of, before it gives up. */
  timeout(): void {
    this.#timedOut = true;
  }

  head(status: number, headers: readonly (readonly [string, string])[]): void {
    this.#timedOut = false;
    this.attempt.responseHead(status, headers);
    // A redirect has done its part with its head: clients follow it before they throw its body away.
    // Nor is the rest of an answer followed that nobody records.
    if ((status >= 300 && status < 400 && status !== 304) || this.attempt.endedAt !== undefined) this.whole();
  }

  received(chunk: unknown): void {
    if (!(chunk instanceof Uint8Array)) return;
    this.#timedOut = false;
    this.attempt.responseChunk(chunk);
  }

  /** All that was promised came. */
  whole(): void {
    this.end({ by: 'completion' });
  }

  /** The transport failed. */
  failed(error: unknown, before?: PhaseBefore): void {
    this.end(endingOfFailure(error, this.#phase(before)));
  }

  /** The connection went away under the request. */
  lost(code: string): void {
    this.end({ by: 'network', code, phase: this.#phase(undefined) });
  }

  /** The client gave up, or has no use for the rest. */
  stopped(reason: unknown, before?: PhaseBefore): void {
    this.end(endingOfStop(reason, this.#timedOut, this.#phase(before)));
  }

  end(ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const leave of this.#leave.splice(0)) leave();
    this.attempt.end(ending);
  }

  #phase(before: PhaseBefore): Phase {
    return before ?? (this.attempt.head === undefined ? 'headers' : 'body');
  }

  #sent(chunk: unknown, encoding: unknown): void {
    if (chunk instanceof Uint8Array) this.attempt.requestChunk(chunk);
    else if (typeof chunk === 'string') this.attempt.requestChunk(Buffer.from(chunk, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8'));
  }
}

/** The phase of a request that has no connection yet. */
export type PhaseBefore = 'connect' | 'tls' | undefined;

/** What a request still waits for from its socket: a connection, or the handshake over it. */
export function phaseBefore(socket: unknown, error?: unknown): PhaseBefore {
  if (!isObject(socket)) return undefined;
  const syscall = isObject(error) ? error['syscall'] : undefined;
  if (socket['connecting'] === true || syscall === 'connect' || syscall === 'getaddrinfo') return 'connect';
  return socket['secureConnecting'] === true ? 'tls' : undefined;
}
