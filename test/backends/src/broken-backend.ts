import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2, type ServerHttp2Stream } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp, type Server, type Socket } from 'node:net';
import { readFile } from 'node:fs/promises';
import type { Certificates } from './certificates.ts';

/** A backend that is not as it should be. */
export interface BrokenBackend {
  readonly url: string;
  /** Requests, or connections where none was read. */
  readonly asked: () => number;
  stop(): Promise<void>;
}

type Answer = (response: ServerResponse, socket: Socket) => void;

/** What can be wrong with a backend. */
export const FAILURES = ['refused', 'hanging', 'slow', '429', '503', 'closing', 'resetting', 'tls', 'grpc refused', 'grpc hanging', 'grpc unavailable', 'grpc resetting'] as const;
/** What can be wrong with a backend. */
export type Failure = (typeof FAILURES)[number];

const SLOW_MS = 300;

/** Whether exporters are to speak gRPC to it. */
export function speaksGrpc(failure: Failure): boolean {
  return failure.startsWith('grpc ');
}

/** A port that was just free: nobody listens. */
function isRefused(failure: Failure): failure is 'refused' | 'grpc refused' {
  return failure === 'refused' || failure === 'grpc refused';
}

const GRPC_UNAVAILABLE = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '14' };

const GRPC_ANSWERS: Readonly<Record<'grpc hanging' | 'grpc unavailable' | 'grpc resetting', (stream: ServerHttp2Stream) => void>> = {
  'grpc hanging': () => undefined,
  // A head that is the whole answer.
  'grpc unavailable': (stream) => stream.respond(GRPC_UNAVAILABLE, { endStream: true }),
  'grpc resetting': (stream) => stream.session?.destroy(),
};

const ANSWERS: Readonly<Record<'hanging' | 'slow' | '429' | '503' | 'closing' | 'resetting', Answer>> = {
  hanging: () => undefined,
  slow: (response) => void setTimeout(() => response.writeHead(200).end(), SLOW_MS),
  '429': (response) => response.writeHead(429, { 'retry-after': '1' }).end(),
  '503': (response) => response.writeHead(503, { 'retry-after': '1' }).end(),
  // Takes the request, and closes its own direction of the connection without a word.
  closing: (_, socket) => void socket.end(),
  resetting: (_, socket) => void socket.resetAndDestroy(),
};

/** Starts a backend that fails in this way, on a free port of 127.0.0.1. */
export async function startBrokenBackend(failure: Failure, certificates: Certificates): Promise<BrokenBackend> {
  let asked = 0;
  const sockets = new Set<Socket>();
  const follow = (server: Server): Server =>
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    });
  const listener = (answer: Answer) => (request: IncomingMessage, response: ServerResponse): void => {
    asked++;
    request.resume().once('end', () => answer(response, request.socket));
  };
  const onStream = (answer: (stream: ServerHttp2Stream) => void) => (stream: ServerHttp2Stream): void => {
    asked++;
    stream.on('error', () => undefined).once('end', () => answer(stream)).resume();
  };
  const server = follow(await serverFor(failure, certificates, listener, onStream));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  };
  if (isRefused(failure)) await stop();
  return { url: `${failure === 'tls' ? 'https' : 'http'}://127.0.0.1:${address.port}`, asked: () => asked, stop: isRefused(failure) ? () => Promise.resolve() : stop };
}

async function serverFor(
  failure: Failure,
  certificates: Certificates,
  listener: (answer: Answer) => (request: IncomingMessage, response: ServerResponse) => void,
  onStream: (answer: (stream: ServerHttp2Stream) => void) => (stream: ServerHttp2Stream) => void,
): Promise<Server> {
  if (isRefused(failure)) return createTcp();
  // Its certificate is signed by an authority that the application does not know.
  if (failure === 'tls') return createHttps({ cert: await readFile(certificates.certificate), key: await readFile(certificates.key) }, listener((response) => response.end()));
  if (failure === 'grpc hanging' || failure === 'grpc unavailable' || failure === 'grpc resetting') return createHttp2().on('stream', onStream(GRPC_ANSWERS[failure]));
  return createHttp(listener(ANSWERS[failure]));
}
