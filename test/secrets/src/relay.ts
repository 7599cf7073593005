import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands in front of a provider and keeps every byte that clients send to it and that it answers. It is an HTTP proxy as well, for any host. */
export interface Relay {
  readonly port: number;
  /** Requests, whole or not, each as its bytes, in no order. */
  requests(): readonly Buffer[];
  /** Heads of the tunnels that were asked for. */
  tunnels(): Buffer;
  /** All that the provider answered. */
  answered(): Buffer;
  close(): Promise<void>;
}

const TUNNEL = Buffer.from('CONNECT ');
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** Starts a relay on loopback to a port there. Whatever host a proxied request names, it goes to that port. */
export async function startRelay(to: number): Promise<Relay> {
  const connections: Buffer[][] = [];
  const answers: Buffer[] = [];
  const tunnels: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const sent: Buffer[] = [];
    connections.push(sent);
    const provider = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, other] of [[client, provider], [provider, client]] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.once('close', () => sockets.delete(from));
      from.once('end', () => other.end());
      // A reset on one side is one on the other.
      from.on('error', () => other.resetAndDestroy());
    }
    let begun = false;
    client.on('data', (bytes: Buffer) => {
      const head = begun || !bytes.subarray(0, TUNNEL.length).equals(TUNNEL) ? 0 : bytes.indexOf(END_OF_HEAD) + END_OF_HEAD.length;
      begun = true;
      if (head > 0) tunnels.push(bytes.subarray(0, head));
      if (head > 0) client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      const rest = bytes.subarray(head);
      if (rest.length === 0) return;
      sent.push(rest);
      provider.write(rest);
    });
    provider.on('data', (bytes: Buffer) => {
      answers.push(bytes);
      client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server.address()),
    requests: () => connections.flatMap((sent) => requestsIn(Buffer.concat(sent))),
    tunnels: () => Buffer.concat(tunnels),
    answered: () => Buffer.concat(answers),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** The requests that a client sent through one connection, one after the other. */
function requestsIn(bytes: Buffer): readonly Buffer[] {
  const requests: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const headEnd = bytes.indexOf(END_OF_HEAD, at);
    if (headEnd < 0) return [...requests, bytes.subarray(at)];
    const body = headEnd + END_OF_HEAD.length;
    const head = bytes.subarray(at, body).toString('latin1');
    const length = head.startsWith('GET ') ? '0' : /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    const end = length === undefined ? bytes.length : body + Number(length);
    requests.push(bytes.subarray(at, end));
    at = end;
  }
  return requests;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not a port');
  return address.port;
}
