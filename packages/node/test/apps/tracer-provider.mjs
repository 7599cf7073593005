// A tracer provider that is registered before anything else.
import { INVALID_SPAN_CONTEXT, trace } from '@opentelemetry/api';

const tracer = { startSpan: () => trace.wrapSpanContext(INVALID_SPAN_CONTEXT), startActiveSpan: (...args) => args.at(-1)(tracer.startSpan()) };
trace.setGlobalTracerProvider({ getTracer: () => tracer });
