import { request as send } from 'node:http';
import { Readable } from 'node:stream';

/** A `fetch` of the application's own, over `node:http`: none of undici's channels tells of it. */
export const fetchOverNodeHttp: typeof globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const body = Buffer.from(await request.arrayBuffer());
  return new Promise<Response>((resolve, reject) => {
    const outgoing = send(request.url, { method: request.method, headers: { ...Object.fromEntries(request.headers), 'content-length': String(body.length) }, signal: request.signal, agent: false });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      const stream = Readable.toWeb(incoming);
      const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values]) => (values ?? []).map((value): [string, string] => [name, value]));
      // The two declarations of ReadableStream, Node's and the one of fetch, are the same class.
      resolve(new Response(stream as unknown as ReadableStream<Uint8Array>, { status: incoming.statusCode ?? 0, statusText: incoming.statusMessage ?? '', headers }));
    });
    outgoing.end(body);
  });
};
