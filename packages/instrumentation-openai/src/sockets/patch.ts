import { guard } from '@outspan/core';
import { interpose, isFunction, isObject } from '@outspan/sdk-boundary';
import type { SdkTracing } from '@outspan/sdk-boundary';
import type { Protocol } from './protocol.ts';
import { Session } from './session.ts';
import { platformSocketOf } from './socket.ts';

/** What the SDK tells its listeners that matters; of each event it tells them twice. */
const TOLD: ReadonlySet<unknown> = new Set(['event', 'raw', 'reconnecting', 'reconnected', 'close']);

/** What is told of the sockets that the instances of a class are given. */
interface Place {
  connected: ((self: object, socket: unknown) => void) | undefined;
}

// On the prototype itself, as those of `interpose`.
const PLACE = Symbol.for('outspan.openai.socket.v1');

/** The classes of socket clients among a module's exports, by their prototypes. */
export function socketClients(exports: unknown): readonly object[] {
  if (!isObject(exports) && !isFunction(exports)) return [];
  return Object.values(exports).flatMap((value: unknown): object[] => {
    const prototype: unknown = isFunction(value) ? value.prototype : undefined;
    return isObject(prototype) && ['_emit', '_onError', 'send', 'close'].every((name) => isFunction(prototype[name])) ? [prototype] : [];
  });
}

/**
 * Follows the clients of one class. Its constructor connects, and no method of the class is called by then: what tells is that
 * it is given its socket.
 *
 * @returns steps aside again
 */
export function observeSocketClients(prototype: object, protocol: Protocol, tracing: SdkTracing): () => void {
  const sessions = new WeakMap<object, Session>();
  const bySocket = new WeakMap<object, Session>();
  let active = true;
  const sessionOf = (self: unknown): Session | undefined => {
    if (!isObject(self)) return undefined;
    const socket = platformSocketOf(self['socket']);
    let session = sessions.get(self);
    if (session === undefined) {
      // A Proxy around a client is another object with the same socket.
      session = (socket && bySocket.get(socket)) ?? new Session(tracing, protocol, () => active);
      sessions.set(self, session);
    }
    if (socket !== undefined && !bySocket.has(socket)) {
      bySocket.set(socket, session);
      session.connected(socket);
    }
    return session;
  };
  const leaves = [
    interpose(prototype, '_emit', ({ args, run, self }) => {
      if (TOLD.has(args[0])) guard('reading an event', () => sessionOf(self)?.emits(args[0], args[1]));
      return run();
    }),
    interpose(prototype, '_onError', ({ args, run, self }) => {
      guard('reading an error', () => sessionOf(self)?.complains(args[0], args[1]));
      return run();
    }),
    ...['send', 'sendRaw', 'sendResponseCreate'].map((method) =>
      interpose(prototype, method, ({ args, run, self }) => {
        const session = guard('finding a session', () => sessionOf(self));
        return session === undefined ? run() : session.send(run, args[0]);
      }),
    ),
  ];
  const place = placeOn(prototype);
  place.connected = (self) => void sessionOf(self);
  return () => {
    for (const leave of leaves) leave?.();
    place.connected = undefined;
    active = false;
  };
}

/** Where a class has no `socket` of its own, so that its instances' first one is told here, and every later one too. */
function placeOn(prototype: object): Place {
  const known: unknown = Object.getOwnPropertyDescriptor(prototype, PLACE)?.value;
  if (isPlace(known)) return known;
  const place: Place = { connected: undefined };
  Object.defineProperty(prototype, PLACE, { value: place });
  if ('socket' in prototype) return place;
  Object.defineProperty(prototype, 'socket', {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(this: object, first: unknown) {
      let socket = first;
      // As enumerable, and as much its own, as what it stands for.
      Object.defineProperty(this, 'socket', {
        configurable: true,
        enumerable: true,
        get: () => socket,
        set: (next: unknown) => {
          socket = next;
          guard('observing a socket', () => place.connected?.(this, next));
        },
      });
      guard('observing a socket', () => place.connected?.(this, first));
    },
  });
  return place;
}

function isPlace(value: unknown): value is Place {
  return isObject(value) && 'connected' in value;
}
