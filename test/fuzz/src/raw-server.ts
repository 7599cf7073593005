import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { FuzzCase } from './case.ts';

/** A server that knows nothing of HTTP but where a request ends. */
export interface RawServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Milliseconds before the connection ends, so that the client has read what was sent: what is still under way may be lost. */
const SETTLE_MS = 40;
const CASE = /^POST \/(?<id>c\d+)\//;
const LENGTH = /\r\ncontent-length: (?<length>\d+)\r\n/i;

/** Answers each request by the bytes of its case, which its path names, and closes the connection. */
export async function startRawServer(bytesOf: (id: string) => { readonly writes: readonly Buffer[]; readonly ending: FuzzCase['ending'] } | undefined, settle: number): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let text = '';
    const onData = (data: Buffer): void => {
      text += data.toString('latin1');
      const headEnd = text.indexOf('\r\n\r\n');
      const length = Number(LENGTH.exec(text)?.groups?.['length'] ?? 0);
      if (headEnd === -1 || text.length < headEnd + 4 + length) return;
      socket.off('data', onData);
      void answer(socket, bytesOf(CASE.exec(text)?.groups?.['id'] ?? ''), settle);
    };
    socket.on('data', onData);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server's
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

async function answer(socket: Socket, bytes: { readonly writes: readonly Buffer[]; readonly ending: FuzzCase['ending'] } | undefined, settle: number): Promise<void> {
  for (const piece of bytes?.writes ?? []) {
    if (socket.destroyed) return;
    socket.write(piece);
    await wait(1);
  }
  await wait(SETTLE_MS * settle);
  if (bytes?.ending === 'reset') socket.resetAndDestroy();
  else socket.end();
}
