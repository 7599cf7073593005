import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { ClientRequest, IncomingMessage, Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { promisify } from 'node:util';
import { context, SpanStatusCode } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider, Session } from '@outspan/fault-provider';
import { HttpInstrumentation } from '@outspan/instrumentation-http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { post } from './calls.ts';
import { collect, exporter, record, startTracing } from '../../instrumentation-undici/test/tracing.ts';

let provider: FaultProvider;
let instrumentation: HttpInstrumentation;
const servers: Server[] = [];

beforeAll(async () => {
  startTracing();
  instrumentation = new HttpInstrumentation();
  provider = await startFaultProvider();
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});
afterAll(async () => {
  instrumentation.disable();
  await provider.close();
});

const chatOf = (session: Session): string => `${session.baseUrl}/v1/chat/completions`;
const chat = (script: string): string => chatOf(provider.session(script));
const ANSWER = JSON.stringify({ id: 'c', object: 'chat.completion', model: 'gpt-5', choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }] });

/** A server of the test's own, for what the fault provider does not play. */
async function serve(setUp: (server: Server) => void): Promise<string> {
  const server = http.createServer();
  servers.push(server);
  setUp(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
}

/** The one operation that the work made, its attempts' statuses, and what was said of its end. */
async function only(work: () => Promise<unknown>): Promise<{ readonly statuses: unknown[]; readonly attributes: Readonly<Record<string, unknown>>; readonly status: SpanStatusCode }> {
  const [one, ...others] = await record(work);
  expect(others).toEqual([]);
  return { statuses: one?.attempts.map((span) => span.attributes['http.response.status_code']) ?? [], attributes: one?.operation.attributes ?? {}, status: one?.operation.status.code ?? SpanStatusCode.OK };
}

describe('what is not traced', () => {
  it('is left as it is: no method of such a request is watched', async () => {
    const own: string[][] = [];
    const meet = (request: ClientRequest): void => {
      own.push(Object.getOwnPropertyNames(request).filter((name) => ['write', 'end', 'destroy', 'emit'].includes(name)));
    };
    const recorded = await record(async () => {
      await post(`${provider.url}/orders`, { meet });
      await post(chat('ok'), { options: { method: 'GET' }, meet });
      await context.with(suppressTracing(context.active()), () => post(chat('ok'), { meet }));
    });
    expect(recorded).toEqual([]);
    expect(exporter.getFinishedSpans().map((span) => span.name)).toEqual(['work']);
    expect(own).toEqual([[], [], []]);
  });
});

describe('a request that is traced', () => {
  it('has the listeners and the keys that it has untraced, and its own methods again when it is over', async () => {
    const look = async (): Promise<unknown> => {
      let request: ClientRequest | undefined;
      let response: IncomingMessage | undefined;
      const under: unknown[] = [];
      const listeners = (one: NodeJS.EventEmitter): unknown => one.eventNames().map((name) => [String(name), one.listenerCount(name)]);
      await post(chat('ok'), {
        meet(made) {
          request = made;
          made.on('response', (came) => {
            response = came;
            under.push(listeners(made), listeners(came), Object.keys(made), Object.keys(came));
          });
        },
      });
      await new Promise(setImmediate);
      return { under, after: [request, response].map((one) => Object.getOwnPropertyNames(one).toSorted()) };
    };
    const traced = await look();
    instrumentation.disable();
    const untraced = await look();
    instrumentation.enable();
    expect(traced).toEqual(untraced);
  });

  it('still fails the process where nobody listens for its error', async () => {
    const script = `
      import http from 'node:http';
      import { HttpInstrumentation } from '@outspan/instrumentation-http';
      new HttpInstrumentation();
      process.on('uncaughtException', (error) => { console.log(error.code); });
      http.request(${JSON.stringify(chatOf(provider.session('reset_before_head')))}, { method: 'POST' }).end('{}');
      http.request(${JSON.stringify(chatOf(provider.session('chunked_reset')))}, { method: 'POST' }).on('response', (response) => response.resume()).end('{}');
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname, timeout: 20_000 });
    expect(stdout).toBe('ECONNRESET\nECONNRESET\n');
  });

  it('is let go of when it is over: nothing keeps its objects', async () => {
    const script = `
      import http from 'node:http';
      import { HttpInstrumentation } from '@outspan/instrumentation-http';
      new HttpInstrumentation();
      const refs = [];
      const call = (url) => new Promise((resolve) => {
        const request = http.request(url, { method: 'POST', agent: false });
        refs.push(new WeakRef(request));
        request.on('response', (response) => { refs.push(new WeakRef(response)); response.on('error', () => {}).resume(); });
        request.on('error', () => {}).on('close', resolve);
        request.end('{"model":"m","messages":[]}');
      });
      const [ok, cut] = ${JSON.stringify([chatOf(provider.session('ok')), chatOf(provider.session('length_reset'))])};
      for (let n = 0; n < 20; n++) { await call(ok); await call(cut); }
      for (let n = 0; n < 5; n++) { await new Promise((resolve) => setTimeout(resolve, 20)); gc(); }
      console.log(refs.length, refs.filter((ref) => ref.deref() !== undefined).length, process.getActiveResourcesInfo().filter((kind) => kind.includes('TCP')).length);
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], { cwd: import.meta.dirname, timeout: 30_000 });
    expect(stdout).toBe('80 0 0\n');
  });
});

