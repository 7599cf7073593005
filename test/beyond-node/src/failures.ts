import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

const CERTIFICATES = new URL('../../../packages/node/test/certificates/', import.meta.url);
// Else a client may take the same connection for its next request.
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n';
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\nb\r\ndata: one\n\n\r\n`;
const BAD_GZIP = `${HEAD}content-encoding: gzip\r\ncontent-length: 8\r\n\r\nnot gzip`;

const soon = (act: () => void): void => void setTimeout(act, 100);

/** How exchanges fail, by what docs/runtimes.md calls it. */
const PLAYED: Readonly<Record<string, (socket: Socket) => void>> = {
  'reset before an answer': (socket) => socket.resetAndDestroy(),
  'closed before an answer': (socket) => socket.end(),
  'no HTTP': (socket) => socket.end('NOT HTTP AT ALL\r\n\r\n'),
  'answer cut or reset'(socket) {
    socket.write(CHUNKED);
    soon(() => socket.resetAndDestroy());
  },
  'bad chunk in the answer'(socket) {
    socket.write(CHUNKED);
    soon(() => socket.end('ZZZZ\r\nfoo'));
  },
  'answer is no gzip, though it says so': (socket) => socket.end(BAD_GZIP),
  'the caller’s abort': () => undefined,
  'the caller’s deadline': () => undefined,
};

/** A place where each request fails. */
export interface Failures {
  /** The URL of each failure, by its name. */
  readonly urls: Readonly<Record<string, string>>;
  close(): void;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Starts to fail on loopback. */
export async function startFailures(): Promise<Failures> {
  const names = Object.keys(PLAYED);
  const plain = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      const play = PLAYED[names[Number(/^\w+ \/(\d+)\//.exec(data.toString())?.[1] ?? -1)] ?? ''];
      // A handshake meets HTTP.
      if (play === undefined) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      else play(socket);
    });
  });
  const secure = createTlsServer({ key: readFileSync(new URL('server.key', CERTIFICATES)), cert: readFileSync(new URL('server.pem', CERTIFICATES)) }, (socket) => socket.end());
  secure.on('tlsClientError', () => undefined);
  const nobody = createServer();
  const [port, securePort, closedPort] = [await listening(plain), await listening(secure), await listening(nobody)];
  nobody.close();
  return {
    urls: {
      ...Object.fromEntries(names.map((name, i) => [name, `http://127.0.0.1:${port}/${i}`])),
      'nobody listens': `http://127.0.0.1:${closedPort}`,
      'no such name': 'http://there-is-no-such-host.invalid',
      'certificate not trusted': `https://localhost:${securePort}`,
      'no TLS on that port': `https://127.0.0.1:${port}`,
    },
    close() {
      plain.close();
      secure.close();
    },
  };
}
