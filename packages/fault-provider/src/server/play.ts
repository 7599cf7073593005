import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Ending, Piece, Reply } from '../wire/reply.ts';
import { SAID_NOTHING, type Said, saidAlso } from '../wire/said.ts';
import { compressed } from './compress.ts';
import type { EndedBy } from './received.ts';

/** What a player tells as it goes. */
export interface Progress {
  head(status: number, headers: Readonly<Record<string, string>>): void;
  body(bytes: number, said: Said): void;
}

/**
 * Before a reset, so that the client has read what was sent: a reset throws away what is still under way.
 * Long against loopback, short against a test.
 */
const SETTLE_MS = 30;
/** A hang ends when the client leaves. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const ENDINGS: Readonly<Record<Ending, (response: ServerResponse, socket: Socket, left: AbortSignal) => Promise<EndedBy>>> = {
  async complete(response) {
    await finished(response);
    return response.writableFinished ? 'complete' : 'client';
  },
  async fin(response, socket) {
    await flushed(response);
    socket.destroySoon();
    return 'fin';
  },
  async reset(_response, socket, left) {
    await wait(SETTLE_MS, undefined, { signal: left });
    socket.resetAndDestroy();
    return 'reset';
  },
  async hang(_response, _socket, left) {
    await wait(LONGEST_TIMER_MS, undefined, { signal: left, ref: false });
    return 'client';
  },
};

/**
 * Plays an answer on a connection. Bodies are framed by node:http and broken off at the socket beneath it.
 * @returns how it ended; it does not throw when the client leaves
 */
export async function play(reply: Reply, response: ServerResponse, left: AbortSignal, progress: Progress): Promise<EndedBy> {
  const socket = response.socket;
  if (socket === null || left.aborted) return 'client';
  try {
    if (reply.head) {
      await sendHead(reply, response, progress);
      await sendBody(reply, response, left, progress);
    }
    return await ENDINGS[reply.ending](response, socket, left);
  } catch (error) {
    if (left.aborted || socket.destroyed) return 'client';
    throw error;
  }
}

async function sendHead({ head, framing, owed, body, coding }: Reply, response: ServerResponse, progress: Progress): Promise<void> {
  if (!head) return;
  const headers: Record<string, string> = { ...head.headers };
  if (coding) headers['content-encoding'] = coding.name;
  if (framing === 'length') {
    let length = owed;
    for await (const { bytes } of coding ? compressed(body, coding) : body) length += bytes.length;
    headers['content-length'] = String(length);
  }
  if (framing === 'close') {
    response.shouldKeepAlive = false;
    response.removeHeader('transfer-encoding');
    headers['connection'] = 'close';
  }
  response.writeHead(head.status, headers);
  response.flushHeaders();
  progress.head(head.status, headers);
}

async function sendBody({ body, coding, pauseMs }: Reply, response: ServerResponse, left: AbortSignal, progress: Progress): Promise<void> {
  let said = SAID_NOTHING;
  let first = true;
  const pieces: Iterable<Piece> | AsyncIterable<Piece> = coding ? compressed(body, coding) : body;
  for await (const { bytes, says } of pieces) {
    // Without a turn of the event loop in between, pieces would leave in one packet.
    if (!first) await (pauseMs > 0 ? wait(pauseMs, undefined, { signal: left }) : turn());
    first = false;
    left.throwIfAborted();
    if (bytes.length > 0) await written(response, bytes, left);
    said = saidAlso(said, says);
    progress.body(bytes.length, said);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function written(response: ServerResponse, bytes: Uint8Array, left: AbortSignal): Promise<void> {
  if (response.write(bytes)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const done = (): void => {
      response.off('drain', done);
      left.removeEventListener('abort', gone);
      resolve();
    };
    const gone = (): void => {
      response.off('drain', done);
      reject(new Error('the client left'));
    };
    response.once('drain', done);
    left.addEventListener('abort', gone, { once: true });
  });
}

function finished(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.end(resolve);
  });
}

/** Until what was written has left the process. */
function flushed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.headersSent && response.socket?.writable) response.socket.write('', () => resolve());
    else resolve();
  });
}
