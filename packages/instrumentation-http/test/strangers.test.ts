import { once } from 'node:events';
import http, { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpInstrumentation } from '@outspan/instrumentation-http';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetch as fetchOfUndici, request as requestOfUndici } from 'undici-8';
import { collect, exporter, startTracing } from '../../instrumentation-undici/test/tracing.ts';

/** Sends a body to a path, in one piece or in several. */
type Send = (port: number, path: string, body: string, headers?: Readonly<Record<string, string>>) => Promise<unknown>;

const JSON_TYPE = { 'content-type': 'application/json' };
const CLIENTS: Readonly<Record<string, Send>> = {
  fetch: async (port, path, body, headers) => (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body })).text(),
  'undici’s fetch': async (port, path, body, headers) => (await fetchOfUndici(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body })).text(),
  'undici’s request': async (port, path, body, headers) => (await requestOfUndici(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body })).body.text(),
  'node:http': (port, path, body, headers) => byHttp(port, path, [body], headers),
  'node:http in pieces': (port, path, body, headers) => byHttp(port, path, [body.slice(0, 5), body.slice(5)], headers),
};

function byHttp(port: number, path: string, pieces: readonly string[], headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, method: 'POST', headers: { ...JSON_TYPE, ...headers } }, (response) => response.resume().once('end', resolve));
    request.once('error', reject);
    for (const piece of pieces) request.write(piece);
    request.end();
  });
}

/** Whole answers of each dialect, and of a stranger. */
const ANSWERS: readonly (readonly [path: RegExp, answer: object])[] = [
  [/^\/llm.*embeddings$/, { object: 'list', model: 'e', data: [{ embedding: [0.5] }], usage: { prompt_tokens: 3, total_tokens: 3 } }],
  [/^\/llm.*rerank$/, { results: [{ index: 0, relevance_score: 0.5 }] }],
  [/^\/llm.*messages$/, { id: 'm', type: 'message', role: 'assistant', model: 'c', content: [{ type: 'text', text: 'hi' }], stop_reason: 'end_turn', usage: { input_tokens: 3, output_tokens: 1 } }],
  [/^\/llm.*completions$/, { id: 'c', object: 'text_completion', model: 'g', choices: [{ index: 0, text: 'hi', finish_reason: 'stop' }] }],
];

let server: Server;
let port = 0;
let instrumentations: readonly { disable(): void }[];

beforeAll(async () => {
  startTracing();
  instrumentations = [new UndiciInstrumentation(), new HttpInstrumentation()];
  server = createServer((request, response) => {
    request.resume().once('end', () => {
      const answer = ANSWERS.find(([path]) => path.test(request.url ?? ''))?.[1];
      response.writeHead(answer === undefined ? 201 : 200, JSON_TYPE).end(JSON.stringify(answer ?? { done: true, score: 3 }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  for (const one of instrumentations) one.disable();
  server.close();
});

const operationsOf = async (work: () => Promise<unknown>): Promise<readonly unknown[]> => {
  exporter.reset();
  await work();
  return (await collect()).map(({ operation }) => operation.attributes['gen_ai.operation.name']);
};

describe.each(Object.entries(CLIENTS))('by %s', (_client, send) => {
  it.each([
    ['/api/lessons/42/completions', '{"studentId":7,"score":0.9}'],
    ['/api/lists/9/rerank', '{"order":[3,1,2]}'],
    ['/api/embeddings', '{"document":"d1"}'],
    ['/v1/embeddings', '{"url":"https://www.youtube.com/embed"}'],
    ['/v1/messages', '{"to":"+491701234567","text":"Your code is 1234"}'],
    ['/v1/responses', '{"survey":9,"answers":[1,2]}'],
    ['/moderations', '{"post":17,"action":"hide"}'],
    ['/images/generations', '{"album":5}'],
    ['/completions', 'studentId=7&score=0.9'],
    ['/completions', ''],
  ])('a stranger’s %s with %s is no LLM call', async (path, body) => {
    expect(await operationsOf(() => send(port, path, body))).toEqual([]);
  });

  it.each([
    ['/llm/v1/embeddings', '{"input":"hi","model":"e"}', 'embeddings'],
    ['/llm/embeddings', ` {"model":"e","input":["${'x'.repeat(300_000)}"]}`, 'embeddings'],
    ['/llm/rerank', '{"query":"q","texts":["a"]}', 'rerank'],
    ['/llm/v1/messages', '{"model":"c","messages":[{"role":"user","content":"hi"}],"max_tokens":9}', 'chat'],
    ['/llm/v1/completions', '{"model":"g","prompt":"hi"}', 'text_completion'],
  ])('the body makes %s an LLM call', async (path, body, operation) => {
    expect(await operationsOf(() => send(port, path, body))).toEqual([operation]);
  });

  it.each([
    ['ai-sdk/anthropic/2.0.1', '/llm/messages', '{"model":"c","messages":[{"role":"user","content":"hi"}],"max_tokens":9}', ['chat']],
    ['Anthropic/JS 1.12.0', '/llm/messages', '{"model":"c","messages":[],"max_tokens":9}', ['chat']],
    ['OpenAI/JS 7.5.0', '/llm/threads/t1/messages', '{"role":"user","content":"hi"}', []],
    ['curl/8.5', '/llm/messages', '{"model":"c","messages":[],"max_tokens":9}', []],
  ])('at a base without a version client and body tell together: %s, %s, %s', async (agent, path, body, operations) => {
    expect(await operationsOf(() => send(port, path, body, { 'user-agent': agent }))).toEqual(operations);
  });

  it('a known client is believed, whatever its body', async () => {
    expect(await operationsOf(() => send(port, '/llm/completions', '{"model":"g"}', { 'user-agent': 'OpenAI/JS 7.5.0' }))).toEqual(['text_completion']);
  });
});

describe('of a request that never gets its body out', () => {
  it.each([
    ['/v1/embeddings', ['embeddings']],
    ['/openai/deployments/m/embeddings', ['embeddings']],
    ['/api/lessons/42/completions', []],
    ['/api/v1/lessons/42/completions', []],
  ])('the path tells: %s', async (path, operations) => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port: free } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    expect(await operationsOf(async () => fetch(`http://127.0.0.1:${free}${path}`, { method: 'POST', body: '{"input":"hi"}' }).catch(() => undefined))).toEqual(operations);
  });
});
