import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import * as undici6 from 'undici-6';
import * as undici7 from 'undici-7';
import * as undici8 from 'undici-8';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, exporter, record, startTracing } from './tracing.ts';

let provider: FaultProvider;
let instrumentation: UndiciInstrumentation;

beforeAll(async () => {
  startTracing();
  instrumentation = new UndiciInstrumentation();
  provider = await startFaultProvider();
});
afterAll(async () => {
  instrumentation.disable();
  await provider.close();
});

const body = (extra: object = {}): string => JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content: 'hi' }], ...extra });
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-canary-0123456789abcdef' };
const chat = (script: string): string => `${provider.session(script).baseUrl}/v1/chat/completions`;

interface Client {
  readonly name: string;
  readonly unary: (url: string) => Promise<unknown>;
  readonly stream: (url: string) => Promise<unknown>;
}

const drain = async (source: AsyncIterable<unknown> | null | undefined): Promise<void> => {
  for await (const _ of source ?? []);
};

const clients: readonly Client[] = [
  {
    name: 'global fetch',
    unary: async (url) => (await fetch(url, { method: 'POST', headers, body: body() })).json(),
    stream: async (url) => drain((await fetch(url, { method: 'POST', headers, body: body({ stream: true }) })).body),
  },
  ...[
    { name: 'undici 6', undici: undici6 },
    { name: 'undici 7', undici: undici7 },
    { name: 'undici 8', undici: undici8 },
  ].flatMap(({ name, undici }): Client[] => [
    {
      name: `${name} fetch`,
      unary: async (url) => (await undici.fetch(url, { method: 'POST', headers, body: body(), dispatcher: new undici.Agent() as never })).json(),
      stream: async (url) => drain((await undici.fetch(url, { method: 'POST', headers, body: body({ stream: true }), dispatcher: new undici.Agent() as never })).body),
    },
    {
      name: `${name} request`,
      unary: async (url) => (await undici.request(url, { method: 'POST', headers, body: body(), dispatcher: new undici.Agent() as never })).body.json(),
      stream: async (url) => drain((await undici.request(url, { method: 'POST', headers, body: Buffer.from(body({ stream: true })), dispatcher: new undici.Agent() as never })).body),
    },
    {
      name: `${name} stream`,
      unary: (url) => undici.stream(url, { method: 'POST', headers, body: body(), dispatcher: new undici.Agent() as never }, () => new Writable({ write: (_, __, done) => done() })),
      stream: (url) => undici.stream(url, { method: 'POST', headers, body: body({ stream: true }), dispatcher: new undici.Agent() as never }, () => new Writable({ write: (_, __, done) => done() })),
    },
    {
      name: `${name} pipeline`,
      unary: async (url) => {
        const duplex = undici.pipeline(url, { method: 'POST', headers, dispatcher: new undici.Agent() as never }, ({ body: answer }) => answer);
        duplex.end(body());
        await drain(duplex);
      },
      stream: async (url) => {
        const duplex = undici.pipeline(url, { method: 'POST', headers, dispatcher: new undici.Agent() as never }, ({ body: answer }) => answer);
        duplex.end(body({ stream: true }));
        await drain(duplex);
      },
    },
  ]),
];

describe.each(clients)('$name', ({ unary, stream }) => {
  it('records a whole answer as one operation with one attempt', async () => {
    const [only, ...others] = await record(() => unary(chat('ok')));
    expect(others).toEqual([]);
    expect(only?.operation.name).toBe('chat gpt-5');
    expect(only?.operation.status.code).toBe(SpanStatusCode.UNSET);
    expect(only?.operation.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.response.finish_reasons': ['stop'],
      'outspan.operation.boundary': 'inferred',
      'outspan.retry.count': 0,
    });
    expect(only?.operation.attributes['gen_ai.usage.input_tokens']).toBeGreaterThan(0);
    expect(only?.attempts.map((span) => [span.name, span.attributes['http.response.status_code']])).toEqual([['POST', 200]]);
  });

  it('records a stream that is cut cleanly as truncated', async () => {
    const [only] = await record(() => stream(chat('stream_cut_between_events')));
    expect(only?.operation.status.code).toBe(SpanStatusCode.ERROR);
    expect(only?.operation.attributes).toMatchObject({
      'outspan.error.class': 'truncated_response',
      'outspan.response.truncated': true,
      'outspan.response.truncation.kind': 'stream_unterminated',
      'gen_ai.response.finish_reasons': ['error'],
      'gen_ai.request.stream': true,
    });
  });

  it('joins a retry of the same request to the operation whose attempt failed', async () => {
    const url = chat('unavailable,ok');
    const [only, ...others] = await record(async () => {
      await unary(url).catch(() => undefined);
      await unary(url);
    });
    expect(others).toEqual([]);
    expect(only?.operation.status.code).toBe(SpanStatusCode.UNSET);
    expect(only?.operation.attributes['outspan.retry.count']).toBe(1);
    expect(only?.attempts.map((span) => [span.attributes['outspan.attempt.number'], span.attributes['outspan.error.class']])).toEqual([
      [1, 'overloaded'],
      [2, undefined],
    ]);
  });
});

