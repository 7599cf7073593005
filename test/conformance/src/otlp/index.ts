export { eventsOf, metricsOf, spansOf } from './read.ts';
export type { Attributes, EventData, MetricData, SpanData, Value } from './read.ts';
export { startReceiver } from './receiver.ts';
export type { Export, Receiver } from './receiver.ts';
