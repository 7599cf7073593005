/** Where chunks go that no channel publishes. */
export interface ChunkSink {
  received(request: object, chunk: unknown): void;
  sent(request: object, chunk: unknown): void;
}

const WATCHED = Symbol.for('outspan.undici-request-watched.v1');

/**
 * Makes the request class of `request` tell its chunks, where it does not publish them itself (undici 6, and 7
 * before 7.11). It is looked at by its source, not by a version: on any Node the built-in fetch may run on
 * another copy of undici, whichever was imported first. Runs inside `undici:request:create`, before any data.
 */
export function tellChunks(request: object, sink: ChunkSink): void {
  const prototype: unknown = Object.getPrototypeOf(request);
  if (typeof prototype !== 'object' || prototype === null || Object.hasOwn(prototype, WATCHED)) return;
  Object.defineProperty(prototype, WATCHED, { value: true });
  const receive = 'onResponseData' in prototype ? 'onResponseData' : 'onData';
  tell(prototype, receive, 'bodyChunkReceived', (self, chunk) => sink.received(self, chunk));
  tell(prototype, 'onBodySent', 'bodyChunkSent', (self, chunk) => sink.sent(self, chunk));
}

function tell(prototype: object, method: string, channel: string, told: (self: object, chunk: unknown) => void): void {
  const original: unknown = Reflect.get(prototype, method);
  if (typeof original !== 'function' || Function.prototype.toString.call(original).includes(channel)) return;
  Reflect.set(prototype, method, function (this: object, ...args: unknown[]): unknown {
    told(this, args[0]);
    return Reflect.apply(original, this, args);
  });
}
