import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** One export as it came. */
export interface Export {
  /** `/v1/traces`, with whatever the endpoint has before it. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Decompressed. */
  readonly body: Buffer;
}

/** An OTLP backend on loopback that keeps what it gets. It takes `http/protobuf`. */
export interface Receiver {
  /** Without a path. */
  readonly url: string;
  readonly exports: readonly Export[];
  close(): Promise<void>;
}

/** Starts a receiver on a free port. */
export async function startReceiver(): Promise<Receiver> {
  const exports: Export[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      exports.push({ path: request.url ?? '', headers: request.headers, body: request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent });
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    exports,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