describe('trace context', () => {
  it('goes out to a server that is no public provider, naming the attempt', async () => {
    const session = provider.session('ok');
    const [one] = await record(() => post(chatOf(session)));
    expect(session.requests.map(({ headers }) => headers['traceparent'])).toEqual([expect.stringContaining(one?.attempts[0]?.spanContext().spanId ?? 'none')]);
  });

  it('does not go out to a public provider unless told to, nor where the headers are sent already', async () => {
    const session = provider.session('ok');
    const row = { name: 'acme', hosts: ['127.0.0.1'], public: true };
    instrumentation.setConfig({ providers: [row] });
    await record(() => post(chatOf(session)));
    instrumentation.setConfig({ providers: [row], propagateTo: ['127.0.0.1'] });
    await record(() => post(chatOf(session)));
    instrumentation.setConfig({});
    await record(async () => {
      const request = http.request(chatOf(session), { method: 'POST', headers: ['host', new URL(provider.url).host] });
      const response = once(request, 'response');
      request.end('{}');
      const [came]: IncomingMessage[] = await response;
      await once(came?.resume() ?? request, 'end');
    });
    expect(session.requests.map(({ headers }) => headers['traceparent'])).toEqual([undefined, expect.any(String), undefined]);
  });
});

describe('on the way to an answer', () => {
  it('interim heads are none: 100 Continue and 103 Early Hints', async () => {
    const url = await serve((server) => {
      server.on('checkContinue', (request, response) => {
        response.writeContinue();
        response.writeEarlyHints({ link: '</style.css>; rel=preload' });
        request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER));
      });
    });
    let continued = 0;
    const { statuses, status } = await only(() => post(url, { options: { headers: { expect: '100-continue' } }, meet: (request) => request.on('continue', () => continued++) }));
    expect([continued, statuses, status]).toEqual([1, [200], SpanStatusCode.UNSET]);
  });

  it('another protocol ends the exchange', async () => {
    const url = await serve((server) => {
      server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n'));
    });
    const { statuses } = await only(() => post(url, { options: { headers: { connection: 'upgrade', upgrade: 'other' } }, meet: (request) => request.on('upgrade', (_response, socket) => socket.destroy()) }));
    expect(statuses).toEqual([101]);
  });

  it('a kept connection that the server closes is a failure of the attempt, repaired by the next', async () => {
    let requests = 0;
    const url = await serve((server) => {
      server.on('request', (request, response) => {
        requests++;
        if (requests === 2) request.socket.resetAndDestroy();
        else request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER));
      });
    });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    await record(() => post(url, { options: { agent } }));
    const reused: boolean[] = [];
    const meet = (request: ClientRequest): void => void request.on('close', () => reused.push(request.reusedSocket));
    const { statuses, attributes, status } = await only(async () => {
      await post(url, { options: { agent }, meet });
      await post(url, { options: { agent }, meet });
    });
    agent.destroy();
    expect(reused).toEqual([true, false]);
    expect([statuses, attributes['outspan.retry.count'], status]).toEqual([[undefined, 200], 1, SpanStatusCode.UNSET]);
  });

  it('a redirect that the application follows while its first request is open is one operation', async () => {
    const session = provider.session('ok_redirect');
    const { statuses, attributes } = await only(
      () =>
        new Promise<void>((resolve) => {
          void post(chatOf(session), {
            meet: (request) =>
              request.on('response', (response) => {
                void post(new URL(response.headers.location ?? '', provider.url).href).then(() => resolve());
                request.destroy();
              }),
          });
        }),
    );
    expect([statuses, attributes['outspan.retry.count']]).toEqual([[307, 200], 0]);
  });
});

