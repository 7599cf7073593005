import { classOf } from './class-of.ts';
import { destinationOf } from './destination.ts';
import { listAt, reach } from './reach.ts';

/** The kinds of provider, as OpenTelemetry's registry names them. */
export type Provider = 'trace' | 'metrics' | 'logs';

/** The processors of a provider of spans or of log records. */
export function processorsOf(provider: unknown): readonly unknown[] {
  const ofSpans = listAt(provider, '_activeSpanProcessor', '_spanProcessors');
  return ofSpans.length > 0 ? ofSpans : listAt(provider, '_sharedState', 'processors');
}

const INSIDE: Readonly<Record<Provider, readonly (readonly string[])[]>> = {
  trace: [['_activeSpanProcessor', '_spanProcessors']],
  logs: [['_sharedState', 'processors']],
  metrics: [['_sharedState', 'metricCollectors']],
};

/** Whether a provider of the OpenTelemetry SDK keeps its processors or readers, and their OTLP exporters, where they are looked for. */
export function isKnownInside(kind: Provider, provider: object): boolean {
  if (!INSIDE[kind].some((path) => Array.isArray(reach(provider, ...path)))) return false;
  const signal = ({ trace: 'TRACES', logs: 'LOGS', metrics: 'METRICS' } as const)[kind];
  return exportersOfProvider(kind, provider).every((exporter) => classOf(exporter)?.startsWith('OTLP') !== true || destinationOf(exporter, signal) !== undefined);
}

/** Where vendors' processors keep the processors that they pass on to: Langfuse's, Vercel's. */
const INNER = ['processor', '_processor', '_delegate', 'processors', '_processors', '_spanProcessors'] as const;
const DEEPEST = 3;

function innerOf(processor: unknown): readonly object[] {
  const found = INNER.flatMap((name) => {
    const inner = reach(processor, name);
    return Array.isArray(inner) ? [...inner] : [inner];
  });
  return found.filter((inner) => typeof inner === 'object' && inner !== null);
}

/** The exporters that a processor leads to. One without an exporter stands for itself. */
export function exportersOf(processor: unknown, deepest: number = DEEPEST): readonly unknown[] {
  const exporter = reach(processor, '_exporter') ?? reach(processor, 'exporter');
  if (exporter !== undefined) return [exporter];
  const inner = deepest === 0 ? [] : innerOf(processor);
  return inner.length === 0 ? [processor] : inner.flatMap((one) => exportersOf(one, deepest - 1));
}

/** The exporters of a provider. A metric reader that has none, Prometheus' for one, stands for itself. */
export function exportersOfProvider(kind: Provider, provider: unknown): readonly unknown[] {
  if (kind !== 'metrics') return processorsOf(provider).flatMap((processor) => exportersOf(processor));
  return listAt(provider, '_sharedState', 'metricCollectors').map((collector) => reach(collector, '_metricReader', '_exporter') ?? reach(collector, '_metricReader'));
}
