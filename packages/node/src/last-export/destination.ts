import { readFileSync } from 'node:fs';
import { listAt, method, reach } from './reach.ts';

/** Where a signal goes, as its exporter is configured. */
export interface Destination {
  readonly protocol: 'http' | 'grpc';
  /** With the path, also of gRPC. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  /** PEM. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

type Pems = Destination['tls'];

function pem(value: unknown): string | undefined {
  return typeof value === 'string' ? value : value instanceof Uint8Array ? new TextDecoder().decode(value) : undefined;
}

function pems(options: unknown): Pems {
  const [ca, cert, key] = ['ca', 'cert', 'key'].map((name) => pem(reach(options, name)));
  return { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}

function texts(value: unknown): Record<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Headers and certificates come from promises, so they are asked for at once: at the end it is too late. */
function httpDestination(parameters: unknown, url: string): () => Destination | undefined {
  let ready: Destination | undefined;
  const ask = async (): Promise<void> => {
    try {
      const [headers, agent] = await Promise.all([method(parameters, 'headers')?.(), method(parameters, 'agentFactory')?.(new URL(url).protocol)]);
      ready = { protocol: 'http', url, headers: texts(headers), gzip: reach(parameters, 'compression') === 'gzip', tls: pems(reach(agent, 'options')) };
    } catch {
      // The exporter, which asks the same, says so when it exports.
    }
  };
  void ask();
  return () => ready;
}

const CERTIFICATES = { ca: 'CERTIFICATE', cert: 'CLIENT_CERTIFICATE', key: 'CLIENT_KEY' } as const;

/** gRPC's credentials cannot be taken apart again, so the files are read by the names that the SDK reads them by. */
function certificates(signal: string): Pems {
  return pems(
    Object.fromEntries(
      Object.entries(CERTIFICATES).map(([name, option]) => {
        const file = (process.env[`OTEL_EXPORTER_OTLP_${signal}_${option}`] ?? '').trim() || (process.env[`OTEL_EXPORTER_OTLP_${option}`] ?? '').trim();
        return [name, file === '' ? undefined : readFileSync(file)];
      }),
    ),
  );
}

/** Read at the end: to ask for metadata and credentials loads the gRPC library. */
function grpcDestination(parameters: unknown, signal: string): () => Destination | undefined {
  return () => {
    const [address, path] = [reach(parameters, 'address'), reach(parameters, 'grpcPath')];
    const secure = method(method(parameters, 'credentials')?.(), '_isSecure')?.();
    if (typeof address !== 'string' || typeof path !== 'string' || typeof secure !== 'boolean') return undefined;
    return {
      protocol: 'grpc',
      url: `${secure ? 'https' : 'http'}://${address}${path}`,
      headers: texts(method(method(parameters, 'metadata')?.(), 'getMap')?.()),
      gzip: reach(parameters, 'compression') === 'gzip',
      tls: secure ? certificates(signal) : {},
    };
  };
}

/**
 * Where an OTLP exporter of the SDK sends to.
 *
 * @param signal as the variables spell it: `TRACES`
 * @returns what tells it at the end of the process; `undefined` for an exporter that is of another kind
 */
export function destinationOf(exporter: unknown, signal: string): (() => Destination | undefined) | undefined {
  const transport = reach(exporter, '_delegate', '_transport');
  const http = reach(transport, '_transport', '_parameters');
  const url = reach(http, 'url');
  if (typeof url === 'string') return httpDestination(http, url);
  const grpc = reach(transport, '_parameters');
  return reach(grpc, 'grpcPath') === undefined ? undefined : grpcDestination(grpc, signal);
}

/** The request that an OTLP exporter would make of `items`, in its own encoding. */
export function serialised(exporter: unknown, items: unknown): Uint8Array | undefined {
  const bytes = method(reach(exporter, '_delegate', '_serializer'), 'serializeRequest')?.(items);
  return bytes instanceof Uint8Array ? bytes : undefined;
}

/** `items` in batches as its processor would make them: backends bound the size of a request. */
export function batches(items: readonly unknown[], processor: unknown): unknown[][] {
  const most = reach(processor, '_maxExportBatchSize');
  const size = typeof most === 'number' && most >= 1 ? most : 512;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** The processors of a provider of spans or of log records. */
export function processorsOf(provider: unknown): readonly unknown[] {
  const ofSpans = listAt(provider, '_activeSpanProcessor', '_spanProcessors');
  return ofSpans.length > 0 ? ofSpans : listAt(provider, '_sharedState', 'processors');
}
