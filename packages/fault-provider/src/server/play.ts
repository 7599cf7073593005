import { setTimeout as wait } from 'node:timers/promises';
import type { Ending, Piece, Reply } from '../wire/reply.ts';
import { SAID_NOTHING, type Said, saidAlso } from '../wire/said.ts';
import { compressed } from './compress.ts';
import type { Outlet } from './outlet.ts';
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

const ENDINGS: Readonly<Record<Ending, (outlet: Outlet, left: AbortSignal) => Promise<EndedBy>>> = {
  async complete(outlet) {
    return (await outlet.complete()) ? 'complete' : 'client';
  },
  async fin(outlet) {
    await outlet.close();
    return 'fin';
  },
  async reset(outlet, left) {
    await wait(SETTLE_MS, undefined, { signal: left });
    outlet.reset();
    return 'reset';
  },
  async hang(_outlet, left) {
    await wait(LONGEST_TIMER_MS, undefined, { signal: left, ref: false });
    return 'client';
  },
};

/**
 * Plays an answer.
 * @returns how it ended; it does not throw when the client leaves
 */
export async function play(reply: Reply, outlet: Outlet, left: AbortSignal, progress: Progress): Promise<EndedBy> {
  if (outlet.gone || left.aborted) return 'client';
  try {
    if (reply.head) {
      await sendHead(reply, outlet, progress);
      await sendBody(reply, outlet, left, progress);
    }
    return await ENDINGS[reply.ending](outlet, left);
  } catch (error) {
    if (left.aborted || outlet.gone) return 'client';
    throw error;
  }
}

async function sendHead({ head, framing, owed, body, coding }: Reply, outlet: Outlet, progress: Progress): Promise<void> {
  if (!head) return;
  const headers: Record<string, string> = { ...head.headers };
  if (coding) headers['content-encoding'] = coding.name;
  if (framing === 'length') {
    let length = owed;
    for await (const { bytes } of coding ? compressed(body, coding) : body) length += bytes.length;
    headers['content-length'] = String(length);
  }
  outlet.head(head.status, headers, framing);
  progress.head(head.status, headers);
}

async function sendBody({ body, coding, pauseMs }: Reply, outlet: Outlet, left: AbortSignal, progress: Progress): Promise<void> {
  let said = SAID_NOTHING;
  let first = true;
  const pieces: Iterable<Piece> | AsyncIterable<Piece> = coding ? compressed(body, coding) : body;
  for await (const { bytes, says } of pieces) {
    // Without a turn of the event loop in between, pieces would leave in one packet.
    if (!first) await (pauseMs > 0 ? wait(pauseMs, undefined, { signal: left }) : turn());
    first = false;
    left.throwIfAborted();
    if (bytes.length > 0) await outlet.write(bytes, left);
    said = saidAlso(said, says);
    progress.body(bytes.length, said);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
