// Has telemetry of the kinds that the second argument lists, and ends in the way that the first one names while it is pending.
import { logs, metrics, trace } from '@opentelemetry/api';
import OpenAI from 'openai';

const [how, what] = process.argv.slice(2);
const openai = new OpenAI({ apiKey: 'sk-canary', baseURL: process.env.PROVIDER, maxRetries: 0 });
const ask = { model: 'gpt-5', messages: [{ role: 'user', content: 'Hello' }] };

const pending = {
  nothing: () => undefined,
  spans: () => { for (let number = 0; number < 600; number += 1) trace.getTracer('test-app').startSpan(`span ${number}`).end(); },
  call: async () => { openai.chat.completions.create(ask).catch(() => undefined); await untilAsked(); },
  stream: async () => {
    const stream = await openai.chat.completions.create({ ...ask, stream: true });
    await stream[Symbol.asyncIterator]().next();
  },
  metrics: () => metrics.getMeter('test-app').createCounter('test.count').add(3),
  events: () => { for (let number = 0; number < 3; number += 1) logs.getLogger('test-app').emit({ eventName: `event ${number}`, body: 'said' }); },
};

// The provider says when a call has come.
async function untilAsked() {
  await fetch(new URL('/asked', process.env.PROVIDER));
}

function say() {
  console.error('a line of its own');
  console.log('ready');
}

function waitFor(signal, handler) {
  if (handler !== undefined) process.on(signal, handler);
  setInterval(() => undefined, 1_000);
  say();
}

const endings = {
  'process.exit()': () => { say(); process.exit(3); },
  'an uncaught exception': () => { say(); setImmediate(() => { throw new Error('boom'); }); },
  'an unhandled rejection': () => { say(); void Promise.reject(new Error('boom')); },
  SIGTERM: () => waitFor('SIGTERM'),
  SIGINT: () => waitFor('SIGINT'),
  'SIGTERM that it handles by process.exit()': () => waitFor('SIGTERM', () => process.exit(4)),
  'SIGINT that it handles by process.exit()': () => waitFor('SIGINT', () => process.exit(4)),
  'SIGTERM that it handles by process.exit() a little later': () => waitFor('SIGTERM', () => setTimeout(() => process.exit(4), 30)),
};

process.on('exit', (code) => console.log(`exit ${code}`));
for (const kind of what.split(',')) await pending[kind]();
await endings[how]();
