// Ten spans with three long attributes each, then a pause that only a signal ends.
import { trace } from '@opentelemetry/api';

const tracer = trace.getTracer('test-app');
for (let number = 0; number < 10; number += 1) tracer.startSpan(`span ${number}`, { attributes: { first: 'a'.repeat(50), second: 'b', third: 'c' } }).end();
console.log('ready');
if (process.argv[2] === 'stay') setInterval(() => undefined, 1_000);
