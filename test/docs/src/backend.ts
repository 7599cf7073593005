import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Something that takes OTLP over HTTP and counts. */
export interface Backend {
  readonly url: string;
  /** Paths that bodies were posted to. */
  readonly posts: readonly string[];
  close(): void;
}

/** Starts a backend on 127.0.0.1. */
export async function startBackend(): Promise<Backend> {
  const posts: string[] = [];
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      posts.push(request.url ?? '');
      response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'application/json' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    posts,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
