import { trace } from '../opentelemetry/providers.ts';
import { later } from '../platform/timers.ts';
import { callerSpanId } from '../telemetry/request-span.ts';
import type { Attempt } from './attempt.ts';
import type { Operation } from './operation.ts';

/** Held calls past this are ended early: a bound on memory under an outage of everything. */
const MAX_HELD = 10_000;

/** An operation without an SDK boundary that may go on: its last attempt failed as clients retry, was redirected, or brought a part of the answer. */
interface HeldCall {
  readonly operation: Operation;
  readonly last: Attempt;
  readonly release: (continued: boolean) => void;
  readonly cancel: () => void;
}

/**
 * Links attempts that no SDK boundary groups: an attempt with the same method, URL and body in the same parent
 * context, started after a failure that clients retry, continues the call that failed.
 */
export class HeldCalls {
  // Keyed by the span in which the client makes its tries, which stays the same through an SDK's retry loop.
  readonly #byParent = new Map<string, HeldCall[]>();
  readonly #byOperation = new Map<Operation, readonly [key: string, held: HeldCall]>();
  #size = 0;

  /**
   * Holds an operation for a retry.
   *
   * @param release called once: with true when a retry came, with false when none came in time
   */
  hold(operation: Operation, last: Attempt, window: number, release: (continued: boolean) => void): void {
    const key = parentKey(last);
    const held: HeldCall = { operation, last, release, cancel: later(window, () => this.#expire(key, held)) };
    const calls = this.#byParent.get(key);
    if (calls === undefined) this.#byParent.set(key, [held]);
    else calls.push(held);
    this.#byOperation.set(operation, [key, held]);
    this.#size++;
    if (this.#size > MAX_HELD) this.#expireOldest();
  }

  /** How many operations are held. */
  get size(): number {
    return this.#size;
  }

  /** The operation that `attempt` continues, if any; it is held no longer. */
  claim(attempt: Attempt): Operation | undefined {
    if (this.#size === 0) return undefined;
    const key = parentKey(attempt);
    const held = this.#byParent.get(key)?.find((call) => continues(attempt, call.last));
    if (held === undefined) return undefined;
    this.#remove(key, held);
    held.release(true);
    return held.operation;
  }

  /** The operation goes on, however that is known; it is held no longer. */
  resume(operation: Operation): void {
    const found = this.#byOperation.get(operation);
    if (found !== undefined && this.#remove(...found)) found[1].release(true);
  }

  /** Ends all that is held: nothing more is waited for. */
  releaseAll(): void {
    for (const [key, calls] of this.#byParent) for (const held of calls.slice()) this.#expire(key, held);
  }

  #expire(key: string, held: HeldCall): void {
    if (this.#remove(key, held)) held.release(false);
  }

  #expireOldest(): void {
    for (const [key, calls] of this.#byParent) {
      const [oldest] = calls;
      if (oldest !== undefined) {
        this.#expire(key, oldest);
        return;
      }
    }
  }

  #remove(key: string, held: HeldCall): boolean {
    const calls = this.#byParent.get(key);
    const index = calls?.indexOf(held) ?? -1;
    if (calls === undefined || index < 0) return false;
    calls.splice(index, 1);
    if (calls.length === 0) this.#byParent.delete(key);
    this.#size--;
    this.#byOperation.delete(held.operation);
    held.cancel();
    return true;
  }
}

const ROOT = '';

function parentKey(attempt: Attempt): string {
  return callerSpanId(trace.getSpan(attempt.start.context)) ?? ROOT;
}

/** Whether `next` is another try at what `last` tried. */
function continues(next: Attempt, last: Attempt): boolean {
  // That one did its part: the same again is another call.
  if (last.answer?.rest !== undefined) return false;
  if (next.start.method !== last.start.method || next.startedAt < (last.endedAt ?? Infinity)) return false;
  if (next.fingerprint !== undefined && last.fingerprint !== undefined && next.fingerprint !== last.fingerprint) return false;
  if (isRedirect(last)) return leadsTo(last, next.start.url);
  if (next.start.url.href !== last.start.url.href || next.start.contentLength !== last.start.contentLength) return false;
  // The client counts its tries; a count that starts over belongs to another call. Clients that wrap a counting
  // one and retry by themselves send 0 each time, so a repeated 0 says nothing.
  const count = next.hints.retryCount;
  const before = last.hints.retryCount;
  return count === undefined || before === undefined || count > before || (count === 0 && before === 0);
}

/** Whether a redirect sends its client there, as far as it says. The host is not compared: a proxy may stand for it. */
function leadsTo({ head, start }: Attempt, url: URL): boolean {
  const location = head?.location;
  if (location === undefined || !URL.canParse(location, start.url.href)) return true;
  const { pathname, search } = new URL(location, start.url.href);
  return pathname === url.pathname && search === url.search;
}

/** Whether the response sent its client elsewhere. */
export function isRedirect(attempt: Attempt): boolean {
  const status = attempt.head?.status;
  return status !== undefined && status >= 300 && status < 400 && status !== 304;
}
