import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { context, SpanKind, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { flush, traceFetch } from '@outspan/instrumentation-fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, exporter, record, startTracing } from '../../instrumentation-undici/test/tracing.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

let provider: FaultProvider;
beforeAll(async () => {
  startTracing();
  provider = await startFaultProvider();
});
afterAll(() => provider.close());

const traced = traceFetch(fetch);
const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-canary-0123456789abcdef' };
const body = (extra: object = {}): string => JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content: 'hi' }], ...extra });
const stream = { method: 'POST', headers, body: body({ stream: true }) };
const unary = { method: 'POST', headers, body: body() };
const chat = (script: string, options = {}): string => `${provider.session(script, options).baseUrl}/v1/chat/completions`;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 500) throw new Error('it did not come to that');
    await wait(10);
  }
}

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

/** A server on a socket, for what no HTTP server would do. */
async function onSocket(answer: (socket: Socket, request: string) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    let request = '';
    socket.on('data', (data) => {
      request += data.toString();
      const [head = '', sent] = request.split('\r\n\r\n');
      if (sent !== undefined && sent.length >= Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)) answer(socket, request);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/v1/chat/completions`;
}

describe('a call over a traced fetch', () => {
  it('is one operation and one attempt, with what its answer says', async () => {
    const [call] = await record(async () => (await traced(chat('ok'), unary)).json());
    expect(call?.operation).toMatchObject({ name: 'chat gpt-5', attributes: { 'outspan.operation.boundary': 'inferred', 'gen_ai.usage.output_tokens': 12, 'gen_ai.response.finish_reasons': ['stop'] } });
    expect(call?.attempts).toHaveLength(1);
    expect(call?.attempts[0]?.attributes).toMatchObject({ 'http.response.status_code': 200, 'outspan.response.bytes_received': expect.any(Number) });
  });

  it.each<[string, (response: Response) => Promise<unknown>]>([
    ['text()', (response) => response.text()],
    ['json()', (response) => response.json()],
    ['arrayBuffer()', (response) => response.arrayBuffer()],
    ['bytes()', (response) => response.bytes()],
    ['blob()', (response) => response.blob()],
    ['a reader', async (response) => drain(response.body?.getReader())],
    ['a clone', (response) => response.clone().text()],
    ['a branch', async (response) => drain(response.body?.tee()[1].getReader())],
    ['a pipe', async (response) => response.body?.pipeTo(new WritableStream())],
    ['what it is piped through', async (response) => drain(response.body?.pipeThrough(new TransformStream()).getReader())],
  ])('is seen whole where it is read by %s', async (_, read) => {
    const [call] = await record(async () => read(await traced(chat('ok'), unary)));
    expect(call?.operation.attributes).toMatchObject({ 'gen_ai.usage.output_tokens': 12 });
  });

  it('links its retries', async () => {
    const url = chat('502,rate_limited,ok');
    const [call, ...more] = await record(async () => {
      for (let tries = 0; tries < 3; tries++) await (await traced(url, unary)).text();
    });
    expect(more).toEqual([]);
    expect(call?.operation).toMatchObject({ status: { code: 0 }, attributes: { 'outspan.retry.count': 2 } });
    expect(call?.attempts.map(({ attributes }) => [attributes['http.response.status_code'], attributes['http.request.resend_count']])).toEqual([
      [502, undefined],
      [429, 1],
      [200, 2],
    ]);
  });

  it('is seen though its answer is compressed', async () => {
    const answer = gzipSync(JSON.stringify({ id: 'a', object: 'chat.completion', model: 'gpt-5', choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } }));
    const url = await onSocket((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: ${answer.length}\r\nconnection: close\r\n\r\n`);
      socket.end(answer);
    });
    const [call] = await record(async () => (await traced(url, unary)).json());
    expect(call?.operation).toMatchObject({ status: { code: 0 }, attributes: { 'gen_ai.usage.output_tokens': 4 } });
  });

  it('is left alone where tracing is suppressed, and where it is none', async () => {
    const calls = await record(async () => {
      await context.with(suppressTracing(context.active()), async () => (await traced(chat('ok'), unary)).text());
      await (await traced(`${provider.url}/health`, unary).catch(() => new Response())).text();
    });
    expect(calls).toEqual([]);
  });
});

async function drain(reader: ReadableStreamDefaultReader | undefined): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const read = await reader?.read();
    if (read === undefined || read.done) return chunks;
    chunks.push(read.value);
  }
}

