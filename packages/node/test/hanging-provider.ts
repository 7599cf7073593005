import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A provider on loopback that never ends an answer. `/asked` is answered once a call has come. */
export interface HangingProvider {
  readonly url: string;
  close(): void;
}

const FIRST_EVENT = 'data: {"id":"c1","object":"chat.completion.chunk","model":"gpt-5","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n';

export async function startHangingProvider(): Promise<HangingProvider> {
  let asked = false;
  const waiting: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/asked') {
      if (asked) response.end();
      else waiting.push(response);
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      asked = true;
      for (const one of waiting.splice(0)) one.end();
      if (body.includes('"stream":true')) response.writeHead(200, { 'content-type': 'text/event-stream' }).write(FIRST_EVENT);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() satisfies AddressInfo | string | null;
  if (address === null || typeof address === 'string') throw new Error('not a port');
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
