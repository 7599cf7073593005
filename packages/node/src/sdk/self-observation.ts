import { reach, listAt, method } from '../last-export/reach.ts';
import { providerOf } from '../opentelemetry-globals.ts';

const VARIABLE = 'OTEL_NODE_EXPERIMENTAL_SDK_METRICS';

/** Metrics that the SDK keeps of itself. */
const OF_THE_SDK = 'otel.sdk.';

/**
 * What makes the SDK count its own spans: started, exported, dropped because a queue was full (`otel.sdk.*`). It counts
 * nothing unless told to, and a loss that nobody counts is not seen. A value that is set is left as it is.
 */
export function selfObservation(environment: NodeJS.ProcessEnv): Readonly<Record<string, string | undefined>> {
  return { [VARIABLE]: environment[VARIABLE] ?? 'true' };
}

/** Whether the SDK is to count what it does. */
export function isSelfObserved(environment: NodeJS.ProcessEnv): boolean {
  return selfObservation(environment)[VARIABLE]?.trim().toLowerCase() === 'true';
}

/** Whether a metric is one that the SDK keeps of itself. */
export function isOfTheSdk(metric: unknown): boolean {
  const name = reach(metric, 'descriptor', 'name');
  return typeof name === 'string' && name.startsWith(OF_THE_SDK);
}

/**
 * Lets the SDK's metrics of itself travel with others, never alone: they always say something, and a process that made
 * no call would open a connection only to tell so, at the latest when it ends.
 */
export function keepSelfObservationAside(): void {
  for (const collector of listAt(providerOf('metrics'), '_sharedState', 'metricCollectors')) {
    const exporter = reach(collector, '_metricReader', '_exporter');
    const send = method(exporter, 'export');
    if (typeof exporter !== 'object' || exporter === null || send === undefined) continue;
    Reflect.set(exporter, 'export', (collected: unknown, done: unknown): unknown => {
      const alone = listAt(collected, 'scopeMetrics').every((scope) => listAt(scope, 'metrics').every(isOfTheSdk));
      if (!alone || typeof done !== 'function') return send(collected, done);
      // `ExportResultCode.SUCCESS`
      return Reflect.apply(done, undefined, [{ code: 0 }]);
    });
  }
}