describe('the answer of a traced fetch', () => {
  it.each([
    ['traced', traced],
    ['plain', fetch],
  ])('comes in the same chunks, byte for byte, when it is %s', async (_, send) => {
    const pieces = Array.from({ length: 12 }, (__, i) => `data: {"choices":[{"index":0,"delta":{"content":"${'x'.repeat(i * 700)}"}}]}\n\n`);
    const sockets: Socket[] = [];
    const url = await onSocket((socket) => {
      sockets.push(socket);
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n');
    });
    const reader: ReadableStreamDefaultReader | undefined = (await send(url, stream)).body?.getReader();
    for (const piece of pieces) {
      sockets[0]?.write(piece);
      const chunk = (await reader?.read())?.value;
      expect(chunk).toBeInstanceOf(Uint8Array);
      expect(Buffer.from(chunk).toString('latin1')).toBe(piece);
    }
    sockets[0]?.end();
    expect(await reader?.read()).toEqual({ done: true, value: undefined });
  });

  it('is asked for only as fast as it is read, down to the socket', async () => {
    const written = new Map<string, number>();
    const block = Buffer.alloc(65_536, 'x');
    const url = await onSocket((socket, request) => {
      const which = /x-which: (\w+)/.exec(request)?.[1] ?? '';
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n');
      const more = (): void => {
        while (!socket.destroyed && (written.get(which) ?? 0) < 64 * 1_048_576) {
          written.set(which, (written.get(which) ?? 0) + block.length);
          if (!socket.write(block)) return;
        }
      };
      socket.on('drain', more);
      more();
    });
    const ways: Readonly<Record<string, (response: Response) => Promise<unknown>>> = {
      unread: async () => undefined,
      opened: async (response) => response.body?.locked,
      firstChunk: async (response) => response.body?.getReader().read(),
      async piped(response) {
        void response.body?.pipeTo(new WritableStream({ write: () => new Promise(() => undefined) }));
      },
      async through(response) {
        response.body?.pipeThrough(new TransformStream());
      },
      cloned: async (response) => response.clone().body?.getReader().read(),
    };
    for (const [name, read] of Object.entries(ways)) {
      const held: Response[] = [];
      for (const [kind, send] of [['plain', fetch], ['traced', traced]] as const) {
        const response = await send(url, { ...stream, headers: { ...headers, 'x-which': `${name}_${kind}` } });
        held.push(response);
        await read(response);
      }
      await wait(150);
      const [plain = 0, seen = 0] = [written.get(`${name}_plain`), written.get(`${name}_traced`)];
      // Sockets take some megabytes by themselves.
      expect(seen, name).toBeLessThan(16 * 1_048_576);
      expect(Math.abs(seen - plain), name).toBeLessThan(4 * 1_048_576);
    }
  });

  it('costs no memory for its length', async () => {
    const url = chat('ok_huge_stream');
    const heap = (): number => {
      collectGarbage();
      return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    };
    const before = heap();
    let [bytes, most] = [0, 0];
    const [call] = await record(async () => {
      for await (const chunk of (await traced(url, stream)).body ?? []) {
        bytes += chunk.length;
        if (bytes % 50 === 0) most = Math.max(most, heap() - before);
      }
    });
    expect(bytes).toBeGreaterThan(50_000_000);
    expect(most).toBeLessThan(16 * 1_048_576);
    expect(call?.operation).toMatchObject({ status: { code: 0 } });
  }, 60_000);

  it('that nobody reads is abandoned when it is collected', async () => {
    await record(async () => void (await traced(chat('ok'), stream)));
    await until(() => {
      collectGarbage();
      return exporter.getFinishedSpans().some(({ name }) => name === 'chat gpt-5');
    });
    const [call] = await collect();
    expect(call?.operation).toMatchObject({ status: { code: 0 }, attributes: { 'outspan.operation.cancelled': true } });
  });

  it('stays to be read as long as any part of it is held', async () => {
    const [call] = await record(async () => {
      const reader: ReadableStreamDefaultReader | undefined = (await traced(chat('ok_slow', { tokenDelayMs: 20 }), stream)).body?.getReader();
      for (;;) {
        collectGarbage();
        await wait(1);
        if ((await reader?.read())?.done !== false) return;
      }
    });
    expect(call?.operation.attributes).toMatchObject({ 'gen_ai.response.finish_reasons': ['stop'] });
  });

  it.each<[string, (response: Response) => Promise<unknown>]>([
    ['cancel() of the body', async (response) => response.body?.cancel()],
    ['cancel() of a reader', async (response) => response.body?.getReader().cancel()],
    [
      'break',
      async (response) => {
        for await (const _ of response.body ?? []) break;
      },
    ],
    ['both branches’ cancel()', async (response) => Promise.all(response.body?.tee().map((branch) => branch.cancel()) ?? [])],
    ['a pipe’s signal', async (response) => response.body?.pipeTo(new WritableStream(), { signal: AbortSignal.abort() }).catch(() => undefined)],
  ])('that is given up by %s is cancelled', async (_, giveUp) => {
    const [call] = await record(async () => giveUp(await traced(chat('ok_slow', { tokenDelayMs: 200 }), stream)));
    expect(call?.operation).toMatchObject({ status: { code: 0 }, attributes: { 'outspan.operation.cancelled': true } });
  });

  it('is whole where one copy is read and the other given up', async () => {
    const [call] = await record(async () => {
      const response = await traced(chat('ok'), stream);
      const clone = response.clone();
      await Promise.all([response.body?.cancel(), clone.text()]);
    });
    expect(call?.operation.attributes).toMatchObject({ 'gen_ai.response.finish_reasons': ['stop'] });
    expect(call?.operation.attributes).not.toHaveProperty('outspan.operation.cancelled');
  });

  it('is counted once where its copies are read side by side, and one is read further', async () => {
    let length = 0;
    const leaving: Promise<void>[] = [];
    const [call] = await record(async () => {
      const response = await traced(chat('ok_slow', { tokenDelayMs: 5 }), stream);
      const reader: ReadableStreamDefaultReader | undefined = response.clone().body?.getReader();
      await reader?.read();
      if (reader !== undefined) leaving.push(reader.cancel());
      const [one, other] = response.body?.tee() ?? [];
      const [read] = await Promise.all([new Response(one).text(), drain(other?.getReader())]);
      length = Buffer.byteLength(read);
    });
    await Promise.all(leaving);
    expect(call?.attempts[0]?.attributes['outspan.response.bytes_received']).toBe(length);
    expect(call?.operation.attributes).toMatchObject({ 'gen_ai.response.finish_reasons': ['stop'] });
  });

  it('is judged by its bytes though they are changed and transferred as soon as they are handed out', async () => {
    const [call] = await record(async () => {
      for await (const chunk of (await traced(chat('ok'), stream)).body ?? []) {
        chunk.fill(0);
        structuredClone(chunk, { transfer: [chunk.buffer] });
      }
    });
    expect(call?.operation.attributes).toMatchObject({ 'gen_ai.response.finish_reasons': ['stop'] });
  });

  it.each([
    ['stream_cut_between_events', 'truncated_response', 'stream_unterminated'],
    ['stream_reset', 'truncated_response', 'connection_lost'],
    ['html_200', 'malformed_response', undefined],
  ])('of the fault %s is a %s', async (fault, errorClass, truncation) => {
    const [call] = await record(async () => (await traced(chat(fault), stream)).text().catch(() => undefined));
    await flush();
    const [operation] = call === undefined ? (await collect()).map((late) => late.operation) : [call.operation];
    expect(operation?.attributes['outspan.error.class']).toBe(errorClass);
    expect(operation?.attributes['outspan.response.truncation.kind']).toBe(truncation);
  });
});

