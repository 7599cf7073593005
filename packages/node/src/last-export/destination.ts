import { readFileSync } from 'node:fs';
import { method, reach } from './reach.ts';

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

/** A variable of the OTLP exporter: that of the signal, else that of all. */
function variable(signal: string, option: string): string {
  const [own, shared] = [`OTEL_EXPORTER_OTLP_${signal}_${option}`, `OTEL_EXPORTER_OTLP_${option}`].map((name) => (process.env[name] ?? '').trim());
  return own || shared || '';
}

const CERTIFICATES = { ca: 'CERTIFICATE', cert: 'CLIENT_CERTIFICATE', key: 'CLIENT_KEY' } as const;

function certificates(signal: string): Pems {
  const files = Object.entries(CERTIFICATES).map(([name, option]) => [name, variable(signal, option)] as const);
  return pems(Object.fromEntries(files.filter(([, file]) => file !== '').map(([name, file]) => [name, readFileSync(file)])));
}

/** `key=value` pairs, percent-encoded. */
function pairs(text: string): Record<string, string> {
  const members = text.split(',').map((member) => [member.slice(0, member.indexOf('=')), member.slice(member.indexOf('=') + 1)].map((part) => decodeURIComponent(part.trim())));
  return Object.fromEntries(members.filter(([name]) => name !== ''));
}

/** What an HTTP exporter makes its connections with. Without TLS it is not asked, for that loads all of Node's HTTP client. */
async function tlsOf(parameters: unknown, protocol: string): Promise<Pems> {
  if (protocol !== 'https:') return {};
  // SDK 2 has the options themselves before 0.204.
  const agent: unknown = await method(parameters, 'agentFactory')?.(protocol);
  return pems(reach(agent, 'options') ?? reach(parameters, 'agentOptions'));
}

/**
 * The exporter tells its headers and certificates by promises, so it is asked at once: at the end it is too late. In a
 * process that ends before they are settled, they are read from the variables that the exporter has them from.
 */
function httpDestination(parameters: unknown, url: string, signal: string): () => Destination | undefined {
  const known = { protocol: 'http', url, gzip: reach(parameters, 'compression') === 'gzip' } as const;
  let told: Destination | undefined;
  const ask = async (): Promise<void> => {
    try {
      const [headers, tls] = await Promise.all([method(parameters, 'headers')?.(), tlsOf(parameters, new URL(url).protocol)]);
      told = { ...known, headers: texts(headers), tls };
    } catch {
      // The exporter, which asks the same, says so when it exports.
    }
  };
  void ask();
  return () => told ?? { ...known, headers: { ...pairs(process.env['OTEL_EXPORTER_OTLP_HEADERS'] ?? ''), ...pairs(process.env[`OTEL_EXPORTER_OTLP_${signal}_HEADERS`] ?? '') }, tls: certificates(signal) };
}

/**
 * Read at the end: to ask for metadata and credentials loads the gRPC library. Credentials cannot be taken apart again,
 * so the certificates are read from the files that the variables name.
 */
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
  if (typeof url === 'string') return httpDestination(http, url, signal);
  const grpc = reach(transport, '_parameters');
  return reach(grpc, 'grpcPath') === undefined ? undefined : grpcDestination(grpc, signal);
}
