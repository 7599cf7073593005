// @vercel/otel exports when its platform tells it to; here the application does.
import { trace } from '@opentelemetry/api';

await import('./calls.mjs');
await trace.getTracerProvider().getDelegate().forceFlush();
