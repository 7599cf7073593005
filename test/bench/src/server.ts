/**
 * The benchmark's provider, run as a process of its own: it answers chat completions as cheaply as it can.
 *
 * Streams go out as one HTTP chunk per event, ten chunks per write, which is the hard case for who watches chunks.
 * A stream of {@link GATED_MODEL} goes on only as far as the gate is open, so that the client can be looked at in between.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { HEADERS, stream, UNARY, WORD } from './bodies.ts';
import { EVENTS, GATED_MODEL } from './workloads.ts';

const EVENTS_PER_WRITE = 10;
/** Milliseconds between writes. Without a pause they would pile up in one read, whose splitting costs the SDK far more than any watcher adds. */
const PAUSE = 4;
const WHOLE_STREAM = stream(EVENTS);

/** How many events a gated stream may have sent. */
let gate = 0;
const waiting = new Set<() => void>();

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
});
// The client keeps its connections through pauses of a whole garbage collection.
server.keepAliveTimeout = 60_000;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (request.url === '/gate') {
    openGate(Number(body));
    response.end();
  } else if (!body.includes('"stream":true')) {
    response.writeHead(200, { ...HEADERS, 'content-type': 'application/json', 'content-length': UNARY.byteLength });
    response.end(UNARY);
  } else {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
    response.flushHeaders();
    if (body.includes(GATED_MODEL)) await sendGated(response);
    else await send(response, WHOLE_STREAM);
  }
}

async function send(response: ServerResponse, events: readonly Buffer[]): Promise<void> {
  for (let at = 0; at < events.length; at += EVENTS_PER_WRITE) {
    await write(response, events.slice(at, at + EVENTS_PER_WRITE));
    await pause(PAUSE);
  }
  response.end();
}

async function sendGated(response: ServerResponse): Promise<void> {
  for (let sent = 0; !response.closed; ) {
    if (sent >= gate) {
      await Promise.race([new Promise<void>((resolve) => waiting.add(resolve)), once(response, 'close')]);
      continue;
    }
    const count = Math.min(EVENTS_PER_WRITE, gate - sent);
    await write(response, Array<Buffer>(count).fill(WORD));
    sent += count;
  }
}

async function write(response: ServerResponse, events: readonly Buffer[]): Promise<void> {
  response.cork();
  let room = true;
  for (const event of events) room = response.write(event);
  response.uncork();
  if (!room && !response.closed) await Promise.race([once(response, 'drain'), once(response, 'close')]);
}

function openGate(events: number): void {
  gate = events;
  for (const resume of waiting) resume();
  waiting.clear();
}

// A connection of the benchmark is the parent's channel: without a parent there is nobody to serve.
process.once('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ port });
});
