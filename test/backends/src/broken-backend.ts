import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
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
export const FAILURES = ['refused', 'hanging', 'slow', '429', '503', 'closing', 'resetting', 'tls'] as const;
/** What can be wrong with a backend. */
export type Failure = (typeof FAILURES)[number];

const SLOW_MS = 300;

const ANSWERS: Readonly<Record<Exclude<Failure, 'refused' | 'tls'>, Answer>> = {
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
  const server = follow(await serverFor(failure, certificates, listener));
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
  // A port that was just free: nobody listens.
  if (failure === 'refused') await stop();
  return { url: `${failure === 'tls' ? 'https' : 'http'}://127.0.0.1:${address.port}`, asked: () => asked, stop: failure === 'refused' ? () => Promise.resolve() : stop };
}

async function serverFor(failure: Failure, certificates: Certificates, listener: (answer: Answer) => (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  if (failure === 'refused') return createTcp();
  // Its certificate is signed by an authority that the application does not know.
  if (failure === 'tls') return createHttps({ cert: await readFile(certificates.certificate), key: await readFile(certificates.key) }, listener((response) => response.end()));
  return createHttp(listener(ANSWERS[failure]));
}
