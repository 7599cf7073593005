import { createServer, type Http2Server, type Http2Session, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { type Arrival, drained, flat, type Outlet } from './outlet.ts';

/** What the first bytes of a client are that speaks HTTP/2 without having asked (RFC 9113, 3.3). */
export const PREFACE = 'PRI * HTTP/2';

/** A server of cleartext HTTP/2 with prior knowledge, that is given its connections by {@link Http2Connections.take}. */
export class Http2Connections {
  readonly #server: Http2Server;
  readonly #sockets = new WeakMap<Http2Session, Socket>();

  constructor(answer: (arrival: Arrival) => void) {
    this.#server = createServer();
    this.#server.on('stream', (stream, headers) => this.#arrived(stream, headers, answer));
    // Node gives the stream of a client that left an error of its own, also.
    this.#server.on('sessionError', () => undefined);
  }

  take(socket: Socket): void {
    socket.allowHalfOpen = false;
    this.#server.once('session', (session) => this.#sockets.set(session, socket));
    this.#server.emit('connection', socket);
  }

  #arrived(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, answer: (arrival: Arrival) => void): void {
    const left = new AbortController();
    stream.once('close', () => left.abort());
    stream.on('error', () => undefined);
    const socket = stream.session && this.#sockets.get(stream.session);
    if (socket === undefined) return;
    answer({
      httpVersion: '2',
      method: headers[':method'] ?? 'GET',
      target: headers[':path'] ?? '/',
      headers: { host: headers[':authority'] ?? '', ...flat(headers) },
      body: stream,
      connection: socket,
      outlet: new Http2Outlet(stream, socket),
      left: left.signal,
      destroy: () => stream.destroy(BROKEN_OFF),
    });
  }
}

const BROKEN_OFF = new Error('broken off, as the fault wants it');

/** Headers of a connection, which HTTP/2 forbids. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/** Bodies are framed by HTTP/2 itself: a close-delimited one ends as every other does. */
class Http2Outlet implements Outlet {
  readonly #stream: ServerHttp2Stream;
  readonly #socket: Socket;

  constructor(stream: ServerHttp2Stream, socket: Socket) {
    this.#stream = stream;
    this.#socket = socket;
  }

  get gone(): boolean {
    return this.#stream.destroyed;
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    const allowed = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()));
    this.#stream.respond({ ':status': status, ...Object.fromEntries(allowed) });
  }

  write(bytes: Uint8Array, left: AbortSignal): Promise<void> {
    return this.#stream.write(bytes) ? Promise.resolve() : drained(this.#stream, left);
  }

  async complete(): Promise<boolean> {
    const stream = this.#stream;
    await new Promise<void>((resolve) => {
      stream.once('close', resolve);
      stream.end(resolve);
    });
    return stream.writableFinished;
  }

  /** The connection goes without a GOAWAY, as that of a proxy which dies does; its other streams go with it. */
  async close(): Promise<void> {
    const stream = this.#stream;
    if (stream.headersSent) await new Promise<void>((resolve) => stream.write('', () => resolve()));
    this.#socket.destroySoon();
  }

  /** RST_STREAM with INTERNAL_ERROR. `stream.close(code)` would end the body properly first. */
  reset(): void {
    this.#stream.destroy(BROKEN_OFF);
  }
}
