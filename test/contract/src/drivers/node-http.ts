import { request as httpRequest } from 'node:http';
import { connect, constants } from 'node:http2';
import type { LoadableModules } from '../application/modules.ts';
import { headers, project } from '../application/project.ts';
import { type Driver, STREAM_PATTERNS } from './driver.ts';
import { GEMINI, MODES, OPENAI_CHAT, plainDriver, type Send } from './plain-http.ts';

/** With an idle timeout, which node:http tells of and leaves its caller to act upon. */
const nodeHttp: Send = ({ timeoutMs }, { url, headers: sent, body }, signal) =>
  new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', headers: sent, signal, timeout: timeoutMs });
    request.once('timeout', () => request.destroy(new Error('nothing came')));
    request.on('error', reject);
    request.once('response', (response) =>
      resolve({ status: response.statusCode ?? 0, head: headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)])), body: response, close: () => response.destroy() }),
    );
    request.end(body);
  });

/** On a connection of its own. */
const nodeHttp2: Send = async ({ timeoutMs }, { url, headers: sent, body }, signal) => {
  const { origin, pathname, search } = new URL(url);
  const session = connect(origin);
  // Its streams tell of it as well.
  session.on('error', () => undefined);
  const stream = session.request({ ':method': 'POST', ':path': pathname + search, ...sent }, { signal });
  stream.setTimeout(timeoutMs, () => stream.destroy(new Error('nothing came')));
  stream.once('close', () => session.close());
  stream.end(body);
  const head = await new Promise<ReadonlyMap<string, unknown>>((resolve, reject) => {
    stream.once('response', (came) => resolve(new Map(Object.entries(came))));
    stream.on('error', reject);
    stream.once('close', () => reject(new Error(`closed with code ${stream.rstCode} before an answer`)));
  });
  const named = [...head].filter(([name]) => name !== ':status').map(([name, value]): [string, string] => [name, String(value)]);
  return { status: Number(head.get(':status')), head: headers(named), body: stream, close: () => stream.close(constants.NGHTTP2_CANCEL) };
};

type Name = 'axios-0' | 'axios-1' | 'node-fetch-2' | 'node-fetch-3' | 'got-16';

/** One way in which a library sends a request. */
interface Row {
  readonly name: string;
  readonly library: Driver['library'];
  readonly module: Name;
  readonly mode: Driver['mode'];
  readonly with?: Partial<Driver>;
  readonly send: Send;
}

function axios(module: Extract<Name, `axios-${string}`>): readonly Row[] {
  const send = (responseType: 'json' | 'stream'): Send => {
    return async ({ load, timeoutMs, observe }, { url, headers: sent, body }, signal) => {
      const { default: client }: LoadableModules['axios-1'] = await load(module);
      const response = await client.post(url, body, { headers: sent, responseType, timeout: timeoutMs, signal });
      const head = headers(Object.entries(response.headers).flatMap(([name, value]) => (name === 'content-length' ? [] : [[name, String(value)]])));
      if (responseType === 'stream') return { status: response.status, head, body: response.data, close: () => response.data.destroy() };
      observe.value('data', project(response.data));
      return { status: response.status, head, body: null, close: () => undefined };
    };
  };
  const name = `axios ${module.slice(-1)} post`;
  // Version 0 lets go of the signal when it hands out the stream.
  const patterns = STREAM_PATTERNS.filter((pattern) => pattern !== 'abort_mid_stream' || module !== 'axios-0');
  return [
    { name, library: 'axios', module, mode: 'unary', send: send('json') },
    { name, library: 'axios', module, mode: 'stream', with: { patterns }, send: send('stream') },
  ];
}

/** Without a deadline: that of version 2 is not used, version 3 has none, so that it is the application that gives up. */
function nodeFetch(module: Extract<Name, `node-fetch-${string}`>): readonly Row[] {
  const send: Send = async ({ load, caller }, { url, headers: sent, body }, signal) => {
    const { default: fetch }: LoadableModules['node-fetch-3'] = await load(module);
    const response = await fetch(url, { method: 'POST', headers: sent, body, signal });
    return { status: response.status, head: headers(response.headers), body: response.body && bytesOf(response.body), close: () => caller.abort() };
  };
  return MODES.map((mode) => ({ name: `node-fetch ${module.slice(-1)} fetch`, library: 'node-fetch', module, mode, with: { deadline: { head: 'none', body: 'none' } }, send }));
}

async function* bytesOf(stream: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk;
}

/** What got is told to try again; by itself it tries no POST again. */
const RETRIED = { methods: ['POST' as const], statusCodes: [408, 429, 500, 502, 503, 504, 524, 529] };

const GOT: readonly Row[] = [
  {
    name: 'got 16 post',
    library: 'got',
    module: 'got-16',
    mode: 'unary',
    with: { attempts: (retries) => retries + 1 },
    async send({ load, timeoutMs, retries, observe }, { url, headers: sent, body }, signal) {
      const { default: got } = await load('got-16');
      const response = await got.post(url, { headers: sent, body, timeout: { request: timeoutMs }, signal, retry: { ...RETRIED, limit: retries, calculateDelay: ({ computedValue }) => (computedValue === 0 ? 0 : 10) } });
      observe.value('body', response.body);
      return { status: response.statusCode, head: headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)])), body: null, close: () => undefined };
    },
  },
  {
    name: 'got 16 stream.post',
    library: 'got',
    module: 'got-16',
    mode: 'stream',
    async send({ load, timeoutMs }, { url, headers: sent, body }, signal) {
      const { default: got } = await load('got-16');
      const stream = got.stream.post(url, { headers: sent, body, timeout: { request: timeoutMs }, signal, retry: { limit: 0 } });
      const response = await new Promise<{ readonly statusCode: number; readonly headers: Readonly<Record<string, unknown>> }>((resolve, reject) => {
        stream.once('response', resolve);
        stream.on('error', reject);
      });
      return { status: response.statusCode, head: headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)])), body: stream, close: () => stream.destroy() };
    },
  },
];

function driver({ name, library, module, mode, with: more, send }: Row): Driver {
  return { ...plainDriver(name, 'sdks', library, mode, OPENAI_CHAT, send), modules: [module], tellsEveryReset: true, ...more };
}

/** Applications without an SDK, and without fetch: Node's HTTP clients, and what is built upon them. */
export const NODE_HTTP_DRIVERS: readonly Driver[] = [
  ...[OPENAI_CHAT, GEMINI].flatMap((wire) =>
    MODES.flatMap((mode): Driver[] => [
      { ...plainDriver('node:http request', 'sdks', 'node:http', mode, wire, nodeHttp), tellsEveryReset: true },
      { ...plainDriver('node:http2 request', 'sdks', 'node:http2', mode, wire, nodeHttp2), tellsEveryReset: true },
    ]),
  ),
  ...[...axios('axios-0'), ...axios('axios-1'), ...nodeFetch('node-fetch-2'), ...nodeFetch('node-fetch-3'), ...GOT].map(driver),
];
