import { guard } from '@outspan/core';
import { providerOf } from '../opentelemetry-globals.ts';
import { handOver } from './hand-over.ts';
import type { Pending } from './parcel.ts';
import { pendingBatches, processorsOf } from './pending-batches.ts';
import { pendingMetrics } from './pending-metrics.ts';
import { prepareResource, resourceOf } from './resource.ts';

/** Delivers what is pending before it returns, in at most `timeout` milliseconds. Says why it could not, or `undefined`. */
export type LastExport = (timeout: number) => string | undefined;

/**
 * Follows the exporters of the SDK that is registered, so that what they have not exported can be delivered at the
 * moment when the process ends and nothing asynchronous happens any more.
 */
export function prepareLastExport(): LastExport {
  const [traces, metrics, logs] = [providerOf('trace'), providerOf('metrics'), providerOf('logs')];
  const pending: Pending[] = [
    ...processorsOf(traces).flatMap((processor) => pendingBatches(processor, 'TRACES') ?? []),
    ...processorsOf(logs).flatMap((processor) => pendingBatches(processor, 'LOGS') ?? []),
    ...pendingMetrics(metrics),
  ];
  const resources = Array.from(new Set([traces, metrics, logs].map(resourceOf)), prepareResource);
  return (timeout) => {
    for (const readable of resources) readable();
    const parcels = pending.flatMap((one) => guard('collecting what is pending', () => one.parcels()) ?? []);
    return parcels.length === 0 ? undefined : handOver(parcels, timeout);
  };
}