describe('an end before the end', () => {
  const cancelled = { 'outspan.operation.cancelled': true };

  it.each<readonly [string, string, (request: ClientRequest) => unknown]>([
    ['destroy() before the head', 'hang_before_head', (request) => setTimeout(() => request.destroy(), 50)],
    ['abort() before the head', 'hang_before_head', (request) => setTimeout(() => Reflect.apply(Reflect.get(request, 'abort'), request, []), 50)],
    ['destroy() of the request within the body', 'hang_in_body', (request) => request.on('response', (response) => response.once('data', () => request.destroy()))],
    ['destroy() of the answer within the body', 'hang_in_body', (request) => request.on('response', (response) => response.once('data', () => response.destroy()))],
    ['end() of its socket within the body, as core-sse of Azure does', 'hang_in_body', (request) => request.on('response', (response) => response.once('data', () => response.socket.end()))],
    ['destroy() before it is sent', 'ok', (request) => request.destroy()],
  ])('by the caller is no failure: %s', async (_, script, meet) => {
    const { attributes, status } = await only(() => post(chat(script), { meet }));
    expect([attributes['outspan.operation.cancelled'], status]).toEqual([true, SpanStatusCode.UNSET]);
  });

  it('by a signal is the caller’s, by AbortSignal.timeout a deadline', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const aborted = await only(() => post(chat('hang_in_body'), { options: { signal: abort.signal } }));
    const timed = await only(() => post(chat('hang_before_head'), { options: { signal: AbortSignal.timeout(50) } }));
    const before = await only(() => post(chat('ok'), { options: { signal: AbortSignal.abort() } }));
    expect([aborted.attributes, before.attributes]).toEqual([expect.objectContaining(cancelled), expect.objectContaining(cancelled)]);
    expect(timed.attributes).toMatchObject({ 'outspan.error.class': 'timeout', 'outspan.error.phase': 'headers' });
  });

  it.each<readonly [string, string, string, (request: ClientRequest) => unknown]>([
    ['destroyed when it is told of its idle timeout', 'hang_before_head', 'headers', (request) => request.setTimeout(50, () => request.destroy())],
    ['destroyed in the body, by the answer’s timeout', 'hang_in_body', 'body', (request) => request.on('response', (response) => response.setTimeout(50, () => response.destroy()))],
    ['its socket destroyed, as follow-redirects does', 'hang_in_body', 'body', (request) => request.on('socket', (socket: Socket) => socket.setTimeout(50).on('timeout', () => socket.destroy()))],
  ])('for its own deadline is a timeout: %s', async (_, script, phase, meet) => {
    const { attributes } = await only(() => post(chat(script), { meet }));
    expect(attributes).toMatchObject({ 'outspan.error.class': 'timeout', 'outspan.error.origin': 'client', 'outspan.error.phase': phase });
  });

  it('by the agent that is destroyed is this side’s, not the network’s', async () => {
    const agent = new http.Agent({ keepAlive: true });
    const { attributes } = await only(() => {
      setTimeout(() => agent.destroy(), 50);
      return post(chat('hang_before_head'), { options: { agent } });
    });
    expect(attributes).toMatchObject(cancelled);
  });

  it('of an answer that nobody listens for is no empty answer', async () => {
    const { attributes, status } = await only(async () => {
      const request = http.request(chat('ok'), { method: 'POST' });
      request.end('{"model":"gpt-5","messages":[]}');
      await once(request, 'close');
    });
    expect([attributes['outspan.error.class'], status]).toEqual([undefined, SpanStatusCode.UNSET]);
  });

  it('of an answer that nobody reads comes when tracing shuts down', async () => {
    const requests: ClientRequest[] = [];
    const recorded = await record(async () => {
      const request = http.request(chat('ok_slow'), { method: 'POST' });
      requests.push(request);
      request.end('{"model":"gpt-5","messages":[],"stream":true}');
      await once(request, 'response');
    });
    expect(recorded).toEqual([]);
    instrumentation.disable();
    instrumentation.enable();
    const [one] = await collect();
    expect([one?.operation.attributes['outspan.operation.cancelled'], one?.attempts.length]).toEqual([true, 1]);
    for (const request of requests) request.on('error', () => undefined).destroy();
  });
});

describe('a client of a provider', () => {
  it('is known by its name at an address and a path that tell nothing', async () => {
    const url = `${provider.session('ok').baseUrl}/api/chat`;
    const { attributes } = await only(() => post(url, { options: { headers: { 'user-agent': 'ollama-js/0.6.4' } } }));
    expect(attributes).toMatchObject({ 'gen_ai.provider.name': 'ollama', 'gen_ai.operation.name': 'chat' });
  });
});

describe('bodies', () => {
  it('are read in whatever form they are written', async () => {
    const url = chat('ok');
    const { attributes } = await only(
      () =>
        new Promise((resolve) => {
          const request = http.request(url, { method: 'POST' });
          request.on('response', (response) => response.resume().on('end', resolve));
          request.write('7b226d6f64656c22', 'hex');
          request.write(Buffer.from(':"gpt-5",'));
          request.end('"messages":[]}', 'latin1');
        }),
    );
    expect(attributes).toMatchObject({ 'gen_ai.request.model': 'gpt-5', 'gen_ai.response.finish_reasons': ['stop'] });
  });

  it('leave no secret and no content in any attribute', async () => {
    await record(async () => {
      await post(chat('unauthenticated'));
      await post(`${provider.session('ok').baseUrl}/v1beta/models/gemini-3-pro:generateContent?key=AIzaCanary`);
    });
    const everything = JSON.stringify(exporter.getFinishedSpans().map((span) => [span.name, span.attributes, span.status, span.events]));
    expect(everything).toContain('gemini-3-pro');
    expect(everything).not.toMatch(/canary/i);
  });

  it('of concurrent identical calls are kept apart', async () => {
    const url = chat('ok');
    const recorded = await record(() => Promise.all(Array.from({ length: 5 }, () => post(url))));
    expect(recorded.map(({ attempts }) => attempts.length)).toEqual([1, 1, 1, 1, 1]);
  });
});
