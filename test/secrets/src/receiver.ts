import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** One export. */
export interface Export {
  /** `/v1/traces`, … */
  readonly path: string;
  /** Decompressed. */
  readonly body: Buffer;
  /** As sent, for there may be something in it that decompression hides. */
  readonly sent: Buffer;
  /** The head as it came, without the exporter's own `authorization`. */
  readonly head: string;
  readonly authorization: string | undefined;
}

/** An OTLP backend on loopback that keeps every byte. */
export interface Receiver {
  readonly port: number;
  readonly exports: readonly Export[];
  close(): Promise<void>;
}

/** Starts a backend. */
export async function startReceiver(): Promise<Receiver> {
  const exports: Export[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const { authorization, ...headers } = request.headers;
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      exports.push({ path: request.url ?? '', body, sent, head: `${request.url ?? ''} ${JSON.stringify(headers)}`, authorization });
      response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'application/json' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a port');
  return {
    port: address.port,
    exports,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