describe('dispatchers', () => {
  let proxy: Server;
  let proxyUrl: string;
  beforeAll(async () => {
    proxy = createServer();
    proxy.on('connect', (request, socket, head) => {
      const [host, port] = (request.url ?? '').split(':');
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        upstream.write(head);
        socket.pipe(upstream).pipe(socket);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
    // undici 8 forwards plain HTTP instead of tunnelling it.
    proxy.on('request', (request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const answer = await undici7.request(request.url ?? '', { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.concat(chunks) });
        response.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type']) });
        answer.body.pipe(response);
      })();
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    proxy.closeAllConnections();
    proxy.close();
  });

  // Each request has headers of its own: ProxyAgent writes a host into those that it is given.
  it.each([
    ['6', undici6],
    ['7', undici7],
    ['8', undici8],
  ])('names the provider, not the proxy, through ProxyAgent and EnvHttpProxyAgent of undici %s', async (_, undici) => {
    for (const agent of [new undici.ProxyAgent(proxyUrl), new undici.EnvHttpProxyAgent({ httpProxy: proxyUrl })]) {
      const url = chat('ok');
      const recorded = await record(() => context.with(context.active(), async () => (await undici.request(url, { method: 'POST', headers: { ...headers }, body: body(), dispatcher: agent as never })).body.json()));
      const own = recorded.find(({ operation }) => operation.parentSpanContext !== undefined);
      expect(own?.operation.attributes['server.port']).toBe(Number(new URL(url).port));
      expect(own?.attempts).toHaveLength(1);
      await agent.close();
    }
  });

  it.each([
    ['6', undici6],
    ['7', undici7],
    ['8', undici8],
  ])('joins the tries of RetryAgent of undici %s', async (_, undici) => {
    const agent = new undici.RetryAgent(new undici.Agent() as never, { methods: ['POST'], minTimeout: 10, maxTimeout: 20, maxRetries: 2, statusCodes: [503] } as never);
    const [only, ...others] = await record(async () => (await undici.request(chat('unavailable,ok'), { method: 'POST', headers, body: body(), dispatcher: agent as never })).body.json());
    expect(others).toEqual([]);
    expect(only?.operation.attributes['outspan.retry.count']).toBe(1);
    expect(only?.operation.status.code).toBe(SpanStatusCode.UNSET);
    await agent.close();
  });

  describe.each([
    ['6', undici6],
    ['7', undici7],
    ['8', undici8],
  ])('interceptors of undici %s', (_, undici) => {
    const ask = async (url: string, ...interceptors: readonly unknown[]): Promise<unknown> => {
      const agent = new undici.Agent();
      const composed: unknown = Reflect.apply(Reflect.get(agent, 'compose'), agent, interceptors);
      try {
        return await (await undici.request(url, { method: 'POST', headers: { ...headers }, body: body(), dispatcher: composed as never })).body.json();
      } finally {
        await agent.close();
      }
    };

    it('retry: the tries are attempts of one operation', async () => {
      const retry = undici.interceptors.retry({ methods: ['POST'], minTimeout: 10, maxRetries: 2, statusCodes: [503] } as never);
      const [only, ...others] = await record(() => ask(chat('unavailable,ok'), retry));
      expect(others).toEqual([]);
      expect(only?.attempts.map((span) => span.attributes['http.response.status_code'])).toEqual([503, 200]);
      expect(only?.operation.attributes['outspan.retry.count']).toBe(1);
    });

    it('redirect: what is followed is one operation', async () => {
      const [only, ...others] = await record(() => ask(chat('ok_redirect'), undici.interceptors.redirect({ maxRedirections: 3 })));
      expect(others).toEqual([]);
      expect(only?.attempts.map((span) => span.attributes['http.response.status_code'])).toEqual([307, 200]);
      expect(only?.operation.status.code).toBe(SpanStatusCode.UNSET);
    });

    it.skipIf(!('dns' in undici.interceptors))('dns: the provider is named as the application does, not by address', async () => {
      const url = new URL(chat('ok'));
      url.hostname = 'localhost';
      const lookup = (_host: unknown, _options: unknown, done: (error: null, addresses: object[]) => void): void => done(null, [{ address: '127.0.0.1', family: 4, ttl: 1_000 }]);
      const [only, ...others] = await record(() => ask(url.href, Reflect.apply(undici.interceptors.dns, undefined, [{ lookup }])));
      expect(others).toEqual([]);
      expect(only?.operation.attributes['server.address']).toBe('localhost');
      expect(only?.attempts[0]?.attributes['url.full']).toBe(url.href);
    });
  });

  it('follows a redirect without counting it as a retry', async () => {
    const [only, ...others] = await record(async () => (await fetch(chat('ok_redirect'), { method: 'POST', headers, body: body() })).json());
    expect(others).toEqual([]);
    expect(only?.attempts.map((span) => span.attributes['http.response.status_code'])).toEqual([307, 200]);
    expect(only?.operation.attributes['outspan.retry.count']).toBe(0);
    expect(only?.operation.status.code).toBe(SpanStatusCode.UNSET);
  });
});

it('takes a chunked answer that the end of its connection cuts for a truncated one, though the parser complains', async () => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n12\r\ndata: {"choices":[\r\n'));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const [call] = await record(() => fetch(`http://127.0.0.1:${port}/v1/chat/completions`, { method: 'POST', headers, body: body({ stream: true }) }).then((answer) => answer.text()).catch(() => undefined));
  server.close();
  expect(call?.operation.attributes).toMatchObject({ 'outspan.error.class': 'truncated_response', 'outspan.response.truncation.kind': 'connection_lost' });
});

describe('what is not traced', () => {
  it('leaves requests alone that are no LLM calls', async () => {
    const recorded = await record(async () => {
      await fetch(`${provider.url}/health`).then((answer) => answer.text());
      await fetch(`${provider.url}/orders`, { method: 'POST', body: '{}' }).then((answer) => answer.text());
    });
    expect(recorded).toEqual([]);
    expect(exporter.getFinishedSpans().map((span) => span.name)).toEqual(['work']);
  });

  it('traces nothing where tracing is suppressed', async () => {
    const recorded = await record(() => context.with(suppressTracing(context.active()), async () => (await fetch(chat('ok'), { method: 'POST', headers, body: body() })).json()));
    expect(recorded).toEqual([]);
  });

  it('holds no secret and no content in any attribute', async () => {
    const gemini = provider.session('ok').baseUrl;
    await record(async () => {
      await (await fetch(chat('unauthenticated'), { method: 'POST', headers, body: body() })).text();
      await (await fetch(`${gemini}/v1beta/models/gemini-3-pro:generateContent?key=AIzaCanary`, { method: 'POST', headers, body: JSON.stringify({ contents: [{ parts: [{ text: 'prompt-canary' }] }] }) })).text();
    });
    const everything = JSON.stringify(exporter.getFinishedSpans().map((span) => [span.name, span.attributes, span.status, span.events]));
    expect(everything).toContain('gemini-3-pro');
    expect(everything).not.toContain('canary');
    expect(everything).not.toContain('AIzaCanary');
  });
});

describe('trace context', () => {
  const traceparents = (session: { requests: readonly { headers: object }[] }): unknown[] => session.requests.map(({ headers: sent }) => Reflect.get(sent, 'traceparent'));

  it('goes out to a server that is no public provider, naming the attempt', async () => {
    const session = provider.session('ok');
    const [only] = await record(async () => (await fetch(`${session.baseUrl}/v1/chat/completions`, { method: 'POST', headers, body: body() })).json());
    expect(traceparents(session)).toEqual([expect.stringContaining(only?.attempts[0]?.spanContext().spanId ?? 'none')]);
  });

  it('does not go out to a public provider unless told to', async () => {
    const session = provider.session('ok');
    const row = { name: 'acme', hosts: ['127.0.0.1'], public: true };
    const send = async (): Promise<unknown> => (await fetch(`${session.baseUrl}/v1/chat/completions`, { method: 'POST', headers, body: body() })).json();
    instrumentation.setConfig({ providers: [row] });
    const [only] = await record(send);
    instrumentation.setConfig({ providers: [row], propagateTo: ['127.0.0.1'] });
    await record(send);
    instrumentation.setConfig({});
    expect(only?.operation.attributes['gen_ai.provider.name']).toBe('acme');
    expect(traceparents(session)).toEqual([undefined, expect.any(String)]);
  });
});

describe('endings', () => {
  it('takes an abort for a cancellation, and AbortSignal.timeout for a deadline', async () => {
    const abort = new AbortController();
    const aborted = await record(async () => {
      setTimeout(() => abort.abort(), 50);
      await fetch(chat('hang_before_head'), { method: 'POST', headers, body: body(), signal: abort.signal }).catch(() => undefined);
    });
    const timed = await record(() => fetch(chat('hang_before_head'), { method: 'POST', headers, body: body(), signal: AbortSignal.timeout(50) }).catch(() => undefined));
    expect(aborted[0]?.operation.status.code).toBe(SpanStatusCode.UNSET);
    expect(aborted[0]?.operation.attributes['outspan.operation.cancelled']).toBe(true);
    expect(timed[0]?.operation.attributes).toMatchObject({ 'outspan.error.class': 'timeout', 'outspan.error.origin': 'client', 'outspan.error.phase': 'headers' });
  });

  it('ends the operation of an answer that nobody reads when tracing shuts down', async () => {
    const answer = await record(async () => {
      await fetch(chat('ok_slow'), { method: 'POST', headers, body: body({ stream: true }) });
    });
    expect(answer).toEqual([]);
    instrumentation.disable();
    instrumentation.enable();
    const [only] = await collect();
    expect(only?.operation.attributes['outspan.operation.cancelled']).toBe(true);
    expect(only?.attempts).toHaveLength(1);
  });

  it('keeps concurrent identical calls apart', async () => {
    const session = provider.session('ok');
    const recorded = await record(() => Promise.all(Array.from({ length: 5 }, async () => (await fetch(`${session.baseUrl}/v1/chat/completions`, { method: 'POST', headers, body: body() })).json())));
    expect(recorded).toHaveLength(5);
    expect(recorded.every(({ attempts }) => attempts.length === 1)).toBe(true);
  });
});

describe('a second instrumentation', () => {
  it.each([
    ['6', undici6],
    ['8', undici8],
  ])('sees the chunks of undici %s like the first, which is off', async (_, undici) => {
    instrumentation.disable();
    const second = new UndiciInstrumentation();
    const [only, ...others] = await record(async () => (await undici.request(chat('ok'), { method: 'POST', headers: { ...headers }, body: body(), dispatcher: new undici.Agent() as never })).body.json());
    second.disable();
    instrumentation.enable();
    expect(others).toEqual([]);
    expect(only?.operation.attributes).toMatchObject({ 'gen_ai.request.model': 'gpt-5', 'gen_ai.response.finish_reasons': ['stop'] });
  });
});

describe('captured content', () => {
  it('is recorded on the span when asked for, redacted and bounded', async () => {
    instrumentation.setConfig({
      captureContent: 'span',
      limits: { contentBytes: 2_000 },
      redact: ({ value }) => JSON.parse(JSON.stringify(value).replaceAll('Paris', 'a city')),
    });
    const question = { messages: [{ role: 'user', content: `Weather in Paris? ${'x'.repeat(5_000)} sk-canary-0123456789abcdef` }] };
    const [only] = await record(async () => (await fetch(chat('ok'), { method: 'POST', headers, body: body(question) })).json());
    instrumentation.setConfig({});
    const input = String(only?.operation.attributes['gen_ai.input.messages']);
    expect(JSON.parse(input)).toEqual([expect.objectContaining({ role: 'user' })]);
    expect(input).toContain('a city');
    expect(input).not.toContain('Paris');
    expect(Buffer.byteLength(input)).toBeLessThanOrEqual(2_000);
    expect(JSON.parse(String(only?.operation.attributes['gen_ai.output.messages']))).toEqual([expect.objectContaining({ role: 'assistant' })]);
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it('is not kept of an answer that is only checked against the schema of its request', async () => {
    instrumentation.setConfig({ validateOutput: 'schema' });
    const asked = (schema: object): string => body({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } });
    const [kept, violated] = await record(async () => {
      for (const schema of [{ type: 'object' }, { type: 'object', required: ['never'] }]) await (await fetch(chat('ok'), { method: 'POST', headers, body: asked(schema) })).json();
    });
    instrumentation.setConfig({});
    expect(kept?.operation.attributes).not.toHaveProperty('error.type');
    expect(violated?.operation.attributes).toMatchObject({ 'outspan.error.class': 'invalid_output', 'outspan.response.schema_violations': ['output#/required/never'] });
    expect(Object.keys(violated?.operation.attributes ?? {}).filter((name) => /messages|instructions|definitions/.test(name))).toEqual([]);
  });

  it('is dropped, and the call unharmed, when the redaction hook throws', async () => {
    instrumentation.setConfig({
      captureContent: 'span',
      redact: () => {
        throw new Error('hook');
      },
    });
    let answer: unknown;
    const [only] = await record(async () => {
      answer = await (await fetch(chat('ok'), { method: 'POST', headers, body: body() })).json();
    });
    instrumentation.setConfig({});
    expect(answer).toHaveProperty('choices');
    expect(only?.operation.attributes).not.toHaveProperty('gen_ai.input.messages');
  });
});
