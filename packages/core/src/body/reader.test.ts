import * as zlib from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../dialects/catalogue.ts';
import { anthropicMessages } from '../dialects/anthropic-messages.ts';
import { cohereChat } from '../dialects/cohere-chat.ts';
import { cohereV1Chat } from '../dialects/cohere-v1-chat.ts';
import type { Dialect, RequestFacts } from '../dialects/dialect.ts';
import { fixture, fixtureText } from '../dialects/fixtures/fixture.ts';
import { geminiGenerateContent } from '../dialects/gemini-generate-content.ts';
import { ollamaChat, ollamaGenerate } from '../dialects/ollama.ts';
import { openaiChat } from '../dialects/openai-chat.ts';
import { openaiEmbeddings } from '../dialects/openai-embeddings.ts';
import { openaiResponses } from '../dialects/openai-responses.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import type { BodyFacts, HeadFacts } from '../verdict/evidence.ts';
import { type BodyOptions, readBody } from './reader.ts';

const SSE: HeadFacts = { status: 200, contentType: 'text/event-stream' };
const JSON_HEAD: HeadFacts = { status: 200, contentType: 'application/json' };

function request(stream: boolean, offersTools = false): RequestFacts {
  return { operation: 'chat', stream, parameters: {}, offersTools };
}

interface How {
  readonly head?: HeadFacts | undefined;
  readonly request?: RequestFacts;
  readonly step?: number;
  readonly cleanly?: boolean;
  readonly options?: Partial<BodyOptions>;
}

function read(dialect: Dialect, input: Uint8Array | string, how: How = {}): BodyFacts {
  const bytes = typeof input === 'string' ? encodeUtf8(input) : input;
  const reader = readBody('head' in how ? how.head : SSE, dialect, how.request ?? request(true), { contentBytes: 0, ...how.options });
  const step = how.step ?? Infinity;
  for (let at = 0; at < bytes.length; at += Math.min(step, bytes.length)) reader.push(bytes.subarray(at, at + step));
  return reader.finish({ cleanly: how.cleanly ?? true });
}

const STREAMS: readonly (readonly [fixture: string, dialect: Dialect, tools: boolean])[] = [
  ['openai-chat.text.sse', openaiChat, false],
  ['openai-chat.tools.sse', openaiChat, true],
  ['openai-responses.text.sse', openaiResponses, false],
  ['openai-responses.tools.sse', openaiResponses, true],
  ['anthropic-messages.text.sse', anthropicMessages, false],
  ['anthropic-messages.tools.sse', anthropicMessages, true],
  ['gemini.text.sse', geminiGenerateContent, false],
  ['gemini.text.array.json', geminiGenerateContent, false],
  ['gemini.tools.sse', geminiGenerateContent, true],
  ['cohere-chat.text.sse', cohereChat, false],
  ['cohere-chat.tools.sse', cohereChat, true],
  ['cohere-v1-chat.text.ndjson', cohereV1Chat, false],
  ['ollama-chat.text.ndjson', ollamaChat, false],
  ['ollama-chat.tools.ndjson', ollamaChat, true],
  ['ollama-generate.text.ndjson', ollamaGenerate, false],
];

