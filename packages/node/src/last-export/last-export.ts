import { announce, guard } from '@outspan/core';
import { providerOf } from '../opentelemetry-globals.ts';
import { isKnownInside, processorsOf } from './exporters.ts';
import type { Provider } from './exporters.ts';
import { handOver } from './hand-over.ts';
import type { Parcel, Pending } from './parcel.ts';
import { pendingBatches } from './pending-batches.ts';
import { pendingMetrics } from './pending-metrics.ts';
import { prepareResource, resourceOf } from './resource.ts';

/** Delivers what is pending before it returns, in at most `timeout` milliseconds. Says why it could not, or `undefined`. */
export type LastExport = (timeout: number) => string | undefined;

/** The part of the time that may pass before sending begins. What is not serialised by then stays behind. */
const SERIALISING = 0.5;

const KINDS: readonly Provider[] = ['trace', 'metrics', 'logs'];

/** Says once that a newer SDK keeps its exporters where nobody looks for them. */
function announceUnknown(providers: Readonly<Record<Provider, object | undefined>>): void {
  const unknown = KINDS.filter((kind) => {
    const provider = providers[kind];
    return provider !== undefined && !isKnownInside(kind, provider);
  });
  if (unknown.length === 0) return;
  announce(
    'sdk:unknown-inside',
    `This version of the OpenTelemetry SDK is built in another way than the ones that are known (${unknown.join(', ')}): what is pending when the process exits at once is lost, and nothing is kept while the backend is away. All else is exported as usual.`,
  );
}

/**
 * Follows the exporters of the SDK that is registered, so that what they have not exported can be delivered at the
 * moment when the process ends and nothing asynchronous happens any more.
 *
 * @param kept what exporters hold by themselves
 */
export function prepareLastExport(kept: readonly Pending[]): LastExport {
  const [traces, metrics, logs] = [providerOf('trace'), providerOf('metrics'), providerOf('logs')];
  announceUnknown({ trace: traces, metrics, logs });
  const pending: Pending[] = [
    ...kept,
    ...processorsOf(traces).flatMap((processor) => pendingBatches(processor, 'TRACES') ?? []),
    ...processorsOf(logs).flatMap((processor) => pendingBatches(processor, 'LOGS') ?? []),
    ...pendingMetrics(metrics),
  ];
  const resources = Array.from(new Set([traces, metrics, logs].map(resourceOf)), prepareResource);
  return (timeout) => {
    for (const readable of resources) readable();
    const begun = performance.now();
    const parcels: Parcel[] = [];
    let stopped = false;
    for (const one of pending) {
      if (stopped) break;
      guard('collecting what is pending', () => {
        for (const parcel of one.parcels()) {
          stopped = parcels.length > 0 && performance.now() - begun > timeout * SERIALISING;
          if (stopped) break;
          parcels.push(parcel);
        }
      });
    }
    if (parcels.length === 0) return undefined;
    return handOver(parcels, timeout - (performance.now() - begun)) ?? (stopped ? 'it was too much' : undefined);
  };
}
