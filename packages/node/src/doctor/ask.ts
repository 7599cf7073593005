import type { Destination } from '../last-export/destination.ts';
import { handOver } from '../last-export/hand-over.ts';
import { parcelOf } from '../last-export/parcel.ts';
import { shownUrl } from '../export-destination.ts';
import type { SignalName } from './probe/record.ts';

/** Where one signal goes, as an exporter of the SDK is set up. */
export interface ExportSetting {
  readonly signal: SignalName;
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

/** Milliseconds that a backend may take to answer. */
const ASKED_FOR = 5_000;

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

/**
 * What can be shown of an exporter, and whether its backend answers.
 *
 * @param name the exporter's class
 * @param destination undefined for an exporter that does not speak OTLP
 * @param asks whether the backend is asked
 */
export function settingOf(signal: SignalName, name: string, destination: Destination | undefined, asks: boolean): ExportSetting {
  if (destination === undefined) return { signal, protocol: name };
  const protocol = protocolOf(destination);
  const headers = Object.keys(destination.headers).filter((header) => !['content-type', 'user-agent'].includes(header.toLowerCase()));
  const certificates = Object.keys(destination.tls);
  return {
    signal,
    protocol,
    url: shownUrl(destination.url),
    ...(headers.length > 0 && { headers }),
    ...(destination.gzip && { compression: 'gzip' }),
    ...(certificates.length > 0 && { certificates }),
    ...(asks && ask(destination, protocol)),
  };
}
