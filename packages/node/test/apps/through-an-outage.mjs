// Makes numbered spans and events at a steady rate, and ends as told. Usage: through-an-outage.mjs COUNT PAUSE_MS 'itself' | 'process.exit()' | 'signal'
import { setTimeout as wait } from 'node:timers/promises';
import { logs, trace } from '@opentelemetry/api';

const [count, pause] = process.argv.slice(2, 4).map(Number);
const [tracer, logger] = [trace.getTracer('test-app'), logs.getLogger('test-app')];
for (let number = 0; number < count; number += 1) {
  const name = String(number).padStart(4, '0');
  tracer.startSpan(`span ${name}`).end();
  logger.emit({ eventName: `event ${name}`, body: 'said' });
  if (number % 10 === 9) console.log(`made ${number + 1}`);
  await wait(pause);
}
console.log('ready');
const endings = {
  itself: () => undefined,
  'process.exit()': () => process.exit(3),
  signal: () => setInterval(() => undefined, 1_000),
};
endings[process.argv[4]]();
