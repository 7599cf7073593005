// Says in JSON what the process looks like from inside.
import { diag, metrics, propagation, trace } from '@opentelemetry/api';

const state = globalThis[Symbol.for('outspan.node')];
const span = trace.getTracer('test-app').startSpan('probe');
diag.debug('a debug line of the application');
diag.info('an info line of the application');
console.log(
  JSON.stringify({
    recording: span.isRecording(),
    fields: propagation.fields().toSorted(),
    started: state?.started,
    instrumentations: [...(state?.instrumentations.keys() ?? [])],
    meters: metrics.getMeterProvider().constructor.name,
    signals: [process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')],
    variables: process.env.OTEL_TRACES_EXPORTER,
  }),
);
span.end();
