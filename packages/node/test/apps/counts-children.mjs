// Counts the child processes that the end of this process takes, and tells how long it takes. The first argument says what is pending.
import { createRequire } from 'node:module';
import { metrics, trace } from '@opentelemetry/api';

const childProcess = createRequire(import.meta.url)('node:child_process');
const { spawnSync } = childProcess;
let children = 0;
childProcess.spawnSync = (...args) => {
  children += 1;
  return spawnSync(...args);
};

const prepare = {
  nothing: () => undefined,
  'what is exported already': async () => {
    trace.getTracer('test-app').startSpan('work').end();
    metrics.getMeter('test-app').createCounter('test.count').add(1);
    await Promise.all([trace.getTracerProvider().getDelegate().forceFlush(), metrics.getMeterProvider().forceFlush()]);
  },
  'a span': () => trace.getTracer('test-app').startSpan('work').end(),
};
await prepare[process.argv[2]]();
// So that what happens at the first look at the clock is not counted.
await new Promise((resolve) => setTimeout(resolve, 50));
let began = 0;
process.prependListener('exit', () => { began = performance.now(); });
process.on('exit', () => console.log(JSON.stringify({ children, milliseconds: performance.now() - began })));
process.exit();
