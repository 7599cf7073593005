import { providerOf } from '../opentelemetry-globals.ts';
import { processorsOf } from './destination.ts';
import { handOver } from './hand-over.ts';
import type { Pending } from './parcel.ts';
import { pendingBatches } from './pending-batches.ts';
import { pendingMetrics } from './pending-metrics.ts';

/** Delivers what is pending before it returns, in at most `timeout` milliseconds. Says why it could not, or `undefined`. */
export type LastExport = (timeout: number) => string | undefined;

/**
 * Follows the exporters of the SDK that is registered, so that what they have not exported can be delivered at the
 * moment when the process ends and nothing asynchronous happens any more.
 */
export function prepareLastExport(): LastExport {
  const pending: Pending[] = [
    ...processorsOf(providerOf('trace')).flatMap((processor) => pendingBatches(processor, 'TRACES') ?? []),
    ...processorsOf(providerOf('logs')).flatMap((processor) => pendingBatches(processor, 'LOGS') ?? []),
    ...pendingMetrics(providerOf('metrics')),
  ];
  return (timeout) => {
    const parcels = pending.flatMap((one) => one.parcels());
    return parcels.length === 0 ? undefined : handOver(parcels, timeout);
  };
}
