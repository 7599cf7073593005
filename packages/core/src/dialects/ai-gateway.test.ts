import { describe, expect, it } from 'vitest';
import { aiGatewayLanguageModel as dialect } from './ai-gateway.ts';
import { dialectFor } from './catalogue.ts';
import type { AnswerFacts } from './dialect.ts';

const OPTIONS = { contentBytes: 0 };
const WITH_CONTENT = { contentBytes: 1_000 };
const encode = (body: object): Uint8Array => new TextEncoder().encode(JSON.stringify(body));
const url = new URL('https://ai-gateway.vercel.sh/v4/ai/language-model');

function stream(events: readonly object[], options = OPTIONS): AnswerFacts {
  const reader = dialect.readEvents(dialect.readRequest(url, undefined), options);
  for (const event of events) expect(reader.push({ data: JSON.stringify(event) })).toBe(true);
  return reader.facts();
}

const USAGE = { inputTokens: { total: 40, noCache: 15, cacheRead: 20, cacheWrite: 5 }, outputTokens: { total: 10, text: 6, reasoning: 4 } };
const METADATA = { type: 'response-metadata', id: 'gen_1', modelId: 'gpt-5', timestamp: '2026-11-30T12:00:00.000Z' };
const FINISH = { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: USAGE };

describe('ai_gateway.language_model requests', () => {
  it.each(['/v1/ai/language-model', '/v3/ai/language-model', '/v4/ai/language-model', '/gw/language-model'])('go to %s', (path) => {
    expect(dialectFor('POST', path)?.id).toBe('ai_gateway.language_model');
  });

  it('name their model and whether they want a stream by headers', () => {
    const headers: Readonly<Record<string, string>> = { 'ai-language-model-id': 'openai/gpt-5', 'ai-language-model-streaming': 'true' };
    expect(dialect.readHeaders?.((name) => headers[name])).toEqual({ model: 'openai/gpt-5', stream: true });
    expect(dialect.readHeaders?.(() => undefined)).toEqual({});
  });

  it('have the parameters of the AI SDK', () => {
    const body = encode({ prompt: [], maxOutputTokens: 9, topP: 0.5, stopSequences: ['x'], seed: 1, responseFormat: { type: 'json', schema: {} }, tools: [{ type: 'function', name: 'f' }] });
    expect(dialect.readRequest(url, body)).toEqual({
      operation: 'chat', stream: false, offersTools: true, promised: 'json',
      parameters: { 'gen_ai.request.max_tokens': 9, 'gen_ai.request.top_p': 0.5, 'gen_ai.request.stop_sequences': ['x'], 'gen_ai.request.seed': 1, 'gen_ai.output.type': 'json' },
    });
  });

  it('give their prompt in the conventions’ form', () => {
    const prompt = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'hi' }, { type: 'file', mediaType: 'image/png', data: 'AAAA' }, { type: 'file', mediaType: 'image/png', data: { type: 'url', url: 'https://x/y.png' } }] },
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'c', toolName: 'f', input: { a: 1 } }] },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', toolName: 'f', output: { type: 'text', value: 'ok' } }] },
    ];
    expect(dialect.readContent({ prompt, tools: [{ type: 'function', name: 'f', inputSchema: { type: 'object' } }] })).toEqual({
      inputMessages: [
        { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
        { role: 'user', parts: [{ type: 'text', content: 'hi' }, { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'AAAA' }, { type: 'uri', modality: 'image', uri: 'https://x/y.png' }] },
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'f', arguments: { a: 1 } }] },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: { type: 'text', value: 'ok' } }] },
      ],
      toolDefinitions: [{ type: 'function', name: 'f', parameters: { type: 'object' } }],
    });
  });
});

describe('ai_gateway.language_model answers', () => {
  it('are read in the newest version and in the oldest', () => {
    const facts = { finishReasons: ['stop'], terminal: true, recognised: true, choices: 1, tokenLimited: false };
    expect(dialect.readAnswer({ content: [{ type: 'text', text: 'a' }], finishReason: { unified: 'stop' }, usage: USAGE, response: { id: 'gen_1', modelId: 'gpt-5' } }, OPTIONS)).toMatchObject({ ...facts, id: 'gen_1', model: 'gpt-5', usage: { input: 40, output: 10, cacheRead: 20, cacheWrite: 5, reasoning: 4 } });
    expect(dialect.readAnswer({ content: [{ type: 'text', text: 'a' }], finishReason: 'length', usage: { inputTokens: 4, outputTokens: 2, totalTokens: 6, reasoningTokens: 1, cachedInputTokens: 3 } }, OPTIONS)).toMatchObject({ finishReasons: ['length'], tokenLimited: true, usage: { input: 4, output: 2, cacheRead: 3, reasoning: 1 } });
  });

  it('judge their tool calls', () => {
    const of = (input: string): readonly string[] => dialect.readAnswer({ content: [{ type: 'tool-call', toolCallId: 'c', toolName: 'f', input }], finishReason: { unified: 'tool-calls' } }, OPTIONS).toolCalls.map((call) => call.arguments);
    expect([of('{"a":1}'), of('{"a":'), of('nonsense')]).toEqual([['valid'], ['incomplete'], ['invalid']]);
  });

  it('may be errors', () => {
    expect(dialect.readAnswer({ error: { message: 'Insufficient funds.', type: 'insufficient_funds' }, generationId: 'gen_1' }, OPTIONS)).toMatchObject({ error: { type: 'insufficient_funds' }, terminal: true });
  });

  it.each([null, [], {}, { choices: [] }, 'text'])('do not recognise %j', (body) => {
    expect(dialect.readAnswer(body, OPTIONS).recognised).toBe(false);
  });
});

describe('ai_gateway.language_model streams', () => {
  it('end with their finish', () => {
    const begun = [{ type: 'stream-start', warnings: [] }, METADATA, { type: 'text-start', id: '0' }, { type: 'text-delta', id: '0', delta: 'Pa' }, { type: 'text-delta', id: '0', delta: 'ris' }];
    expect(stream(begun)).toMatchObject({ terminal: false, id: 'gen_1', model: 'gpt-5', finishReasons: [] });
    expect(stream([...begun, FINISH], WITH_CONTENT)).toMatchObject({ terminal: true, finishReasons: ['stop'], usage: { input: 40 }, messages: [{ role: 'assistant', parts: [{ type: 'text', content: 'Paris' }], finish_reason: 'stop' }] });
  });

  it('take the pieces of a tool call, and the whole, for one', () => {
    const pieces = [METADATA, { type: 'tool-input-start', id: 'c', toolName: 'f' }, { type: 'tool-input-delta', id: 'c', delta: '{"a":' }];
    expect(stream(pieces).toolCalls).toEqual([{ id: 'c', name: 'f', arguments: 'incomplete' }]);
    expect(stream([...pieces, { type: 'tool-input-delta', id: 'c', delta: '1}' }, { type: 'tool-call', toolCallId: 'c', toolName: 'f', input: '{"a":1}' }, FINISH]).toolCalls).toEqual([{ id: 'c', name: 'f', arguments: 'valid' }]);
  });

  it('may hold an error, in words or as an object', () => {
    expect(stream([METADATA, { type: 'error', error: 'overloaded' }])).toMatchObject({ error: { message: 'overloaded' } });
    expect(stream([METADATA, { type: 'error', error: { message: 'slow down', type: 'rate_limit_exceeded' } }])).toMatchObject({ error: { type: 'rate_limit_exceeded', message: 'slow down' } });
  });
});
