// Exports a span without waiting for it, and exits when told to.
import { trace } from '@opentelemetry/api';

process.on('SIGTERM', () => process.exit(4));
trace.getTracer('test-app').startSpan('work').end();
trace.getTracerProvider().getDelegate().forceFlush().catch(() => undefined);
setInterval(() => undefined, 1_000);
console.log('ready');
