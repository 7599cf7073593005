import { destinationOf } from '../last-export/destination.ts';
import { exportersOfProvider } from '../last-export/exporters.ts';
import { checkEnvironment } from '../environment/check.ts';
import { retryLimits } from '../export-retry/keep-exports.ts';
import { flushTimeout } from '../ending/flush-at-end.ts';
import { providerOf } from '../opentelemetry-globals.ts';
import { startSdk } from '../sdk/start-sdk.ts';
import { settingOf, type ExportSetting } from './ask.ts';
import { classOf } from '../last-export/class-of.ts';

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

const SIGNALS = [
  { signal: 'traces', provider: 'trace', variables: 'TRACES' },
  { signal: 'metrics', provider: 'metrics', variables: 'METRICS' },
  { signal: 'logs', provider: 'logs', variables: 'LOGS' },
] as const;

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
  // NODE_OPTIONS may have started it here, too.
  if (SIGNALS.every(({ provider }) => providerOf(provider) === undefined)) startSdk(checked, undefined, { error: complain, warn: complain, info: pass, debug: pass, verbose: pass });
  const exporters = SIGNALS.flatMap(({ signal, provider, variables }) => exportersOfProvider(provider, providerOf(provider)).map((exporter) => ({ signal, exporter, destination: destinationOf(exporter, variables) })));
  // HTTP exporters tell their headers by promises.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const settings = exporters.map(({ signal, exporter, destination }) => settingOf(signal, classOf(exporter) ?? 'none', destination?.(), asks));
  const { bytes: keptBytes, items: keptItems } = retryLimits(checked.values);
  return { settings, patience: { keptItems, keptBytes, flushTimeout: flushTimeout(checked.values) }, complaints };
}
