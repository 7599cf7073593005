import { request as send } from 'node:http';
import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

const DECODERS: Readonly<Record<string, () => Transform>> = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress, zstd: createZstdDecompress };

/** A `fetch` of the application's own, over `node:http`: none of undici's channels tells of it. */
export const fetchOverNodeHttp: typeof globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const body = Buffer.from(await request.arrayBuffer());
  return new Promise<Response>((resolve, reject) => {
    // Not `request.signal`: that one follows its source only as long as nobody has collected the request.
    const signal = init?.signal ?? undefined;
    const outgoing = send(request.url, { method: request.method, headers: { ...Object.fromEntries(request.headers), 'content-length': String(body.length) }, ...(signal && { signal }), agent: false });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      const stream = Readable.toWeb(decoded(incoming, incoming.headers['content-encoding']));
      const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values]) => (values ?? []).map((value): [string, string] => [name, value]));
      resolve(new Response(stream, { status: incoming.statusCode ?? 0, statusText: incoming.statusMessage ?? '', headers }));
    });
    outgoing.end(body);
  });
};

function decoded(body: Readable, coding: string | undefined): Readable {
  const decoder = DECODERS[coding ?? '']?.();
  // An error of either reaches the reader through the decoder.
  return decoder === undefined ? body : pipeline(body, decoder, () => undefined);
}
