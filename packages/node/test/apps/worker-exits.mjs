// A worker thread that exits with a span pending.
import { isMainThread, Worker } from 'node:worker_threads';
import { trace } from '@opentelemetry/api';

if (isMainThread) {
  new Worker(new URL(import.meta.url)).on('exit', (code) => console.log(`worker ended with ${code}`));
} else {
  trace.getTracer('test-app').startSpan('in the worker').end();
  process.exit(5);
}
