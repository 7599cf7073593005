import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { read, type Exported } from './otlp.ts';

/** A backend on loopback that takes OTLP/JSON and remembers it. */
export interface Receiver {
  readonly url: string;
  readonly exported: Exported;
  /** The path of each request, in order. */
  readonly paths: readonly string[];
  /** What came by other paths than OTLP's. */
  readonly others: readonly { readonly path: string; readonly body: Buffer }[];
  close(): void;
}

/** Starts a backend for one run. */
export async function receive(): Promise<Receiver> {
  const exported: Exported = { spans: [], sums: new Map() };
  const paths: string[] = [];
  const others: { path: string; body: Buffer }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Uint8Array[] = [];
    const path = request.url ?? '';
    paths.push(path);
    for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (path.startsWith('/v1/')) read(body.toString(), exported);
    else others.push({ path, body });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    exported,
    paths,
    others,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
