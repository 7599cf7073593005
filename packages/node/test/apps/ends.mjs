// Ends in the way that the first argument names, after one span.
import { trace } from '@opentelemetry/api';

trace.getTracer('test-app').startSpan('work').end();
process.on('exit', (code) => console.log(`exit ${code}`));

const endings = {
  naturally: () => undefined,
  'with exit code 3': () => { process.exitCode = 3; },
  'by an uncaught error': () => { throw new Error('boom'); },
  'with an unsettled await': () => new Promise(() => undefined),
  'after a beforeExit listener': () => { process.on('beforeExit', () => console.log('beforeExit')); },
  'after a beforeExit listener that works': () => {
    let worked = false;
    process.on('beforeExit', () => {
      console.log('beforeExit');
      if (worked) return;
      worked = true;
      setTimeout(() => { trace.getTracer('test-app').startSpan('late work').end(); console.log('late work'); }, 20);
    });
  },
  'by a signal': () => { console.log('ready'); setInterval(() => undefined, 1000); },
  'by a signal it handles': () => {
    process.on(process.argv[3], () => { console.log('handled'); clearInterval(timer); process.exitCode = 7; });
    const timer = setInterval(() => undefined, 1000);
    console.log('ready');
  },
  'by a signal that signal-exit watches': () => {
    // As the signal-exit package does: it re-raises the signal only if all listeners are its own.
    const emitter = (globalThis[Symbol.for('signal-exit emitter')] = { count: 1 });
    const listener = () => {
      if (process.listeners(process.argv[3]).length !== emitter.count) return;
      process.off(process.argv[3], listener);
      process.kill(process.pid, process.argv[3]);
    };
    process.on(process.argv[3], listener);
    setInterval(() => undefined, 1000);
    console.log('ready');
  },
};
await endings[process.argv[2]]();
