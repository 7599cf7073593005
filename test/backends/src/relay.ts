import { connect, createServer, type Socket } from 'node:net';

/** A TCP relay before a server that keeps what clients sent. */
export interface Relay {
  /** Use it in place of the server's. */
  readonly url: string;
  /** Every byte that clients sent so far. */
  sent(): Buffer;
  stop(): Promise<void>;
}

/** Starts a relay on a free port of 127.0.0.1 before the server at `targetUrl`. */
export async function startRelay(targetUrl: string): Promise<Relay> {
  const target = new URL(targetUrl);
  const sent: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => sockets.delete(from));
      from.pipe(to);
    }
    client.on('data', (chunk: Buffer) => sent.push(chunk));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    sent: () => Buffer.concat(sent),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
