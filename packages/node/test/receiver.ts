import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createSecureServer, createServer as createHttp2, type Http2Server, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer as createTcp, type AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';

/** One request that an exporter made. */
export interface Received {
  /** Whether the answer said so. */
  readonly taken: boolean;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As sent, decompressed. Protobuf keeps texts readable. */
  readonly body: Buffer;
  /** The subject of the client's certificate, where it showed one. */
  readonly client?: string;
}

/** A backend on loopback that takes OTLP and remembers it. */
export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly requests: Received[];
  close(): Promise<void>;
}

/** A certificate file of the tests. */
export function certificate(name: string): string {
  return new URL(`./certificates/${name}`, import.meta.url).pathname;
}

function credentials(): { key: Buffer; cert: Buffer; ca: Buffer } {
  return { key: readFileSync(certificate('server.key')), cert: readFileSync(certificate('server.pem')), ca: readFileSync(certificate('ca.pem')) };
}

async function bodyOf(request: IncomingMessage | ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function isSecure(socket: object): socket is TLSSocket {
  return 'getPeerCertificate' in socket;
}

async function listen(server: Server | Http2Server | Http2SecureServer, scheme: 'http' | 'https', requests: Received[]): Promise<Receiver> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port }: AddressInfo = addressOf(server.address());
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('not a port');
  return address;
}

/** A status; or none: the request is left without an answer, or its connection is reset. */
export type Answer = number | 'never' | 'reset';

/** Receives OTLP over HTTP, in either encoding, and answers as `answer` says; a function is asked for each request. */
export async function receiveHttp(options: { tls?: 'server' | 'mutual'; answer?: Answer | (() => Answer); retryAfter?: string } = {}): Promise<Receiver> {
  const requests: Received[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await bodyOf(request);
    const status = typeof options.answer === 'function' ? options.answer() : (options.answer ?? 200);
    const subject: unknown = isSecure(request.socket) ? request.socket.getPeerCertificate().subject?.CN : undefined;
    requests.push({
      taken: status === 200,
      path: request.url ?? '',
      headers: request.headers,
      body: request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw,
      ...(typeof subject === 'string' ? { client: subject } : {}),
    });
    if (status === 'never') return;
    if (status === 'reset') return void request.socket.resetAndDestroy();
    response.writeHead(status, { 'content-type': request.headers['content-type'] ?? 'application/json', ...(options.retryAfter !== undefined && status !== 200 && { 'retry-after': options.retryAfter }) }).end();
  };
  const listener: RequestListener = (request, response) => void answer(request, response);
  const secure = { ...credentials(), requestCert: options.tls === 'mutual', rejectUnauthorized: options.tls === 'mutual' };
  const server = options.tls === undefined ? createHttp(listener) : createHttps(secure, listener);
  return listen(server, options.tls === undefined ? 'http' : 'https', requests);
}

/** Receives OTLP over gRPC. `answer` gives the gRPC status for each request. */
export async function receiveGrpc(options: { tls?: boolean; answer?: () => number } = {}): Promise<Receiver> {
  const requests: Received[] = [];
  const server = options.tls === true ? createSecureServer(credentials()) : createHttp2();
  const answer = async (stream: ServerHttp2Stream, path: string, headers: Received['headers']): Promise<void> => {
    const framed = await bodyOf(stream);
    // One length-prefixed message: a compression flag, four bytes of length.
    const message = framed.subarray(5);
    const status = options.answer?.() ?? 0;
    requests.push({ taken: status === 0, path, headers, body: framed[0] === 1 ? gunzipSync(message) : message });
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status) }));
    stream.end(status === 0 ? Buffer.alloc(5) : undefined);
  };
  server.on('stream', (stream, headers) => void answer(stream, headers[':path'] ?? '', headers));
  return listen(server, options.tls === true ? 'https' : 'http', requests);
}

/**
 * A port on which nobody listens, nor will: it is held by the other end of a connection, so that no server that asks for a
 * free port is given it, and whoever connects to it is refused.
 */
export async function unusedPort(): Promise<number> {
  const server = createTcp().listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const holder = connect({ host: '127.0.0.1', port: addressOf(server.address()).port }).unref();
  await once(holder, 'connect');
  server.close();
  if (holder.localPort === undefined) throw new Error('the connection was lost');
  return holder.localPort;
}

const receivers: Receiver[] = [];

/** A receiver that {@link closeReceivers} closes. */
export async function receiving(receiver: Promise<Receiver>): Promise<Receiver> {
  const made = await receiver;
  receivers.push(made);
  return made;
}

/** Closes the receivers of a file's tests. */
export async function closeReceivers(): Promise<void> {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
}
