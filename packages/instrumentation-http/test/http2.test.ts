import { once } from 'node:events';
import http2 from 'node:http2';
import type { ClientHttp2Stream, Http2Server, Http2Session, ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { SpanStatusCode } from '@opentelemetry/api';
import { startFaultProvider } from '@outspan/fault-provider';
import type { FaultProvider } from '@outspan/fault-provider';
import { HttpInstrumentation } from '@outspan/instrumentation-http';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import * as undici from 'undici-8';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postOverHttp2 } from './calls.ts';
import { exporter, record, startTracing } from '../../instrumentation-undici/test/tracing.ts';

let provider: FaultProvider;
let instrumentations: readonly { disable: () => void }[] = [];
const servers: Http2Server[] = [];

beforeAll(async () => {
  startTracing();
  instrumentations = [new HttpInstrumentation(), new UndiciInstrumentation()];
  provider = await startFaultProvider();
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(async () => {
  for (const instrumentation of instrumentations) instrumentation.disable();
  await provider.close();
});

const chat = (script: string): string => `${provider.session(script).baseUrl}/v1/chat/completions`;

/** A server of the test's own, for what the fault provider does not play: answers with half of a body, and then does this. */
async function half(then: (stream: ServerHttp2Stream) => void): Promise<string> {
  const server = http2.createServer();
  servers.push(server);
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    stream.resume().on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/json' });
      stream.write('{"id":"c","object":"chat.completion","model":"gpt-5","choices":[', () => setTimeout(() => then(stream), 20));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
}

async function only(work: () => Promise<unknown>): Promise<{ readonly statuses: unknown[]; readonly attributes: Readonly<Record<string, unknown>>; readonly status: SpanStatusCode }> {
  const [one, ...others] = await record(work);
  expect(others).toEqual([]);
  return { statuses: one?.attempts.map((span) => span.attributes['http.response.status_code']) ?? [], attributes: one?.operation.attributes ?? {}, status: one?.operation.status.code ?? SpanStatusCode.OK };
}

const LOST = { 'outspan.error.class': 'truncated_response', 'outspan.error.origin': 'network', 'outspan.response.truncation.kind': 'connection_lost' };

describe('an answer that is cut', () => {
  it('with its connection is lost, though the stream just ends', async () => {
    let came: unknown;
    const { attributes, status } = await only(async () => {
      came = await postOverHttp2(chat('chunked_fin'));
    });
    expect(came).toMatchObject({ status: 200, error: undefined, code: 8 });
    expect([status, attributes]).toEqual([SpanStatusCode.ERROR, expect.objectContaining(LOST)]);
  });

  it('by RST_STREAM is lost, whatever its code: also that of a cancellation, which raises no error', async () => {
    const codes = [http2.constants.NGHTTP2_INTERNAL_ERROR, http2.constants.NGHTTP2_CANCEL];
    const seen = [];
    for (const code of codes) {
      const url = await half((stream) => {
        // `close` ends the body properly first, unless it is too full to be ended.
        Reflect.set(stream, 'end', () => stream);
        stream.close(code);
      });
      let came: unknown;
      const { attributes } = await only(async () => {
        came = await postOverHttp2(url);
      });
      seen.push([Reflect.get(Object(came), 'code'), attributes['outspan.response.truncation.kind']]);
    }
    expect(seen).toEqual(codes.map((code) => [code, 'connection_lost']));
  });

  it('by a GOAWAY and the end of the connection is lost', async () => {
    const url = await half((stream) => stream.session?.destroy());
    const { attributes } = await only(() => postOverHttp2(url));
    expect(attributes).toMatchObject(LOST);
  });
});

describe('an end before the end', () => {
  it.each<readonly [string, (stream: ClientHttp2Stream, session: Http2Session | undefined) => unknown]>([
    ['close()', (stream) => stream.close()],
    ['close() with a code', (stream) => stream.close(http2.constants.NGHTTP2_CANCEL)],
    ['destroy()', (stream) => stream.destroy()],
    ['destroy() with an error of its own', (stream) => stream.destroy(new Error('enough'))],
    ['the end of its session', (_, session) => session?.destroy()],
  ])('by the caller is no failure: %s', async (_, stop) => {
    const { attributes, status } = await only(() => postOverHttp2(chat('hang_in_body'), {}, (stream) => stream.once('data', () => stop(stream, stream.session))));
    expect([attributes['outspan.operation.cancelled'], status]).toEqual([true, SpanStatusCode.UNSET]);
  });

  it('for an idle timeout is a deadline, by close() as the AWS SDK does it', async () => {
    const { attributes } = await only(() => postOverHttp2(chat('hang_in_body'), {}, (stream) => stream.setTimeout(60, () => stream.close())));
    expect(attributes).toMatchObject({ 'outspan.error.class': 'timeout', 'outspan.error.origin': 'client', 'outspan.error.phase': 'body' });
  });
});

describe('a connection that cannot be made', () => {
  it('is refused, not cancelled with its session', async () => {
    const { attributes } = await only(() => postOverHttp2(chat('refused')));
    expect(attributes).toMatchObject({ 'outspan.error.class': 'connection_refused', 'outspan.error.origin': 'network' });
  });

  it('is told of on a session that is closed already', async () => {
    const session = http2.connect(provider.url);
    await once(session, 'connect');
    session.close();
    const recorded = await record(async () => {
      try {
        const stream = session.request({ ':method': 'POST', ':path': new URL(chat('ok')).pathname });
        await new Promise((resolve) => stream.on('error', resolve));
      } catch {
        // Some releases of Node.js throw, before there is a stream.
      }
    });
    expect(recorded.every(({ operation }) => operation.attributes['outspan.error.class'] === 'connection_closed')).toBe(true);
    session.destroy();
  });
});

describe('many requests on one connection', () => {
  it('are operations of their own', async () => {
    const urls = ['ok', 'stream_reset', 'ok'].map(chat);
    const session = http2.connect(provider.url);
    const recorded = await record(() =>
      Promise.all(
        urls.map((url) => {
          const stream = session.request({ ':method': 'POST', ':path': new URL(url).pathname });
          stream.on('error', () => undefined).resume();
          stream.end('{"model":"gpt-5","messages":[],"stream":true}');
          return new Promise((resolve) => stream.on('close', resolve));
        }),
      ),
    );
    session.destroy();
    expect(recorded.map(({ operation }) => operation.attributes['outspan.response.truncation.kind'] ?? 'whole').filter((kind) => kind !== 'whole')).toEqual(['connection_lost']);
    expect(recorded).toHaveLength(3);
  });

  it('that are no LLM calls, or are undici’s, are none of ours', async () => {
    const recorded = await record(async () => {
      await postOverHttp2(`${provider.url}/orders`);
      const client = new undici.H2CClient(provider.url);
      const { body } = await client.request({ method: 'POST', path: new URL(chat('ok')).pathname, body: '{"model":"gpt-5","messages":[]}' });
      await body.json();
      await client.close();
    });
    expect(recorded.map(({ operation, attempts }) => [operation.instrumentationScope.name, attempts.length])).toEqual([['@outspan/instrumentation-undici', 1]]);
    expect(exporter.getFinishedSpans().filter((span) => span.name === 'POST')).toHaveLength(1);
  });
});

describe('a stream that is over', () => {
  it('has its own methods again, and the listeners and keys that it has untraced', async () => {
    const look = async (): Promise<unknown> => {
      const under: unknown[] = [];
      let made: ClientHttp2Stream | undefined;
      await postOverHttp2(chat('ok'), {}, (stream) => {
        made = stream;
        stream.on('response', () => under.push(Object.keys(stream), stream.eventNames().map((name) => [String(name), stream.listenerCount(name)])));
      });
      return { under, after: Object.getOwnPropertyNames(made).toSorted() };
    };
    const traced = await look();
    for (const instrumentation of instrumentations) instrumentation.disable();
    expect(traced).toEqual(await look());
  });
});
