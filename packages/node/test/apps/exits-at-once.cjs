// Ends before anything asynchronous happened.
const { trace } = require('@opentelemetry/api');
trace.getTracer('test-app').startSpan('work').end();
process.exit(3);
