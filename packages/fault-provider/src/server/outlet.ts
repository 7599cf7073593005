import type { Socket } from 'node:net';
import type { Framing } from '../wire/reply.ts';

/** Where one answer goes: a response of HTTP/1.1, or a stream of HTTP/2. */
export interface Outlet {
  /** The connection beneath is gone. */
  readonly gone: boolean;
  head(status: number, headers: Readonly<Record<string, string>>, framing: Framing): void;
  /** Resolves when more can be written. */
  write(bytes: Uint8Array, left: AbortSignal): Promise<void>;
  /** Ends the body as its framing wants it. Whether all of it got out. */
  complete(): Promise<boolean>;
  /** Closes the connection when what was written has left. */
  close(): Promise<void>;
  /** Breaks off: of HTTP/1.1 the connection, of HTTP/2 the stream. */
  reset(): void;
}

/** A request whose body is still to come. */
export interface Arrival {
  readonly httpVersion: '1.1' | '2';
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Without HTTP/2's pseudo-headers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<unknown>;
  readonly connection: Socket;
  readonly outlet: Outlet;
  /** Aborted when the client leaves, and when the answer is over. */
  readonly left: AbortSignal;
  /** Breaks off without an answer. */
  destroy(): void;
}

/** Resolves when the writable can take more. Rejects when the client leaves. */
export function drained(writable: NodeJS.WritableStream, left: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      writable.off('drain', done);
      left.removeEventListener('abort', gone);
      resolve();
    };
    const gone = (): void => {
      writable.off('drain', done);
      reject(new Error('the client left'));
    };
    writable.once('drain', done);
    left.addEventListener('abort', gone, { once: true });
  });
}

/** Headers whose values are single texts. */
export function flat(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Readonly<Record<string, string>> {
  const entries: (readonly [string, string])[] = [];
  for (const [name, value = ''] of Object.entries(headers)) if (!name.startsWith(':')) entries.push([name, typeof value === 'string' ? value : value.join(', ')]);
  return Object.fromEntries(entries);
}
