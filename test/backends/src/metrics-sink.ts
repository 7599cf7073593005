import { createServer } from 'node:http';

/** A backend that takes metrics as JSON over HTTP and remembers the newest value of each series. */
export interface MetricsSink {
  /** Of the signal alone: `…/v1/metrics`. */
  readonly url: string;
  /** The sum of a metric's newest values, over the series whose attributes `chosen` takes. */
  sum(metric: string, chosen?: (attributes: Readonly<Record<string, unknown>>) => boolean): number;
  stop(): Promise<void>;
}

interface Point {
  readonly attributes?: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly asInt?: string | number;
  readonly asDouble?: number;
}

interface Exported {
  readonly resourceMetrics?: readonly { readonly scopeMetrics?: readonly { readonly metrics?: readonly { readonly name: string; readonly sum?: { readonly dataPoints?: readonly Point[] } }[] }[] }[];
}

interface Series {
  readonly metric: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number;
}

/** Starts it on a free port of 127.0.0.1. */
export async function startMetricsSink(): Promise<MetricsSink> {
  const series = new Map<string, Series>();
  const take = (body: string): void => {
    const { resourceMetrics = [] }: Exported = JSON.parse(body);
    for (const { name, sum } of resourceMetrics.flatMap(({ scopeMetrics = [] }) => scopeMetrics).flatMap(({ metrics = [] }) => metrics)) {
      for (const { attributes = [], asInt, asDouble } of sum?.dataPoints ?? []) {
        const named = Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
        series.set(`${name} ${JSON.stringify(named)}`, { metric: name, attributes: named, value: Number(asInt ?? asDouble ?? 0) });
      }
    }
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.once('end', () => {
      take(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: `http://127.0.0.1:${address.port}/v1/metrics`,
    sum: (metric, chosen = () => true) => [...series.values()].reduce((sum, each) => (each.metric === metric && chosen(each.attributes) ? sum + each.value : sum), 0),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
