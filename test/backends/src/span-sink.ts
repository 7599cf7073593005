import { createServer } from 'node:http';

/** A backend that takes traces as JSON over HTTP and counts them by their id. */
export interface SpanSink {
  /** Without a path. */
  readonly url: string;
  /** Takes nothing while it is, and says so by 503. */
  away: boolean;
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
  const state = { away: false };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.once('end', () => {
      if (state.away) {
        response.writeHead(503).end();
        return;
      }
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
  return Object.assign(state, {
    url: `http://127.0.0.1:${address.port}`,
    times,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