describe.each(STREAMS)('readBody of %s', (name, dialect, tools) => {
  const bytes = fixture(name);
  const asked = request(true, tools);
  const whole = read(dialect, bytes, { request: asked });

  it('reads it as a whole stream', () => {
    expect(whole).toMatchObject({ form: 'events', bytes: bytes.length, answer: { terminal: true, recognised: true } });
    expect(whole.defect).toBeUndefined();
    expect(whole.answer?.finishReasons).toHaveLength(1);
    expect(whole.answer?.usage?.input).toBeGreaterThan(0);
  });

  it('reads the same when it is cut in two at any byte, or sent byte by byte', () => {
    for (let cut = 1; cut < bytes.length; cut++) {
      const reader = readBody(SSE, dialect, asked, { contentBytes: 0 });
      reader.push(bytes.subarray(0, cut));
      reader.push(bytes.subarray(cut));
      expect(reader.finish({ cleanly: true })).toEqual(whole);
    }
    expect(read(dialect, bytes, { request: asked, step: 1 })).toEqual(whole);
  });

  it('reads the same under a wrong content type, or none, or with content captured', () => {
    expect(read(dialect, bytes, { request: asked, head: { status: 200, contentType: 'text/plain' } })).toEqual(whole);
    expect(read(dialect, bytes, { request: asked, head: undefined })).toEqual(whole);
    const captured = read(dialect, bytes, { request: asked, options: { contentBytes: 10_000 } });
    expect(captured.answer?.messages).toHaveLength(1);
    const { messages: _, ...facts } = captured.answer ?? { messages: undefined };
    expect(facts).toEqual(whole.answer);
  });

  it('never takes a prefix for whole before its provider said that it ended', () => {
    const text = new TextDecoder().decode(bytes);
    const terminalAt = Math.min(...['"finish_reason":"', '"finishReason":', 'event: message_stop', 'event: response.completed', 'event: message-end', '"event_type":"stream-end"', '"done":true'].map((mark) => text.indexOf(mark)).filter((at) => at > 0));
    const endsAt = encodeUtf8(text.slice(0, terminalAt)).length;
    for (let end = 1; end < endsAt; end++) expect(read(dialect, bytes.subarray(0, end), { request: asked, cleanly: end % 2 === 0 }).answer?.terminal ?? false).toBe(false);
  });

  it.each([
    ['gzip', zlib.gzipSync],
    ['br', zlib.brotliCompressSync],
    ['deflate', zlib.deflateSync],
    ['deflate', zlib.deflateRawSync],
    ['zstd', zlib.zstdCompressSync],
  ] as const)('reads it from its compressed form (%s)', (contentEncoding, compress) => {
    const packed = compress(bytes);
    expect(read(dialect, packed, { request: asked, head: { ...SSE, contentEncoding }, step: 100 })).toEqual({ ...whole, bytes: packed.length });
  });

  it('reads what a cut compressed body still gives', () => {
    const packed = zlib.gzipSync(bytes, { level: 1 });
    const facts = read(dialect, packed.subarray(0, packed.length - 4), { request: asked, head: { ...SSE, contentEncoding: 'gzip' } });
    expect(facts).toMatchObject({ defect: 'compression', answer: whole.answer });
  });
});