describe('a request of a traced fetch', () => {
  it('that is aborted is cancelled, whatever the reason', async () => {
    for (const reason of [undefined, new Error('mine'), 'a text']) {
      const controller = new AbortController();
      const [call] = await record(async () => {
        const answer = traced(chat('hang_before_head'), { ...unary, signal: controller.signal });
        await wait(50);
        controller.abort(reason);
        await expect(answer).rejects.toBe(controller.signal.reason);
      });
      expect(call?.operation).toMatchObject({ status: { code: 0 }, attributes: { 'outspan.operation.cancelled': true } });
    }
  });

  it('that is aborted while nobody reads is cancelled at once', async () => {
    const controller = new AbortController();
    let response: Response | undefined;
    const [call] = await record(async () => {
      response = await traced(chat('stream_stall'), { ...stream, signal: controller.signal });
      controller.abort();
    });
    expect(call?.operation.attributes).toMatchObject({ 'outspan.operation.cancelled': true });
    await response?.text().catch(() => undefined);
  });

  it.each(['hang_before_head', 'stream_stall'])('that its deadline ends (%s) is a timeout', async (fault) => {
    await record(() => traced(chat(fault), { ...stream, signal: AbortSignal.timeout(150) }).then((response) => response.text()).catch(() => undefined));
    await flush();
    const [call] = await collect();
    expect(call?.operation.attributes).toMatchObject({ 'outspan.error.class': 'timeout', 'outspan.error.phase': fault === 'hang_before_head' ? 'headers' : 'body' });
  });

  it('that meets nobody is refused', async () => {
    await record(() => traced(chat('refused'), unary).catch(() => undefined));
    await flush();
    const [call] = await collect();
    expect(call?.operation.attributes).toMatchObject({ 'outspan.error.class': 'connection_refused', 'error.type': 'ECONNREFUSED' });
  });

  it('is sent with trace context to a host of one’s own, in whatever form its headers are', async () => {
    const received: string[] = [];
    const url = await onSocket((socket, request) => {
      received.push(request);
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
    const given = [{ 'x-a': '1' }, [['x-a', '1']] as [string, string][], new Headers({ 'x-a': '1' })];
    await record(async () => {
      for (const one of given) await (await traced(url, { ...unary, headers: one })).text();
      await (await traced(new Request(url, { ...unary, headers: { 'x-a': '1' } }))).text();
      await (await traced(url, { ...unary, headers: { 'x-a': '1', traceparent: '00-11111111111111111111111111111111-2222222222222222-01' } })).text();
    });
    expect(received.every((request) => request.includes('x-a: 1'))).toBe(true);
    expect(received.map((request) => /traceparent: 00-(\w{4})/.exec(request)?.[1] ?? 'none').map((id) => id === '1111')).toEqual([false, false, false, false, true]);
    expect(received.every((request) => request.match(/traceparent/g)?.length === 1)).toBe(true);
    await flush();
  });

  it('is what it was given: no object of the caller changes', async () => {
    const options = Object.freeze({ ...unary, headers: Object.freeze({ ...headers }) });
    await record(async () => (await traced(chat('ok'), options)).text());
    expect(options.headers).toEqual(headers);
  });

  it('with a body that cannot be read beforehand is known by its answer', async () => {
    for (const init of [
      { ...unary, body: new Blob([unary.body]) },
      { ...unary, body: new Response(unary.body).body, duplex: 'half' },
    ]) {
      const [call] = await record(async () => (await traced(chat('ok'), init as RequestInit)).json());
      expect(call?.operation).toMatchObject({ name: 'chat', attributes: { 'gen_ai.usage.output_tokens': 12, 'gen_ai.response.model': expect.any(String) } });
    }
    const request = new Request(chat('ok'), unary);
    const [call] = await record(async () => (await traced(request)).json());
    expect(call?.operation.attributes).toMatchObject({ 'gen_ai.usage.output_tokens': 12 });
    expect(request.bodyUsed).toBe(true);
  });

  it('gives no key to telemetry', async () => {
    await record(async () => (await traced(chat('ok'), unary)).text());
    expect(JSON.stringify(exporter.getFinishedSpans().map(({ attributes }) => attributes))).not.toContain('canary');
  });
});

describe('a fetch that is given', () => {
  const answers = (): Response => Response.json({ id: 'a', object: 'chat.completion', model: 'gpt-5', choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }] });
  const url = 'https://gateway.example/v1/chat/completions';

  it('has its own name, length and properties, and is traced once', () => {
    const own = Object.assign(async function own(_input: string, _init?: object) {
      return answers();
    }, { preconnect: () => 'called' });
    const made = traceFetch(own);
    expect([made.name, made.length, made.preconnect()]).toEqual(['own', 2, 'called']);
    expect(traceFetch(made)).toBe(made);
    expect(traced).not.toBe(fetch);
  });

  it('is called with what it was called with', async () => {
    const calls: unknown[][] = [];
    const made = traceFetch(function own(this: unknown, ...args: unknown[]) {
      calls.push([this, ...args]);
      return Promise.resolve(answers());
    });
    const init = { method: 'POST', body: unary.body };
    const owner = { made };
    await record(async () => owner.made(url, init, 'more'));
    expect(calls[0]?.[0]).toBe(owner);
    expect(calls[0]?.[1]).toBe(url);
    expect(calls[0]?.[3]).toBe('more');
    expect(init).toEqual({ method: 'POST', body: unary.body });
  });

  it('may call another one that is traced: the call is recorded once', async () => {
    const outer = traceFetch(async (input: string, init: object) => {
      await wait(5);
      return traced(input, init);
    });
    const calls = await record(async () => (await outer(chat('ok'), unary)).json());
    expect(calls).toHaveLength(1);
    expect(calls[0]?.attempts).toHaveLength(1);
  });

  it('may make calls of its own: a guardrail’s are recorded', async () => {
    const outer = traceFetch(async (input: string, init: object) => {
      await (await traced(`${provider.session('ok').baseUrl}/v1/embeddings`, { method: 'POST', headers, body: JSON.stringify({ model: 'text-embedding-3-small', input: 'hi' }) })).json();
      return fetch(input, init);
    });
    const calls = await record(async () => (await outer(chat('ok'), unary)).json());
    expect(calls.map(({ operation }) => operation.name).sort()).toEqual(['chat gpt-5', 'embeddings text-embedding-3-small']);
  });

  it('that throws, throws, and that answers something else, answers that', async () => {
    const calls = await record(async () => {
      expect(() =>
        traceFetch((_: string, __: object): Response => {
          throw new RangeError('at once');
        })(url, unary),
      ).toThrow(RangeError);
      const mock = { ok: true, status: 200, headers: {}, json: async () => ({ mocked: true }) };
      const answered = await traceFetch(async (_: string, __: object) => mock)(url, unary);
      expect(answered).toBe(mock);
      expect(Object.getPrototypeOf(answered)).toBe(Object.prototype);
      expect(traceFetch((_: string, __: object) => 'not a promise')(url, unary)).toBe('not a promise');
    });
    await flush();
    expect(calls.length).toBeGreaterThan(0);
  });

  it('may have a response class of its own', async () => {
    class OwnResponse extends Response {}
    Object.defineProperty(OwnResponse.prototype, 'json', {
      async value(this: Response) {
        return { ...Object(JSON.parse(await this.text())), own: true };
      },
    });
    const made = traceFetch(async (_: string, __: object) => new OwnResponse(await answers().text(), { headers: { 'content-type': 'application/json' } }));
    const [call] = await record(async () => {
      expect(await (await made(url, unary)).json()).toMatchObject({ own: true });
    });
    expect(call?.operation.attributes).toMatchObject({ 'gen_ai.response.finish_reasons': ['stop'] });
  });

  it('is recorded in the trace that it is called in', async () => {
    let ids: string[] = [];
    const [call] = await record(async () => {
      const active = trace.getActiveSpan()?.spanContext();
      ids = [active?.traceId ?? '', active?.spanId ?? ''];
      await (await traced(chat('ok'), unary)).text();
      expect(trace.getActiveSpan()?.spanContext().spanId).toBe(ids[1]);
    });
    expect([call?.operation.spanContext().traceId, call?.operation.parentSpanContext?.spanId]).toEqual(ids);
  });
});

