import { report } from '@outspan/core';

/** Where chunks go that no channel publishes. */
export interface ChunkSink {
  received(request: object, chunk: unknown): void;
  sent(request: object, chunk: unknown): void;
}

const SINKS = Symbol.for('outspan.undici-request-sinks.v1');

/**
 * Makes the request class of `request` tell its chunks, where it does not publish them itself (undici 6, and 7
 * before 7.11). It is looked at by its source, not by a version: on any Node the built-in fetch may run on
 * another copy of undici, whichever was imported first. A class is changed once, and tells every sink. Runs inside
 * `undici:request:create`, before any data.
 */
export function tellChunks(request: object, sink: ChunkSink): void {
  const prototype: unknown = Object.getPrototypeOf(request);
  if (typeof prototype !== 'object' || prototype === null) return;
  const known: unknown = Object.getOwnPropertyDescriptor(prototype, SINKS)?.value;
  if (isSinks(known)) {
    known.add(sink);
    return;
  }
  const sinks = new Set([sink]);
  Object.defineProperty(prototype, SINKS, { value: sinks });
  const receive = 'onResponseData' in prototype ? 'onResponseData' : 'onData';
  tell(prototype, receive, 'bodyChunkReceived', (self, chunk) => sinks.forEach((each) => each.received(self, chunk)));
  tell(prototype, 'onBodySent', 'bodyChunkSent', (self, chunk) => sinks.forEach((each) => each.sent(self, chunk)));
}

/** Not by its class: the set may be of another realm, such as that of a test file of Jest. */
function isSinks(value: unknown): value is Set<ChunkSink> {
  return typeof value === 'object' && value !== null && 'add' in value && 'forEach' in value;
}

function tell(prototype: object, method: string, channel: string, told: (self: object, chunk: unknown) => void): void {
  const original: unknown = Reflect.get(prototype, method);
  if (typeof original !== 'function' || Function.prototype.toString.call(original).includes(channel)) return;
  Reflect.set(prototype, method, function (this: object, ...args: unknown[]): unknown {
    try {
      told(this, args[0]);
    } catch (error) {
      report(channel, error);
    }
    return Reflect.apply(original, this, args);
  });
}