describe('readBody of long streams', () => {
  const chunk = (content: string): string =>
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'gpt-4o-2024-08-06', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
  const FIRST = chunk('');
  const MIDDLE = Array.from({ length: 2_000 }, (_, i) => chunk(` token ${i}`));
  const LAST = [
    'data: {"id":"chatcmpl-1","model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
    'data: {"id":"chatcmpl-1","model":"gpt-4o-2024-08-06","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2000,"total_tokens":2009}}\n\n',
    'data: [DONE]\n\n',
  ];
  const push = (events: readonly string[], how: How = {}): BodyFacts => {
    const reader = readBody(SSE, openaiChat, how.request ?? request(true), { contentBytes: 0, ...how.options });
    for (const event of events) reader.push(encodeUtf8(event));
    return reader.finish({ cleanly: how.cleanly ?? true });
  };

  it('reads the two ends, and finds there what reading every event finds', () => {
    const events = [FIRST, ...MIDDLE, ...LAST];
    const edges = push(events);
    expect(edges.answer).toMatchObject({ id: 'chatcmpl-1', model: 'gpt-4o-2024-08-06', finishReasons: ['stop'], usage: { input: 9, output: 2_000 }, terminal: true });
    expect(push(events, { request: request(true, true) })).toEqual(edges);
  });

  it('sees that the end is missing', () => {
    const facts = push([FIRST, ...MIDDLE]);
    expect(facts).toMatchObject({ answer: { id: 'chatcmpl-1', terminal: false, finishReasons: [], choices: 1 } });
    expect(facts.defect).toBeUndefined();
  });

  it('sees that it ended inside an event', () => {
    const cut = LAST[0]?.slice(0, 60) ?? '';
    for (const cleanly of [true, false]) expect(push([FIRST, ...MIDDLE, cut], { cleanly })).toMatchObject({ defect: 'incomplete', answer: { terminal: false } });
    // Cut so that what came begins and ends like an event.
    expect(push([FIRST, ...MIDDLE, FIRST.slice(0, FIRST.indexOf('}') + 1)])).toMatchObject({ defect: 'incomplete' });
  });

  it('sees an event near its end that does not parse', () => {
    expect(push([FIRST, ...MIDDLE, 'data: {not json}\n\n'], { cleanly: false })).toMatchObject({ defect: 'invalid' });
    expect(push([FIRST, ...MIDDLE, 'data: {"id":"chatcmpl-1","choices":[{"del\n\n', ...LAST])).toMatchObject({ defect: 'invalid' });
  });

  it('finds the finish reason although many events follow it', () => {
    const after = Array.from({ length: 40 }, () => ': keep-alive\n\n');
    expect(push([FIRST, ...MIDDLE, LAST[0] ?? '', ...after, 'data: [DONE]\n\n']).answer?.finishReasons).toEqual(['stop']);
  });

  it('takes the tokens of a provider that counts in every event from the last event', () => {
    const counted = (tokens: number): string => chunk('x').replace('"choices"', `"usage":{"prompt_tokens":9,"completion_tokens":${tokens}},"choices"`);
    expect(push([FIRST, ...MIDDLE, counted(1), counted(2), counted(3)], { cleanly: false }).answer?.usage).toEqual({ input: 9, output: 3 });
  });

  it('reads a terminal event of megabytes, and says that it was too large', () => {
    const big = { type: 'response.completed', response: { object: 'response', id: 'resp_1', model: 'gpt-5', status: 'completed', output: [{ type: 'image_generation_call', result: 'A'.repeat(3_000_000) }], usage: { input_tokens: 5, output_tokens: 7 } } };
    const events = [
      'event: response.created\ndata: {"type":"response.created","response":{"object":"response","id":"resp_1","model":"gpt-5","status":"in_progress"}}\n\n',
      ...Array.from({ length: 300 }, () => 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","output_index":0,"delta":"x"}\n\n'),
      `event: response.completed\ndata: ${JSON.stringify(big)}\n\n`,
    ];
    for (const step of [16_384, Infinity]) {
      const facts = read(openaiResponses, events.join(''), { step });
      expect(facts).toMatchObject({ defect: 'oversized', answer: { id: 'resp_1', finishReasons: ['stop'], terminal: true, usage: { input: 5, output: 7 } } });
    }
  });

  it('takes the last event as read when only its blank line is missing', () => {
    for (const end of ['data: [DONE]', 'data: [DONE]\n', 'data: [DONE]\r\n']) {
      const facts = read(openaiChat, `${FIRST}${end}`);
      expect(facts.defect).toBeUndefined();
      expect(facts.answer?.terminal).toBe(true);
    }
    expect(read(openaiChat, `${FIRST}data: [DON`)).toMatchObject({ defect: 'incomplete', answer: { terminal: false } });
  });
});

describe('readBody of what stands behind the end of a stream', () => {
  const CASES: readonly (readonly [name: string, fixture: string, dialect: Dialect, behind: string])[] = [
    ['[DONE] behind Anthropic’s last event', 'anthropic-messages.text.sse', anthropicMessages, 'data: [DONE]\n\n'],
    ['[DONE] behind Gemini’s last event', 'gemini.text.sse', geminiGenerateContent, 'data: [DONE]\n\n'],
    ['[DONE] behind the last event of a response', 'openai-responses.text.sse', openaiResponses, 'data: [DONE]\n\n'],
    ['an event of another kind behind [DONE]', 'openai-chat.text.sse', openaiChat, 'event: close\ndata: bye\n\n'],
    ['half an event behind [DONE]', 'openai-chat.text.sse', openaiChat, 'data: {"id":'],
    ['text behind Anthropic’s last event', 'anthropic-messages.tools.sse', anthropicMessages, 'data: bye\n\n'],
  ];
  it.each(CASES)('leaves it out, however the bytes are split: %s', (_name, fixtureName, dialect, behind) => {
    const bytes = fixtureText(fixtureName) + behind;
    const whole = read(dialect, fixtureText(fixtureName));
    for (const offersTools of [true, false]) {
      for (const step of [Infinity, 1, 7, fixtureText(fixtureName).length]) {
        const { answer, defect } = read(dialect, bytes, { step, request: request(true, offersTools) });
        expect({ defect, terminal: answer?.terminal, finishReasons: answer?.finishReasons }).toEqual({ defect: undefined, terminal: true, finishReasons: whole.answer?.finishReasons });
      }
    }
  });

  it('skips events that the client skips by their name, whatever they hold', () => {
    const [first = '', ...rest] = fixtureText('anthropic-messages.text.sse').split('\n\n');
    const pinged = [first, 'event: ping\ndata: still here', 'event: proxy.keepalive\ndata: .', ...rest].join('\n\n');
    for (const offersTools of [true, false]) expect(read(anthropicMessages, pinged, { request: request(true, offersTools) })).toMatchObject({ form: 'events', answer: { terminal: true, recognised: true } });
    expect(read(anthropicMessages, pinged).defect).toBeUndefined();
  });

  it('does not skip what stands before it', () => {
    const broken = fixtureText('openai-chat.text.sse').replace('data: [DONE]', 'data: bye\n\ndata: [DONE]');
    expect(read(openaiChat, broken).defect).toBe('invalid');
  });
});

// Gemini's tool call is a stream of one event, which is its end.
describe.each(STREAMS.filter(([name]) => name.endsWith('.sse') && name !== 'gemini.tools.sse'))('readBody of an error that stands bare among the events of %s', (name, dialect, tools) => {
  const [first = '', ...rest] = new TextDecoder().decode(fixture(name)).split(/\r?\n\r?\n/);
  const asked = request(true, tools);
  const ERROR = { error: { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' } };

  it.each([
    ['in one line', JSON.stringify(ERROR)],
    ['in several', JSON.stringify(ERROR, undefined, 2)],
  ])('tells why the stream breaks off, however it is cut: %s', (_how, error) => {
    for (const end of ['', '\n', '\n\n']) {
      for (const step of [undefined, 1, 7]) {
        const facts = read(dialect, `${first}\n\n${error}${end}`, { request: asked, ...(step !== undefined && { step }) });
        expect(facts.answer?.error).toMatchObject({ message: ERROR.error.message });
      }
    }
  });

  it('changes nothing where the stream goes on to its end, as it does for clients', () => {
    const whole = [first, ...rest].join('\n\n');
    const facts = read(dialect, `${first}\n\n${JSON.stringify(ERROR)}\n\n${rest.join('\n\n')}`, { request: asked });
    expect(facts.answer).toEqual(read(dialect, whole, { request: asked }).answer);
  });

  it('is none where it says nothing of an error', () => {
    expect(read(dialect, `${first}\n\n{"hello":"world"}\n\n`, { request: asked }).answer?.error).toBeUndefined();
  });
});

describe('readBody of documents', () => {
  const answer = fixtureText('openai-chat.json');

  it('reads a whole one, however it is cut', () => {
    const whole = read(openaiChat, answer, { head: JSON_HEAD, request: request(false) });
    expect(whole).toMatchObject({ form: 'json', answer: { finishReasons: ['tool_calls', 'length'], choices: 2, terminal: true, tokenLimited: true, recognised: true } });
    expect(whole.defect).toBeUndefined();
    for (const step of [1, 7, 100]) expect(read(openaiChat, answer, { head: JSON_HEAD, request: request(false), step })).toEqual(whole);
  });

  it('calls every proper prefix incomplete and still tells who answered', () => {
    for (let end = 1; end < answer.trimEnd().length; end++) {
      const facts = read(openaiChat, answer.slice(0, end), { head: JSON_HEAD, request: request(false) });
      expect(facts.defect).toBe('incomplete');
      expect(facts.answer?.terminal).toBe(false);
    }
    expect(read(openaiChat, answer.slice(0, -40), { head: JSON_HEAD }).answer).toMatchObject({ id: 'chatcmpl-BvT5aN2mQ8xK4rZ1wE7yHpLcD3sUj', model: 'gpt-4o-2024-08-06', usage: { input: 1_117 } });
  });

  it('calls invalid what can never become JSON', () => {
    expect(read(openaiChat, '{"id": oops}', { head: JSON_HEAD })).toMatchObject({ form: 'json', defect: 'invalid' });
    expect(read(openaiChat, 'oops', { head: JSON_HEAD })).toMatchObject({ form: 'json', defect: 'invalid' });
  });

  it('reads a document where a stream was asked for, and a stream where a document was', () => {
    expect(read(openaiChat, answer, { head: SSE, request: request(true) })).toMatchObject({ form: 'json', answer: { terminal: true } });
    expect(read(openaiChat, '{"error":{"message":"no","code":"invalid_api_key"}}', { head: SSE })).toMatchObject({ form: 'json', answer: { error: { code: 'invalid_api_key' } } });
    expect(read(openaiChat, fixture('openai-chat.text.sse'), { head: JSON_HEAD, request: request(false) })).toMatchObject({ form: 'events', answer: { finishReasons: ['stop'] } });
  });

  it('reads the error in a list that answers a stream with a failing status', () => {
    const body = '[{"error":{"code":429,"message":"Resource has been exhausted","status":"RESOURCE_EXHAUSTED"}}]';
    const error = { code: 'RESOURCE_EXHAUSTED', status: 429, message: 'Resource has been exhausted' };
    expect(read(geminiGenerateContent, body, { head: { status: 429, contentType: 'application/json' } })).toMatchObject({ form: 'json', answer: { error } });
    expect(read(geminiGenerateContent, body, { head: JSON_HEAD })).toMatchObject({ form: 'events', answer: { error } });
  });

  it('knows foreign JSON under status 200', () => {
    expect(read(openaiChat, '{"status":"ok"}', { head: JSON_HEAD })).toMatchObject({ form: 'json', answer: { recognised: false } });
    expect(read(openaiChat, 'null', { head: JSON_HEAD })).toMatchObject({ form: 'json', answer: { recognised: false } });
  });

  it('skips a BOM, and the white space that gateways send to keep a connection open', () => {
    const wholly = { form: 'json', answer: { terminal: true } };
    for (const step of [1, 2, Infinity]) {
      const bom = read(openaiChat, `\uFEFF${answer}`, { head: JSON_HEAD, step });
      expect(bom).toMatchObject(wholly);
      expect(bom.defect).toBeUndefined();
      expect(read(openaiChat, `${' \n'.repeat(5_000)}${answer}`, { head: JSON_HEAD, step })).toMatchObject(wholly);
    }
  });

  it('finds the facts of a document past the cap, and judges no tool call of it', () => {
    const vectors = Array.from({ length: 200 }, (_, index) => ({ object: 'embedding', index, embedding: Array.from({ length: 1_536 }, (__, i) => i / 7) }));
    const body = JSON.stringify({ object: 'list', data: vectors, model: 'text-embedding-3-small', usage: { prompt_tokens: 800, total_tokens: 800 } });
    expect(read(openaiEmbeddings, body, { head: JSON_HEAD, request: request(false), step: 65_536 })).toMatchObject({
      form: 'json',
      bytes: body.length,
      defect: 'oversized',
      answer: { model: 'text-embedding-3-small', usage: { input: 800 }, recognised: true, toolCalls: [] },
    });
    expect(read(openaiEmbeddings, body.slice(0, -3), { head: JSON_HEAD, request: request(false), step: 65_536 }).defect).toBe('incomplete');
  });

  it('counts what a Content-Length promised beside what came', () => {
    expect(read(openaiChat, answer.slice(0, 50), { head: { ...JSON_HEAD, contentLength: 900 }, cleanly: false })).toMatchObject({ bytes: 50, expected: 900 });
  });
});

describe('readBody of what is no answer', () => {
  it('calls nothing, and only white space, empty', () => {
    expect(read(openaiChat, '', { head: SSE })).toEqual({ form: 'empty', bytes: 0 });
    expect(read(openaiChat, ' \n', { head: JSON_HEAD })).toEqual({ form: 'empty', bytes: 2 });
    expect(read(openaiChat, zlib.gzipSync(''), { head: { ...JSON_HEAD, contentEncoding: 'gzip' } })).toMatchObject({ form: 'empty' });
  });

  it('knows a page, whatever the content type, and keeps none of its text', () => {
    const page = '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>';
    for (const head of [SSE, JSON_HEAD, { status: 502, contentType: 'text/html' }]) expect(read(openaiChat, page, { head, step: 5 })).toEqual({ form: 'html', bytes: page.length, hints: { proxyPage: true } });
  });

  it('knows text, and what a proxy says in it', () => {
    expect(read(openaiChat, 'upstream connect error or disconnect/reset before headers. reset reason: overflow', { head: { status: 503, contentType: 'text/plain' } })).toMatchObject({ form: 'text', hints: { proxyPage: true } });
    expect(read(openaiChat, 'dat', { head: { status: 200, contentType: 'text/plain' } })).toEqual({ form: 'text', bytes: 3 });
    expect(read(openaiChat, 'dat', { head: SSE })).toMatchObject({ form: 'events', defect: 'incomplete' });
  });

  it('leaves a body alone whose coding it does not know', () => {
    expect(read(openaiChat, '{}', { head: { ...JSON_HEAD, contentEncoding: 'aws-chunked' } })).toEqual({ form: 'opaque', bytes: 2 });
  });

  it('undoes codings in turn', () => {
    const packed = zlib.brotliCompressSync(zlib.gzipSync(fixture('openai-chat.json')));
    expect(read(openaiChat, packed, { head: { ...JSON_HEAD, contentEncoding: 'gzip, br' } })).toMatchObject({ form: 'json', answer: { terminal: true } });
  });

  it('leaves a body alone under more codings than anybody uses, for each may be a bomb', () => {
    const packed = zlib.gzipSync(zlib.gzipSync(zlib.gzipSync(fixture('openai-chat.json'))));
    expect(read(openaiChat, packed, { head: { ...JSON_HEAD, contentEncoding: 'gzip, gzip, gzip' } })).toEqual({ form: 'opaque', bytes: packed.length });
  });

  it('gives up on a compressed body past the cap, and holds nothing of it', () => {
    expect(read(openaiChat, new Uint8Array(50_000), { head: { ...SSE, contentEncoding: 'gzip' }, step: 1_000, options: { caps: { responseBytes: 10_000 } } })).toEqual({ form: 'opaque', defect: 'oversized', bytes: 50_000 });
  });

  it('stops where a compressed body grows past its cap', () => {
    const packed = zlib.gzipSync(`{"id":"x","choices":[],"pad":"${'x'.repeat(100_000)}"}`);
    expect(read(openaiChat, packed, { head: { ...JSON_HEAD, contentEncoding: 'gzip' }, options: { caps: { inflatedBytes: 1_000 } } }).defect).toBe('oversized');
  });

  it('says of a document that it came in place of a stream, but where it is read as the only event of one', () => {
    const document = '{"id":"x","choices":[{"index":0,"message":{},"finish_reason":"stop"}]}';
    const told = (dialect: Dialect, body: string, stream: boolean): boolean => read(dialect, body, { head: JSON_HEAD, request: request(stream) }).inPlaceOfStream === true;
    expect([told(openaiChat, document, true), told(openaiChat, document, false)]).toEqual([true, false]);
    expect(told(geminiGenerateContent, '{"candidates":[{"finishReason":"STOP"}]}', true)).toBe(false);
  });

  it('says that a body is not compressed as it claims', () => {
    expect(read(openaiChat, '{"id":"x"}', { head: { ...JSON_HEAD, contentEncoding: 'gzip' } })).toMatchObject({ form: 'opaque', defect: 'invalid' });
  });
});

describe('readBody of anything', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom('data: ', 'event: error\n', '\n\n', '\r\n\r\n', '{"choices":', '{"error":', '[', ']', '{', '}', '"', 'null', '[DONE]', '{"__proto__":{"terminal":true}}', '{"type":"response.completed","response":', '{"candidates":[{"finishReason":1}]}', '<html>'),
      fc.string({ maxLength: 8 }),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      // Members of the right names and of any type.
      fc
        .dictionary(fc.constantFrom('id', 'model', 'type', 'choices', 'delta', 'message', 'index', 'usage', 'error', 'response', 'output', 'item', 'content_block', 'content', 'candidates', 'usageMetadata', 'finish_reason', 'tool_calls', 'function', 'arguments', 'data', 'embedding'), fc.jsonValue())
        .map((value) => `data: ${JSON.stringify(value)}\n\n`),
    ),
    { maxLength: 12 },
  );

  it.each(DIALECTS.map((dialect) => [dialect.id, dialect] as const))('throws nothing, and pollutes nothing, as %s', (_, dialect) => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 40 }), fc.boolean(), fc.constantFrom(0, 100), (parts, step, stream, contentBytes) => {
        const facts = read(dialect, parts.join(''), { request: request(stream, stream), step, options: { contentBytes, caps: { responseBytes: 60 } } });
        expect(facts.bytes).toBe(encodeUtf8(parts.join('')).length);
        expect('terminal' in {}).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  it('reads nesting of any depth without overflowing', () => {
    for (const dialect of DIALECTS) {
      const deep = `{"choices":${'['.repeat(100_000)}`;
      expect(read(dialect, deep, { head: JSON_HEAD, request: request(false) }).form).toBe('json');
      const closed = `{"id":"x","choices":[{"index":0,"message":{"content":${'['.repeat(50_000)}${']'.repeat(50_000)}}}]}`;
      expect(read(dialect, closed, { head: JSON_HEAD, request: request(false), options: { contentBytes: 100 } }).form).toBe('json');
    }
  });
});
