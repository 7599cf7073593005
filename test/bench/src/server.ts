/**
 * The benchmark's provider, run as a process of its own: it answers chat completions as cheaply as it can.
 *
 * Streams go out as one HTTP chunk per event, as many as `max_tokens` says. One of the gated model goes on only as far
 * as the gate is open, so that the client can be looked at in between.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { HEADERS, stream, UNARY, WORD } from './bodies.ts';
import { MODELS } from './workloads.ts';

const BURST = 10;
/** Milliseconds between writes. Without a pause they would pile up in one read, whose splitting costs the SDK far more than any watcher adds. */
const PAUSE = { [MODELS.paced]: 1, [MODELS.bursts]: 8 };

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
    const { model, max_tokens: events }: { model: string; max_tokens?: number } = JSON.parse(body.toString());
    if (model === MODELS.gated) await sendGated(response);
    else if (model === MODELS.bursts) await send(response, stream(events ?? 0), BURST, PAUSE[model]);
    else await send(response, stream(events ?? 0), 1, PAUSE[MODELS.paced]);
  }
}

async function send(response: ServerResponse, events: readonly Buffer[], perWrite: number, ms: number): Promise<void> {
  for (let at = 0; at < events.length; at += perWrite) {
    await write(response, events.slice(at, at + perWrite));
    await pause(ms);
  }
  response.end();
}

async function sendGated(response: ServerResponse): Promise<void> {
  for (let sent = 0; !response.closed; ) {
    if (sent >= gate) {
      await Promise.race([new Promise<void>((resolve) => waiting.add(resolve)), once(response, 'close')]);
      continue;
    }
    const count = Math.min(BURST, gate - sent);
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
