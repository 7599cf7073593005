import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { HttpInstrumentation } from '@outspan/instrumentation-http';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import https from 'node:https';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fetch as fetchOfUndici, ProxyAgent } from 'undici-8';
import { record, startTracing } from '../../instrumentation-undici/test/tracing.ts';

/** Node heeds the environment's proxy from its start only. */
const BEHIND_PROXY = fileURLToPath(new URL('fixtures/run-behind-proxy.ts', import.meta.url));
const BODY = '{"model":"gpt-5","messages":[]}';
const servers: Server[] = [];
let instrumentations: readonly { disable(): void }[];

beforeAll(() => {
  startTracing();
  instrumentations = [new UndiciInstrumentation(), new HttpInstrumentation()];
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => {
  for (const one of instrumentations) one.disable();
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function failure(work: () => Promise<unknown>): Promise<Readonly<Record<string, unknown>>> {
  const recorded = await record(async () => work().catch(() => undefined));
  expect(recorded).toHaveLength(1);
  return recorded[0]?.operation.attributes ?? {};
}

const ask = (port: number): Promise<Response> => fetch(`https://127.0.0.1:${port}/v1/chat/completions`, { method: 'POST', body: BODY });
const askByHttps = (port: number): Promise<unknown> =>
  new Promise((resolve, reject) => {
    https.request({ host: '127.0.0.1', port, path: '/v1/chat/completions', method: 'POST', agent: false }, resolve).on('error', reject).end(BODY);
  });

describe('a handshake that is broken off', () => {
  it.each([
    ['closed', (socket: Socket) => socket.once('data', () => socket.end())],
    ['reset', (socket: Socket) => socket.once('data', () => socket.resetAndDestroy())],
  ])('by a connection that is %s is a failure of TLS', async (_how, breakOff) => {
    const port = await listening(createServer((socket) => void breakOff(socket.on('error', () => undefined))));
    for (const by of [ask, askByHttps]) {
      expect(await failure(() => by(port))).toMatchObject({ 'outspan.error.class': 'tls', 'outspan.error.phase': 'tls', 'outspan.error.origin': 'network', 'outspan.error.retryable': true, 'error.type': 'ECONNRESET' });
    }
  });
});

describe('a tunnel that a proxy refuses', () => {
  it.each([
    [407, { 'outspan.error.class': 'authentication', 'outspan.error.origin': 'gateway' }],
    [502, { 'outspan.error.class': 'bad_gateway', 'outspan.error.origin': 'gateway' }],
  ])('with status %i is a failure, and nobody’s abort', async (status, expected) => {
    const proxy = createHttpServer().on('connect', (_request, socket) => void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
    const dispatcher = new ProxyAgent(`http://127.0.0.1:${await listening(proxy)}`);
    const attributes = await failure(() => fetchOfUndici('https://api.openai.com/v1/chat/completions', { method: 'POST', body: BODY, dispatcher }));
    await dispatcher.close();
    expect(attributes).toMatchObject({ ...expected, 'outspan.error.phase': 'connect', 'error.type': String(status) });
  });
});

describe('a tunnel that the proxy of the environment refuses', () => {
  it.each([
    [407, { 'outspan.error.class': 'authentication', 'outspan.error.origin': 'gateway' }],
    [502, { 'outspan.error.class': 'bad_gateway', 'outspan.error.origin': 'gateway' }],
  ])('with status %i is a failure before there is a connection, by fetch and by node:https', async (status, expected) => {
    const proxy = createHttpServer().on('connect', (_request, socket) => void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
    const HTTPS_PROXY = `http://127.0.0.1:${await listening(proxy)}`;
    const { stdout } = await promisify(execFile)(process.execPath, [BEHIND_PROXY], { env: { ...process.env, NODE_USE_ENV_PROXY: '1', HTTPS_PROXY, NO_PROXY: '' }, timeout: 30_000 });
    const all = { ...expected, 'outspan.error.phase': 'connect', 'error.type': String(status) };
    expect(JSON.parse(stdout)).toEqual({ fetch: [expect.objectContaining(all)], 'node:https': [expect.objectContaining(all)] });
  });
});

it('tells of a connection that nobody accepts in which phase that was', async () => {
  const server = createServer();
  const port = await listening(server);
  server.close();
  for (const by of [ask, askByHttps]) expect(await failure(() => by(port))).toMatchObject({ 'outspan.error.class': 'connection_refused', 'outspan.error.phase': 'connect' });
});
