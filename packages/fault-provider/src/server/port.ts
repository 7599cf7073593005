import { hostname } from 'node:os';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { http1Server } from './http1.ts';
import { Http2Connections, PREFACE } from './http2.ts';
import type { Arrival } from './outlet.ts';

/** What a server shows that speaks TLS. */
export interface Identity {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
}

/** An HTTP/1.1 connection that its client wants to speak WebSocket over. */
export interface Upgrade {
  readonly request: IncomingMessage;
  /** What is spoken over. */
  readonly socket: Socket;
  /** What goes over the wire: the same, unless it is TLS. */
  readonly beneath: Socket;
  readonly head: Buffer;
}

/** What a port is told what to do with. */
export interface PortHandlers {
  readonly answer: (arrival: Arrival) => void;
  readonly upgrade: (upgrade: Upgrade) => void;
  readonly opened: (connection: Socket) => void;
  readonly closed: (connection: Socket) => void;
}

/** The first byte of a TLS handshake. */
const HANDSHAKE = 0x16;

/** Addresses that stand for all of a machine's. */
const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::'];

/** An address as a URL has it: of an IPv6 one in brackets. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The name by which a server is reached that listens on `host`. */
export function reachedBy(host: string): string {
  return inUrl(EVERY_ADDRESS.includes(host) ? hostname() : host);
}

/** A port on which HTTP/1.1 and HTTP/2 (cleartext, with prior knowledge) are spoken, as the client begins. */
export class Port {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #closed: (connection: Socket) => void;

  /** @param identity by which TLS is spoken to whom begins with it */
  constructor({ answer, closed, opened, upgrade }: PortHandlers, identity: Identity | undefined) {
    this.#closed = closed;
    const http1 = http1Server(answer);
    const beneath = new WeakMap<object, Socket>();
    http1.on('upgrade', (request, socket: Socket, head: Buffer) => upgrade({ request, socket, beneath: beneath.get(socket) ?? socket, head }));
    const http2 = new Http2Connections(answer);
    // Half open, as node:http wants its sockets.
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      this.#sockets.add(socket);
      opened(socket);
      socket.once('close', () => this.#gone(socket));
      // A client may leave before it has said what it speaks.
      socket.on('error', () => undefined);
      whenSpeaking(socket, (speaks) => {
        if (speaks === 'http2') http2.take(socket);
        else if (speaks === 'tls' && identity !== undefined) {
          const secure = new TLSSocket(socket, { isServer: true, ...identity });
          secure.on('error', () => undefined);
          beneath.set(secure, socket);
          http1.emit('connection', secure);
        } else http1.emit('connection', socket);
      });
    });
  }

  /** Listens on an address of this machine; resolves with the port. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return portOf(this.#server.address());
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #gone(socket: Socket): void {
    this.#sockets.delete(socket);
    this.#closed(socket);
  }
}

/** Looks at the first bytes of a connection, and leaves them in it. */
function whenSpeaking(socket: Socket, then: (speaks: 'http1' | 'http2' | 'tls') => void, before: Buffer = Buffer.alloc(0)): void {
  socket.once('readable', () => {
    const bytes: unknown = socket.read();
    if (!Buffer.isBuffer(bytes)) {
      socket.end();
      return;
    }
    const all = Buffer.concat([before, bytes]);
    const begin = all.toString('latin1', 0, PREFACE.length);
    if (begin.length < PREFACE.length && PREFACE.startsWith(begin)) {
      whenSpeaking(socket, then, all);
      return;
    }
    socket.unshift(all);
    then(begin === PREFACE ? 'http2' : all[0] === HANDSHAKE ? 'tls' : 'http1');
  });
}

/** The port of a server that listens. */
export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
