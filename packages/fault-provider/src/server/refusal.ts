import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Reply } from '../wire/reply.ts';
import type { EndedBy } from './received.ts';

/** Answers a handshake by something else than an upgrade, and leaves the connection as the reply says. */
export async function refuseUpgrade(reply: Reply, socket: Socket, beneath: Socket): Promise<EndedBy> {
  const { body, ending, head } = reply;
  if (head !== undefined) {
    const bytes = Buffer.concat([...body].map((piece) => piece.bytes));
    const headers = Object.entries({ ...head.headers, 'content-length': String(bytes.length), connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${head.status} ${STATUS_CODES[head.status] ?? ''}\r\n${headers.join('')}\r\n`);
    socket.write(bytes);
  }
  switch (ending) {
    case 'hang':
      await new Promise((resolve) => {
        beneath.once('close', resolve);
      });
      return 'client';
    case 'reset':
      if (head !== undefined) await wait(30);
      beneath.resetAndDestroy();
      return 'reset';
    case 'fin':
    case 'complete':
      break;
  }
  socket.end();
  return ending;
}
