import { diag, DiagLogLevel } from '@opentelemetry/api';
import { destinationOf, type Destination } from '../last-export/destination.ts';
import { handOver } from '../last-export/hand-over.ts';
import { parcelOf } from '../last-export/parcel.ts';
import { processorsOf } from '../last-export/pending-batches.ts';
import { listAt, reach } from '../last-export/reach.ts';
import { checkEnvironment } from '../environment/check.ts';
import { retryLimits } from '../export-retry/keep-exports.ts';
import { flushTimeout } from '../flush.ts';
import { providerOf } from '../opentelemetry-globals.ts';
import { startSdk } from '../start-sdk.ts';

/** Where one signal goes, as an exporter of the SDK is set up. */
export interface ExportSetting {
  readonly signal: 'traces' | 'metrics' | 'logs';
  /** `http/protobuf`, `http/json`, `grpc`; or what the exporter is, where it does not speak OTLP. */
  readonly protocol: string;
  /** Without what may be secret. */
  readonly url?: string;
  /** Their names: values may be keys. */
  readonly headers?: readonly string[];
  readonly compression?: 'gzip';
  readonly certificates?: readonly string[];
  /** Whether the backend takes an export without content: `undefined` where nothing was asked. */
  readonly answers?: boolean;
  /** Why it does not. */
  readonly reason?: string;
}

/** What is made of a backend that does not take what is sent. */
export interface Patience {
  /** Spans, and log records, that are kept for it; 0: none. */
  readonly keptItems: number;
  /** Bytes of each that are kept. */
  readonly keptBytes: number;
  /** Milliseconds that the last export may take. */
  readonly flushTimeout: number;
}

/** What the exporters are, and what was said while they were made. */
export interface ExportSettings {
  readonly settings: readonly ExportSetting[];
  readonly patience: Patience;
  /** Variables that make no sense, and what the SDK complained of. */
  readonly complaints: readonly string[];
}

/** Milliseconds that a backend may take to answer. */
const ASKED_FOR = 5_000;

const SIGNALS = [
  { signal: 'traces', provider: 'trace', variables: 'TRACES' },
  { signal: 'metrics', provider: 'metrics', variables: 'METRICS' },
  { signal: 'logs', provider: 'logs', variables: 'LOGS' },
] as const;

function exportersOf(provider: (typeof SIGNALS)[number]['provider']): unknown[] {
  const made = providerOf(provider);
  if (provider === 'metrics') return listAt(made, '_sharedState', 'metricCollectors').map((collector) => reach(collector, '_metricReader', '_exporter') ?? reach(collector, '_metricReader'));
  return processorsOf(made).map((processor) => reach(processor, '_exporter') ?? processor);
}

/** A URL may hold a password, and a key in its query. */
function shown(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`;
}

function kindOf(exporter: unknown): string {
  return typeof exporter === 'object' && exporter !== null ? exporter.constructor.name : 'none';
}

function protocolOf({ protocol, headers }: Destination): string {
  if (protocol === 'grpc') return 'grpc';
  return headers['Content-Type'] === 'application/json' ? 'http/json' : 'http/protobuf';
}

/** Sends an export without content, as the exporter would one with. */
function ask(destination: Destination, protocol: string): Pick<ExportSetting, 'answers' | 'reason'> {
  const body = new TextEncoder().encode(protocol === 'http/json' ? '{}' : '');
  const headers = protocol === 'http/protobuf' ? { 'Content-Type': 'application/x-protobuf', ...destination.headers } : destination.headers;
  const reason = handOver([parcelOf(body, { ...destination, headers })], ASKED_FOR);
  return reason === undefined ? { answers: true } : { answers: false, reason };
}

function settingOf(signal: ExportSetting['signal'], exporter: unknown, destination: Destination | undefined, asks: boolean): ExportSetting {
  if (destination === undefined) return { signal, protocol: kindOf(exporter) };
  const protocol = protocolOf(destination);
  const headers = Object.keys(destination.headers).filter((name) => !['content-type', 'user-agent'].includes(name.toLowerCase()));
  const certificates = Object.keys(destination.tls);
  return {
    signal,
    protocol,
    url: shown(destination.url),
    ...(headers.length > 0 && { headers }),
    ...(destination.gzip && { compression: 'gzip' }),
    ...(certificates.length > 0 && { certificates }),
    ...(asks && ask(destination, protocol)),
  };
}

/**
 * Starts the SDK as `@outspan/node/register` does, and reads from its exporters where they would send.
 *
 * @param asks whether each backend is sent an export without content
 */
export async function exportSettings(environment: NodeJS.ProcessEnv, asks: boolean): Promise<ExportSettings> {
  const checked = checkEnvironment(environment);
  const complaints = [...checked.complaints];
  const complain = (message: string): void => void complaints.push(message);
  const pass = (): void => undefined;
  diag.setLogger({ error: complain, warn: complain, info: pass, debug: pass, verbose: pass }, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  startSdk(checked, []);
  const exporters = SIGNALS.flatMap(({ signal, provider, variables }) => exportersOf(provider).map((exporter) => ({ signal, exporter, destination: destinationOf(exporter, variables) })));
  // HTTP exporters tell their headers by promises.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const settings = exporters.map(({ signal, exporter, destination }) => settingOf(signal, exporter, destination?.(), asks));
  diag.disable();
  const { bytes: keptBytes, items: keptItems } = retryLimits(checked.values);
  return { settings, patience: { keptItems, keptBytes, flushTimeout: flushTimeout(checked.values) }, complaints };
}
