import { createServer } from 'node:http';

/** A backend that takes traces as JSON over HTTP and counts them by their id. */
export interface SpanSink {
  /** Without a path. */
  readonly url: string;
  /** How often each span came, by its id. */
  readonly times: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

interface Traces {
  readonly resourceSpans?: readonly { readonly scopeSpans?: readonly { readonly spans?: readonly { readonly spanId: string }[] }[] }[];
}

/** Starts it on a free port of 127.0.0.1. */
export async function startSpanSink(): Promise<SpanSink> {
  const times = new Map<string, number>();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.once('end', () => {
      const { resourceSpans = [] }: Traces = JSON.parse(body);
      for (const { spans = [] } of resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans)) {
        for (const { spanId } of spans) times.set(spanId, (times.get(spanId) ?? 0) + 1);
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    times,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
