// One span in this thread, one in a worker.
import { isMainThread, Worker } from 'node:worker_threads';
import { trace } from '@opentelemetry/api';

trace.getTracer('test-app').startSpan(isMainThread ? 'in the main thread' : 'in the worker').end();
if (isMainThread) new Worker(new URL(import.meta.url)).on('exit', (code) => console.log(`worker ended with ${code}`));
