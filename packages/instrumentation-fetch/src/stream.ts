import { guard, telling } from '@outspan/core';
import type { Copy } from './exchange.ts';
import { throughRelay } from './relay.ts';
import { bytesOf, isFunction, isObject, isPromise, isReadableStream } from './shape.ts';
import { StandIn } from './stand-in.ts';
import type { Method } from './stand-in.ts';

const STEP = 'observing a body';

/** Observes the readers, iterators and branches of a stream. The stream stays the same object, and only the application reads it. */
export function observeStream(stream: ReadableStream, copy: Copy): void {
  if (copy.open) streams.put(stream, copy);
}

/** Runs a read and takes its chunk before the application gets it. */
function reading(call: () => unknown, copy: Copy, failed: (error: unknown) => void): unknown {
  const result = call();
  if (!copy.open) return result;
  if (isPromise(result)) return telling(result, STEP, { came: (read) => take(read, copy), failed });
  guard(STEP, () => take(result, copy));
  return result;
}

function take(read: unknown, copy: Copy): void {
  if (!isObject(read)) return;
  const { done, value } = read;
  for (const chunk of Array.isArray(value) ? value : [value]) {
    const bytes = bytesOf(chunk);
    if (bytes !== undefined) copy.take(bytes);
  }
  if (done === true) copy.complete();
}

/** Runs a cancellation. `cancels` is false where the stream will refuse it. */
function cancelling(call: () => unknown, copy: Copy, cancels: boolean): unknown {
  const result = call();
  if (cancels) guard(STEP, () => copy.leave());
  return result;
}

/** Gives a relay to a native method that reads a stream by its internals, past every reader. */
function byRelay(name: string): Method<Copy> {
  return (copy, call, args, self) => {
    if (!isPipeable(self, copy)) return call();
    return relayed(self, copy, (relay) => {
      const native: unknown = Reflect.get(relay, name);
      return isFunction(native) ? Reflect.apply(native, relay, args) : call();
    });
  };
}

function relayed(stream: ReadableStream, copy: Copy, run: (relay: ReadableStream) => unknown): unknown {
  const result = throughRelay(stream, run);
  copy.piped = true;
  return result;
}

/** Leaves to the native method what that would refuse. */
const pipeTo: Method<Copy> = (copy, call, [destination, options], self) => {
  if (!isPipeable(self, copy) || !isUnlocked(destination) || !isPipeOptions(options)) return call();
  return relayed(self, copy, (relay) => relay.pipeTo(destination, options));
};

/** Leaves to the native method what that would refuse. */
const pipeThrough: Method<Copy> = (copy, call, [transform, options], self) => {
  if (!isPipeable(self, copy) || !isTransform(transform) || !isPipeOptions(options)) return call();
  if (options?.preventCancel !== true) return relayed(self, copy, (relay) => relay.pipeThrough(transform, options));
  // If the transform fails, the stream must be unlocked: only the promise of pipeTo() reports that.
  const piping = relayed(self, copy, (relay) => relay.pipeTo(transform.writable, options));
  if (isPromise(piping)) piping.catch(() => undefined);
  return transform.readable;
};

function isTransform(value: unknown): value is { readonly readable: ReadableStream; readonly writable: WritableStream } {
  return isObject(value) && value['readable'] instanceof ReadableStream && isUnlocked(value['writable']);
}

function isUnlocked(value: unknown): value is WritableStream {
  return value instanceof WritableStream && !value.locked;
}

function isPipeable(value: object, copy: Copy): value is ReadableStream {
  return copy.open && isReadableStream(value) && !value.locked;
}

function isPipeOptions(value: unknown): value is Parameters<ReadableStream['pipeTo']>[1] {
  return value === undefined || (isObject(value) && (value['signal'] === undefined || value['signal'] instanceof AbortSignal));
}

const streams = new StandIn<Copy>({
  methods: {
    getReader(copy, call) {
      const reader = call();
      if (copy.open && isObject(reader)) guard(STEP, () => readers.put(reader, { copy, reader, released: false }));
      return reader;
    },
    values: iterating,
    [Symbol.asyncIterator]: iterating,
    tee(copy, call) {
      const branches = call();
      if (copy.open) guard(STEP, () => observeBranches(branches, copy));
      return branches;
    },
    cancel: (copy, call, _, self) => cancelling(call, copy, isReadableStream(self) && !self.locked),
    pipeTo,
    pipeThrough,
    // Bun's.
    text: byRelay('text'),
    json: byRelay('json'),
    bytes: byRelay('bytes'),
    blob: byRelay('blob'),
  },
});

interface Reader {
  readonly copy: Copy;
  readonly reader: Readonly<Record<PropertyKey, unknown>>;
  released: boolean;
}

function readBy(state: Reader, call: () => unknown): unknown {
  return reading(call, state.copy, (error) => brokeBy(state, error));
}

/** Handles a read that was rejected. A refused read (without a view, say) ends nothing: only a stream that failed rejects `closed` before the reader is released. */
function brokeBy(state: Reader, error: unknown): void {
  const { copy, reader, released } = state;
  if (released || !copy.open || !isPromise(reader['closed'])) return;
  reader['closed'].then(undefined, (reason: unknown) => (reason === error || !state.released) && guard(STEP, () => copy.fail(error)));
}

const readers = new StandIn<Reader>({
  methods: {
    read: readBy,
    // Bun's, and workerd's.
    readMany: readBy,
    readAtLeast: readBy,
    cancel: ({ copy, released }, call) => cancelling(call, copy, !released),
    releaseLock(state, call) {
      const result = call();
      state.released = true;
      return result;
    },
  },
});

interface Iterating {
  readonly copy: Copy;
  /** Whether the stream can be read on when the iteration is left. */
  readonly staysOpen: boolean;
}

const iterators = new StandIn<Iterating>({
  methods: {
    next: ({ copy }, call) => reading(call, copy, (error) => copy.fail(error)),
    return: ({ copy, staysOpen }, call) => cancelling(call, copy, !staysOpen),
  },
});

function iterating(copy: Copy, call: () => unknown, [options]: readonly unknown[]): unknown {
  const iterator = call();
  if (copy.open && isObject(iterator)) guard(STEP, () => iterators.put(iterator, { copy, staysOpen: isObject(options) && options['preventCancel'] === true }));
  return iterator;
}

function observeBranches(branches: unknown, copy: Copy): void {
  if (!Array.isArray(branches) || branches.length !== 2) return;
  const copies = copy.split();
  branches.forEach((branch: unknown, i) => {
    const of = copies[i];
    if (of !== undefined && isReadableStream(branch)) observeStream(branch, of);
  });
}
