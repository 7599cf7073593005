import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpInstrumentation } from '@outspan/instrumentation-http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { record, startTracing } from '../../instrumentation-undici/test/tracing.ts';

const certificate = (name: string): Buffer => readFileSync(new URL(`../../node/test/certificates/${name}`, import.meta.url));
const ANSWER = JSON.stringify({ id: 'c', object: 'chat.completion', model: 'gpt-5', choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }] });

let instrumentation: HttpInstrumentation;
const servers: https.Server[] = [];

beforeAll(() => {
  startTracing();
  instrumentation = new HttpInstrumentation();
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});
afterAll(() => instrumentation.disable());

async function outcome(answer: (response: ServerResponse) => void, options: https.RequestOptions = {}): Promise<Readonly<Record<string, unknown>>> {
  const server = https.createServer({ key: certificate('server.key'), cert: certificate('server.pem') }, (request: IncomingMessage, response) => {
    request.resume().on('end', () => answer(response));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [one] = await record(
    () =>
      new Promise((resolve) => {
        const request = https.request({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, path: '/v1/chat/completions', method: 'POST', rejectUnauthorized: false, agent: false, ...options });
        request.on('response', (response) => response.on('error', () => undefined).resume());
        request.on('error', () => undefined).on('close', resolve);
        request.end('{"model":"gpt-5","messages":[]}');
      }),
  );
  return one?.operation.attributes ?? {};
}

const half = (response: ServerResponse, then: () => void): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(ANSWER.length) });
  response.write(ANSWER.slice(0, 40), () => setTimeout(then, 30));
};

describe('over TLS', () => {
  it('a whole answer is one', async () => {
    const attributes = await outcome((response) => response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER));
    expect(attributes).toMatchObject({ 'gen_ai.request.model': 'gpt-5', 'gen_ai.response.finish_reasons': ['stop'], 'outspan.retry.count': 0 });
  });

  it.each([
    ['closed', (response: ServerResponse) => response.socket?.end()],
    ['closed without a word of TLS', (response: ServerResponse) => response.socket?.destroy()],
  ])('an answer whose connection is %s is lost, and not let go of', async (_, end) => {
    const attributes = await outcome((response) => half(response, () => void end(response)));
    expect(attributes).toMatchObject({ 'outspan.error.class': 'truncated_response', 'outspan.error.origin': 'network', 'outspan.response.truncation.kind': 'connection_lost' });
  });

  it('a certificate that is not trusted is a failure of TLS', async () => {
    const attributes = await outcome((response) => response.end(), { rejectUnauthorized: true });
    expect(attributes).toMatchObject({ 'outspan.error.class': 'tls', 'outspan.error.origin': 'network' });
  });
});
