import { isPromise } from './shape.ts';

/** A stream that stands for another one. */
export interface Relay {
  readonly readable: ReadableStream;
  /** Unlocks the other stream. */
  readonly release: () => void;
}

/**
 * Makes a stream that hands on the chunks of another one. It reads a chunk only when it is asked for one, so nothing is read ahead.
 * The other stream is locked, as by a native method that reads it.
 *
 * @param ended is called when nothing more will come
 */
export function relayOf(stream: ReadableStream, ended?: (release: () => void) => void): Relay {
  const reader: ReadableStreamDefaultReader = stream.getReader();
  const release = (): void => reader.releaseLock();
  const readable = new ReadableStream(
    {
      start(controller) {
        // A native pipe fails at once, also while its destination takes nothing.
        reader.closed.then(undefined, (error: unknown) => {
          controller.error(error);
          ended?.(release);
        });
      },
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        controller.close();
        ended?.(release);
      },
      async cancel(reason) {
        await reader.cancel(reason);
        ended?.(release);
      },
    },
    { highWaterMark: 0 },
  );
  return { readable, release };
}

/** Runs a native method on a relay of a stream. Unlocks the stream when the method's promise settles, or, without a promise, when the stream ends. */
export function throughRelay(stream: ReadableStream, run: (relay: ReadableStream) => unknown): unknown {
  let promises = true;
  const { readable, release } = relayOf(stream, (unlock) => void (promises || unlock()));
  let result: unknown;
  try {
    result = run(readable);
  } catch (error) {
    release();
    throw error;
  }
  promises = isPromise(result);
  if (!isPromise(result)) return result;
  // The derived promise replaces the native one, so a rejection is unhandled exactly if the application does not handle it.
  return result.then(
    (value: unknown) => {
      release();
      return value;
    },
    (error: unknown) => {
      release();
      throw error;
    },
  );
}
