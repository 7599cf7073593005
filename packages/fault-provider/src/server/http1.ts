import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Framing } from '../wire/reply.ts';
import { type Arrival, drained, flat, type Outlet } from './outlet.ts';

/** A server that is given its connections by `emit('connection', socket)`. */
export function http1Server(answer: (arrival: Arrival) => void): Server {
  const server = createServer({ keepAliveTimeout: 75_000, headersTimeout: 0, requestTimeout: 0 }, (request, response) => {
    const left = new AbortController();
    response.once('close', () => left.abort());
    answer({
      httpVersion: '1.1',
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      headers: flat(request.headers),
      body: request,
      connection: request.socket,
      outlet: new Http1Outlet(request, response),
      left: left.signal,
      destroy: () => request.socket.destroy(),
    });
  });
  // A client that leaves in the middle of its request is nothing to answer.
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

/** Bodies are framed by node:http and broken off at the socket beneath it. */
class Http1Outlet implements Outlet {
  readonly #response: ServerResponse;
  readonly #socket: Socket;

  constructor({ socket }: IncomingMessage, response: ServerResponse) {
    this.#response = response;
    this.#socket = socket;
  }

  get gone(): boolean {
    return this.#socket.destroyed;
  }

  head(status: number, headers: Readonly<Record<string, string>>, framing: Framing): void {
    const response = this.#response;
    if (framing === 'close') {
      response.shouldKeepAlive = false;
      response.removeHeader('transfer-encoding');
    }
    response.writeHead(status, { ...headers, ...(framing === 'close' && { connection: 'close' }) });
    response.flushHeaders();
  }

  write(bytes: Uint8Array, left: AbortSignal): Promise<void> {
    return this.#response.write(bytes) ? Promise.resolve() : drained(this.#response, left);
  }

  async complete(): Promise<boolean> {
    const response = this.#response;
    await new Promise<void>((resolve) => {
      response.once('close', resolve);
      response.end(resolve);
    });
    return response.writableFinished;
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    if (this.#response.headersSent && socket.writable) await new Promise<void>((resolve) => socket.write('', () => resolve()));
    socket.destroySoon();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }
}