describe('beside another instrumentation of fetch', () => {
  const send = (input: string, init?: object): Promise<Response> => fetch(input, init);

  /** As `@opentelemetry/instrumentation-fetch` does: a span around each request. */
  function peer(inner: typeof send): typeof send {
    // Once, as the base class of instrumentations does.
    const tracer = trace.getTracer('@opentelemetry/instrumentation-fetch');
    return async (input, init) => {
      const span = tracer.startSpan('POST', { kind: SpanKind.CLIENT, attributes: { 'http.request.method': 'POST', 'url.full': input } }, context.active());
      const response = await context.with(trace.setSpan(context.active(), span), () => inner(input, init));
      span.end();
      return response;
    };
  }

  it.each([
    ['beneath it', () => traceFetch(peer(send))],
    ['around it', () => peer(traceFetch(send))],
  ])('each attempt has one span, which is the other’s, when that is %s', async (_, make) => {
    const both = make();
    const url = chat('502,ok');
    const [call, ...more] = await record(async () => {
      await (await both(url, unary)).text();
      await (await both(url, unary)).json();
    });
    expect(more).toEqual([]);
    expect(call?.attempts.map(({ instrumentationScope, attributes }) => [instrumentationScope.name, attributes['http.response.status_code']])).toEqual([
      ['@opentelemetry/instrumentation-fetch', 502],
      ['@opentelemetry/instrumentation-fetch', 200],
    ]);
  });
});
