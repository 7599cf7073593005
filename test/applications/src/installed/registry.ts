import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Packed } from './packed.ts';

/** An npm registry on loopback that has the packed packages and no others. */
export interface Registry {
  readonly url: string;
  close(): void;
}

const TARBALL = /^\/-\/(.+)\.tgz$/;

/** What a registry says of a package. Package managers may refuse a version that is too young, so that it needs an age. */
function packument({ name, version, manifest, tarball }: Packed, url: string): object {
  const dist = {
    tarball: `${url}/-/${encodeURIComponent(name)}.tgz`,
    integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    shasum: createHash('sha1').update(tarball).digest('hex'),
  };
  const then = '2026-01-01T00:00:00.000Z';
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } }, time: { created: then, modified: then, [version]: then } };
}

/** Serves the packed packages, for a package manager that is told to look for their scope here. */
export async function serve(packed: readonly Packed[]): Promise<Registry> {
  const byName = new Map(packed.map((one) => [one.name, one]));
  let url = '';
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://127.0.0.1').pathname);
    const [, tarballOf] = TARBALL.exec(path) ?? [];
    const one = byName.get(tarballOf ?? path.slice(1));
    // Another run may have the same port, and other packages.
    response.setHeader('cache-control', 'no-store');
    if (one === undefined) response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not_found"}');
    else if (tarballOf === undefined) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(packument(one, url)));
    else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(one.tarball);
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a port');
  url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
