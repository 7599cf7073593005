import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type FaultProvider, type FaultProviderOptions, startFaultProvider } from './provider.ts';

let running: FaultProvider | undefined;

async function start(options?: FaultProviderOptions): Promise<FaultProvider> {
  running = await startFaultProvider(options);
  return running;
}

afterEach(async () => {
  await running?.close();
  running = undefined;
});

function chat(baseUrl: string, more: object = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [], ...more }),
    ...(signal && { signal }),
  });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a fault provider', () => {
  it('keeps sessions apart, each with its own place in its script and its own log', async () => {
    const provider = await start();
    const a = provider.session('502,ok');
    const b = provider.session('500,ok');
    const statuses = [];
    for (const { baseUrl } of [a, b, a, b]) statuses.push((await chat(baseUrl)).status);
    expect(statuses).toEqual([502, 500, 200, 200]);
    expect(a.requests.map(({ fault, attempt }) => [fault, attempt])).toEqual([['bad_gateway_page', 1], ['ok', 2]]);
    expect(b.requests.map(({ fault }) => fault)).toEqual(['server_error', 'ok']);
    expect(provider.log).toHaveLength(4);
  });

  it('changes the script of a session while clients are at work', async () => {
    const session = (await start()).session('ok');
    const statuses = [];
    for (const script of ['ok', '503', '502,ok']) {
      session.play(script);
      statuses.push((await chat(session.baseUrl)).status, (await chat(session.baseUrl)).status);
    }
    expect(statuses).toEqual([200, 200, 503, 503, 502, 200]);
    expect(() => session.play('refused')).toThrow(/never/);
    expect((await chat(session.baseUrl)).status).toBe(200);
  });

  it('plays the default script outside of sessions', async () => {
    const provider = await start({ script: '503,ok' });
    expect((await chat(provider.url)).status).toBe(503);
    expect((await chat(provider.url)).status).toBe(200);
  });

  it('logs what it received and what it really sent', async () => {
    const provider = await start();
    const session = provider.session('ok');
    const response = await fetch(`${session.baseUrl}/v1/chat/completions?key=k`, { method: 'POST', headers: { 'x-stainless-retry-count': '0' }, body: '{"model":"m","messages":[]}' });
    const text = await response.text();
    const parsed: unknown = JSON.parse(text);
    const [request] = session.requests;
    await until(() => request?.answered.endedBy !== undefined);
    expect(request).toMatchObject({ method: 'POST', path: '/v1/chat/completions', query: '?key=k', body: { model: 'm', messages: [] }, bodyBytes: 27, dialect: 'openai.chat', mode: 'unary', fault: 'ok', attempt: 1 });
    expect(request?.headers['x-stainless-retry-count']).toBe('0');
    expect(request?.answered).toMatchObject({ status: 200, bytes: Buffer.byteLength(text), endedBy: 'complete' });
    expect(parsed).toMatchObject({ id: request?.answered.said.id, model: request?.answered.said.model });
    expect(request?.answered.headers?.['x-request-id']).toBe(response.headers.get('x-request-id'));
  });

  it('keeps no more of the log than it was told', async () => {
    const provider = await start({ logLimit: 2, loggedBodyBytes: 10 });
    const session = provider.session('ok');
    for (let i = 0; i < 4; i++) await (await chat(session.baseUrl)).text();
    expect(session.requests.map(({ attempt }) => attempt)).toEqual([3, 4]);
    expect(provider.log).toHaveLength(2);
    expect(session.requests[0]?.body).toBeUndefined();
  });

  it('says when it was the client that left', async () => {
    const provider = await start();
    const session = provider.session('hang_before_head');
    const abort = new AbortController();
    const failed = chat(session.baseUrl, {}, abort.signal).catch((error: unknown) => error);
    await until(() => session.requests.length === 1);
    expect(session.requests[0]?.answered.endedBy).toBeUndefined();
    expect(session.openSockets()).toBe(1);
    abort.abort();
    await failed;
    await until(() => session.requests[0]?.answered.endedBy !== undefined);
    expect(session.requests[0]?.answered.endedBy).toBe('client');
    await until(() => provider.openSockets() === 0);
    expect(session.openSockets()).toBe(0);
  });

  it('closes what hangs when it is closed', async () => {
    const provider = await start();
    const session = provider.session('stream_stall');
    const response = await chat(session.baseUrl, { stream: true });
    const reading = response.text().then(() => 'whole', () => 'broken');
    await until(() => (session.requests[0]?.answered.bytes ?? 0) > 0);
    await provider.close();
    running = undefined;
    expect(await reading).toBe('broken');
    await until(() => session.requests[0]?.answered.endedBy !== undefined);
    expect(session.requests[0]?.answered.endedBy).toBe('shutdown');
    expect(provider.openSockets()).toBe(0);
  });

  it('keeps the port of a refused session closed, also to those that look for a free one', async () => {
    const provider = await start();
    const { baseUrl } = provider.session('refused');
    const port = Number(new URL(baseUrl).port);
    for (let i = 0; i < 3; i++) {
      const socket = connect(port, '127.0.0.1');
      const [error] = await once(socket, 'error');
      expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    }
    await expect(startFaultProvider({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(provider.openSockets()).toBe(0);
  });

  it('plays a healthy answer, and says so, where a fault cannot be met', async () => {
    const provider = await start();
    const session = provider.session('stream_reset');
    expect((await chat(session.baseUrl)).status).toBe(200);
    expect(session.requests[0]).toMatchObject({ fault: 'ok', skipped: 'stream_reset' });
  });

  it('answers a URL of no dialect with a 404 that says what there is', async () => {
    const provider = await start();
    const response = await fetch(`${provider.url}/v1/models`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('chat/completions');
    expect((await chat(`${provider.url}/s/none`)).status).toBe(404);
    expect(provider.log[0]).toMatchObject({ fault: 'unknown_url' });
  });

  it('sends a usage chunk only to whom asks for it', async () => {
    const provider = await start();
    const session = provider.session('ok');
    const plain = await (await chat(session.baseUrl, { stream: true })).text();
    const asked = await (await chat(session.baseUrl, { stream: true, stream_options: { include_usage: true } })).text();
    expect(plain).not.toContain('prompt_tokens');
    expect(asked).toContain('"choices":[],"usage":{"prompt_tokens":21');
    expect(session.requests.map(({ answered }) => answered.said.usage)).toEqual([false, true]);
  });

  it('answers as many choices as were asked for', async () => {
    const provider = await start();
    const session = provider.session('ok');
    await (await chat(session.baseUrl, { n: 3 })).text();
    await (await chat(session.baseUrl, { n: 2, stream: true })).text();
    expect(session.requests.map(({ answered }) => answered.said.finishReasons)).toEqual([['stop', 'stop', 'stop'], ['stop', 'stop']]);
  });

  it('streams Gemini as a JSON array to whom does not ask for events', async () => {
    const provider = await start();
    const session = provider.session('ok,stream_cut,500');
    const ask = (): Promise<Response> => fetch(`${session.baseUrl}/v1beta/models/m:streamGenerateContent`, { method: 'POST', body: '{"contents":[]}' });
    const whole = await ask();
    expect(whole.headers.get('content-type')).toBe('application/json; charset=UTF-8');
    const elements: unknown = JSON.parse(await whole.text());
    expect(elements).toHaveLength(9);
    const cut = await (await ask()).text();
    expect(cut.startsWith('[{"candidates"')).toBe(true);
    expect(cut.endsWith(']')).toBe(false);
    const errors: unknown = JSON.parse(await (await ask()).text());
    expect(errors).toMatchObject([{ error: { code: 500, status: 'INTERNAL' } }]);
  });

  it('draws the same ids for the same seed', async () => {
    const provider = await start();
    const ids = [];
    for (const seed of [7, 7, 8]) {
      const session = provider.session('ok', { seed });
      await (await chat(session.baseUrl)).text();
      ids.push(session.requests[0]?.answered.said.id);
    }
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  it('waits before it answers when it has a latency', async () => {
    const provider = await start({ latency: { ms: 600_000, jitterMs: 0 } });
    const slow = provider.session('ok');
    const quick = provider.session('ok', { latency: { ms: 1, jitterMs: 1 } });
    const abort = new AbortController();
    const waiting = chat(slow.baseUrl, {}, abort.signal).catch(() => 'aborted');
    await until(() => slow.requests.length === 1);
    expect((await chat(quick.baseUrl)).status).toBe(200);
    expect(slow.requests[0]?.answered.status).toBeUndefined();
    abort.abort();
    expect(await waiting).toBe('aborted');
  });

  it('sends as many text events as it is told', async () => {
    const provider = await start();
    const session = provider.session('ok', { textEvents: 500 });
    const text = await (await chat(session.baseUrl, { stream: true })).text();
    expect(text.match(/^data: /gm)).toHaveLength(503);
  });
});

/** A chat request on an open HTTP/2 connection. */
/** Connects over HTTP/2. Whether the client sees the end of a connection that the server drops, or a reset, is chance. */
function connected(url: string): ClientHttp2Session {
  return connectHttp2(url).on('error', () => undefined);
}

function chatOn(connection: ClientHttp2Session, baseUrl: string, more: object = {}): ClientHttp2Stream {
  const stream = connection.request({ ':method': 'POST', ':path': `${new URL(baseUrl).pathname}/v1/chat/completions`, authorization: 'Bearer any' });
  stream.on('error', () => undefined);
  stream.end(JSON.stringify({ model: 'm', messages: [], ...more }));
  return stream;
}

async function textOf(stream: ClientHttp2Stream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await new Promise((resolve) => stream.once('close', resolve));
  return text;
}

describe('over HTTP/2, on the same port', () => {
  it('answers requests of many sessions on one connection, and breaks off one of them alone', async () => {
    const provider = await start();
    const [whole, broken] = [provider.session('ok_slow', { tokenDelayMs: 20 }), provider.session('stream_reset')];
    const connection = connected(provider.url);
    const streams = [chatOn(connection, whole.baseUrl, { stream: true }), chatOn(connection, broken.baseUrl, { stream: true })];
    const [text = '', cut = ''] = await Promise.all(streams.map(textOf));
    expect([text.endsWith('data: [DONE]\n\n'), cut.length > 0, cut.includes('[DONE]')]).toEqual([true, true, false]);
    expect(streams.map(({ rstCode }) => rstCode)).toEqual([0, 2]);
    expect(provider.openSockets()).toBe(1);
    expect(provider.log.map(({ httpVersion, headers }) => [httpVersion, headers['host'], headers['authorization']])).toEqual(Array.from({ length: 2 }, () => ['2', new URL(provider.url).host, 'Bearer any']));
    connection.destroy();
    await until(() => provider.openSockets() === 0);
  });

  it('says when it was the client that left', async () => {
    const session = (await start()).session('hang_in_body');
    const connection = connected(session.baseUrl);
    const stream = chatOn(connection, session.baseUrl);
    await until(() => (session.requests[0]?.answered.bytes ?? 0) > 0);
    stream.close(8);
    await until(() => session.requests[0]?.answered.endedBy !== undefined);
    expect(session.requests[0]?.answered.endedBy).toBe('client');
    expect(session.openSockets()).toBe(1);
    connection.destroy();
  });

  it('closes what hangs when it is closed', async () => {
    const provider = await start();
    const session = provider.session('stream_stall');
    const connection = connected(provider.url);
    const reading = textOf(chatOn(connection, session.baseUrl, { stream: true }));
    await until(() => (session.requests[0]?.answered.bytes ?? 0) > 0);
    await provider.close();
    running = undefined;
    expect(await reading).toContain('data: ');
    await until(() => session.requests[0]?.answered.endedBy !== undefined);
    expect(session.requests[0]?.answered.endedBy).toBe('shutdown');
  });

  it('knows the protocol of a client whose first bytes come one by one', async () => {
    const provider = await start();
    const starts = { 'HTTP/1.1': 'POST /v1/chat/completions HTTP/1.1\r\ncontent-length: 0\r\n\r\n', 'HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0' };
    const answers = [];
    for (const bytes of Object.values(starts)) {
      const socket = connect(Number(new URL(provider.url).port), '127.0.0.1').setNoDelay(true);
      const answer = once(socket, 'data');
      for (const byte of bytes) {
        socket.write(byte, 'latin1');
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      const [first]: unknown[] = await answer;
      answers.push(Buffer.isBuffer(first) ? first.toString('latin1', 0, 9) : '');
      socket.destroy();
    }
    expect(answers[0]).toBe('HTTP/1.1 ');
    // A SETTINGS frame, on stream 0.
    expect(answers[1]?.slice(3)).toBe('\x04\0\0\0\0\0');
  });

  it('lets a client go that leaves before it has said anything', async () => {
    const provider = await start();
    const socket = connect(Number(new URL(provider.url).port), '127.0.0.1');
    await until(() => provider.openSockets() === 1);
    socket.end();
    await once(socket.resume(), 'close');
    await until(() => provider.openSockets() === 0);
    expect(provider.log).toEqual([]);
  });
});
