// Calls with a conversation and a user, by the API and by baggage, to a public provider and to a host of one's own.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import { context, propagation } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { withCallAttributes as fromCore } from '@outspan/core';
import { outspanInstrumentations, withCallAttributes } from '@outspan/node';

const { withCallAttributes: required } = createRequire(import.meta.url)('@outspan/node');
const exporter = new InMemorySpanExporter();
// The server has two names: one is known as a public provider.
const providers = [{ name: 'acme', hosts: ['localhost'], public: true }];
const sdk = new NodeSDK({ instrumentations: outspanInstrumentations({ providers }), spanProcessors: [new SimpleSpanProcessor({ exporter })], metricReaders: [] });
sdk.start();

const received = [];
const server = createServer((message, response) => {
  message.resume().once('end', () => {
    const { traceparent, baggage } = message.headers;
    received.push({ to: message.headers.host.split(':')[0], traced: traceparent !== undefined, baggage: baggage ?? '', all: message.rawHeaders.join('\n') });
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ id: 'c1', object: 'chat.completion', model: 'm', choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }] }));
  });
});
server.listen(0);
await once(server, 'listening');
const body = JSON.stringify({ model: 'm', messages: [] });

async function call(host) {
  const url = `http://${host}:${server.address().port}/v1/chat/completions`;
  await (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text();
  const sent = request(url, { method: 'POST', headers: { 'content-type': 'application/json' } });
  sent.end(body);
  const [response] = await once(sent, 'response');
  await once(response.resume(), 'end');
}

const baggage = propagation.createBaggage({ 'gen_ai.conversation.id': { value: 'baggage-conversation' }, 'user.id': { value: 'baggage-user' } });
for (const host of ['localhost', '127.0.0.1']) {
  for (const run of [withCallAttributes, required, fromCore]) await run({ 'gen_ai.conversation.id': 'given-conversation', 'user.id': 'given-user' }, () => call(host));
  await context.with(propagation.setBaggage(context.active(), baggage), () => call(host));
}
server.close();
server.closeAllConnections();
const calls = exporter.getFinishedSpans().filter(({ name }) => name === 'chat m');
console.log(JSON.stringify({ received, calls: calls.map(({ attributes }) => [attributes['gen_ai.provider.name'], attributes['gen_ai.conversation.id'], attributes['user.id']].join(' ')) }));
await sdk.shutdown();
