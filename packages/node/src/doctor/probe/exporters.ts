import { destinationOf } from '../../last-export/destination.ts';
import { exportersOfProvider } from '../../last-export/exporters.ts';
import { reach } from '../../last-export/reach.ts';
import { classOf } from '../../last-export/class-of.ts';
import type { SeenExporter } from './record.ts';
import { registeredProvider } from './registry.ts';

const SIGNALS = [
  { signal: 'traces', provider: 'trace', variables: 'TRACES' },
  { signal: 'metrics', provider: 'metrics', variables: 'METRICS' },
  { signal: 'logs', provider: 'logs', variables: 'LOGS' },
] as const;

type Tell = ReturnType<typeof destinationOf>;

const destinations = new WeakMap<object, Tell>();

/** What tells the destination of an exporter. Asked once: an HTTP exporter tells its headers by a promise. */
function destinationTeller(exporter: object, variables: string): Tell {
  if (!destinations.has(exporter)) destinations.set(exporter, destinationOf(exporter, variables));
  return destinations.get(exporter);
}

/** Asking a gRPC exporter loads the gRPC library, which the application would load with its first export. */
function isGrpc(exporter: object): boolean {
  return reach(exporter, '_delegate', '_transport', '_parameters', 'grpcPath') !== undefined;
}

/**
 * The exporters of the providers that are registered, with where they send.
 *
 * @param late whether what is slow to ask may be asked
 */
export function readExporters(late: boolean): SeenExporter[] {
  return SIGNALS.flatMap(({ signal, provider, variables }) =>
    exportersOfProvider(provider, registeredProvider(provider)).flatMap((exporter): SeenExporter[] => {
      const name = classOf(exporter);
      if (name === undefined || typeof exporter !== 'object' || exporter === null) return [];
      const destination = isGrpc(exporter) && !late ? undefined : destinationTeller(exporter, variables)?.();
      return [{ signal, name, ...(destination !== undefined && { destination }) }];
    }),
  );
}
