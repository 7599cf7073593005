import { destinationOf } from '../last-export/destination.ts';
import { processorsOf } from '../last-export/exporters.ts';
import { reach } from '../last-export/reach.ts';
import { providerOf } from '../opentelemetry-globals.ts';
import { ExportCounts } from './export-counts.ts';
import { KeptExports } from './kept-exports.ts';
import type { RetryLimits } from './kept-batches.ts';

/** How much is kept unless told otherwise: more than half a minute of 100 spans a second. */
export const RETRY_LIMITS: RetryLimits = { items: 10_000, bytes: 16 * 1_024 * 1_024 };

/** The limits as the checked variables say. */
export function retryLimits(values: Readonly<Record<string, string | undefined>>): RetryLimits {
  const [items, bytes] = [values['OUTSPAN_RETRY_QUEUE_SIZE'], values['OUTSPAN_RETRY_QUEUE_BYTES']];
  return { items: items === undefined ? RETRY_LIMITS.items : Number(items), bytes: bytes === undefined ? RETRY_LIMITS.bytes : Number(bytes) };
}

const SIGNALS = [
  { provider: 'trace', variables: 'TRACES', what: 'spans', counted: 'span' },
  { provider: 'logs', variables: 'LOGS', what: 'log records', counted: 'log' },
] as const;

/**
 * Has the OTLP exporters of the SDK that is registered keep spans and log records while their backend is away. Metrics
 * need none of it: the next export says what the one that was lost would have said.
 *
 * @param observed whether what becomes of it is counted
 * @returns what they keep; nothing where a limit is 0
 */
export function keepExports(limits: RetryLimits, observed: boolean): KeptExports[] {
  if (limits.items === 0 || limits.bytes === 0) return [];
  return SIGNALS.flatMap(({ provider, variables, what, counted }) =>
    processorsOf(providerOf(provider)).flatMap((processor) => {
      const exporter = reach(processor, '_exporter');
      const destination = destinationOf(exporter, variables);
      if (typeof exporter !== 'object' || exporter === null || destination === undefined) return [];
      const protocol = reach(exporter, '_delegate', '_transport', '_transport') === undefined ? 'grpc' : 'http';
      const counts = observed ? new ExportCounts(counted, protocol) : undefined;
      const begin = (items: number): ((errorType?: string) => void) => counts?.begin(items) ?? (() => undefined);
      return [new KeptExports({ exporter, what, protocol, destination, limits, begin })];
    }),
  );
}
