import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import { cohereChat } from './cohere-chat.ts';
import { cohereEmbed } from './cohere-embed.ts';
import { cohereV1Chat } from './cohere-v1-chat.ts';
import type { AnswerFacts, Dialect } from './dialect.ts';
import { rerank } from './rerank.ts';

const url = (path: string): URL => new URL(path, 'https://api.cohere.com');
const bytes = (body: object): Uint8Array => encodeUtf8(JSON.stringify(body));
const answer = (dialect: Dialect, body: unknown, contentBytes = 0): AnswerFacts => dialect.readAnswer(body, { contentBytes });

function stream(dialect: Dialect, events: readonly object[], contentBytes = 0): AnswerFacts {
  const reader = dialect.readEvents({ operation: 'chat', stream: true, parameters: {}, offersTools: true }, { contentBytes });
  for (const event of events) reader.push({ data: JSON.stringify(event) });
  return reader.facts();
}

describe.each([
  ['cohere.chat', cohereChat, '/v2/chat'],
  ['cohere.v1_chat', cohereV1Chat, '/v1/chat'],
] as const)('%s requests', (_id, dialect, path) => {
  const FACTS = {
    operation: 'chat',
    model: 'command-a-03-2025',
    stream: true,
    offersTools: true,
    promised: 'json_object',
    parameters: {
      'gen_ai.request.max_tokens': 64,
      'gen_ai.request.temperature': 0.3,
      'gen_ai.request.top_p': 0.9,
      'gen_ai.request.top_k': 40,
      'gen_ai.request.seed': 7,
      'gen_ai.request.stop_sequences': ['a'],
      'gen_ai.output.type': 'json',
    },
  };
  const SHARED = { model: 'command-a-03-2025', stream: true, temperature: 0.3, p: 0.9, k: 40, seed: 7, tools: [{}] };

  it('are read in the spelling of the wire and in the SDK’s', () => {
    expect(dialect.readRequest(url(path), bytes({ ...SHARED, max_tokens: 64, stop_sequences: ['a'], response_format: { type: 'json_object' } }))).toEqual(FACTS);
    expect(dialect.readRequestParameters({ ...SHARED, maxTokens: 64, stopSequences: ['a'], responseFormat: { type: 'json_object' } })).toEqual(FACTS);
  });

  it('without tools say so, and say nothing where their body was not seen', () => {
    expect(dialect.readRequest(url(path), bytes({ model: 'm' })).offersTools).toBe(false);
    expect(dialect.readRequest(url(path), undefined)).toEqual({ operation: 'chat', stream: false, parameters: {} });
  });
});

describe('cohere.chat answers', () => {
  const USAGE = { billed_units: { input_tokens: 14, output_tokens: 10 }, tokens: { input_tokens: 509, output_tokens: 12 } };
  const document = (more: object = {}): object => ({ id: 'a', finish_reason: 'COMPLETE', message: { role: 'assistant', content: [{ type: 'text', text: 'Paris' }] }, usage: USAGE, ...more });

  it('count what is billed, and where nothing is, what was counted', () => {
    expect(answer(cohereChat, document()).usage).toEqual({ input: 14, output: 10 });
    expect(answer(cohereChat, document({ usage: { tokens: USAGE.tokens } })).usage).toEqual({ input: 509, output: 12 });
    expect(answer(cohereChat, document({ usage: { ...USAGE, cached_tokens: 8 } })).usage).toEqual({ input: 14, output: 10, cacheRead: 8 });
    expect(answer(cohereChat, document({ usage: { ...USAGE, cached_tokens: 400 } })).usage).toEqual({ input: 14, output: 10 });
  });

  it.each([
    ['COMPLETE', false, false],
    ['STOP_SEQUENCE', false, false],
    ['MAX_TOKENS', true, false],
    ['ERROR_LIMIT', true, false],
    ['ERROR_TOXIC', false, true],
  ])('that ended by %s say so', (finish_reason, tokenLimited, filtered) => {
    expect(answer(cohereChat, document({ finish_reason }))).toMatchObject({ id: 'a', finishReasons: [finish_reason], tokenLimited, filtered, terminal: true, recognised: true, choices: 1 });
  });

  it('hold tool calls, whose arguments are text', () => {
    const call = (id: string, text: string): object => ({ id, type: 'function', function: { name: 'f', arguments: text } });
    expect(answer(cohereChat, document({ finish_reason: 'TOOL_CALL', message: { tool_calls: [call('a', '{"x":1}'), call('b', '{"x":')] } })).toolCalls).toEqual([
      { id: 'a', name: 'f', arguments: 'valid' },
      { id: 'b', name: 'f', arguments: 'incomplete' },
    ]);
  });

  it('of a stream are whole only with its last event', () => {
    const events = [{ id: 'a', type: 'message-start' }, { type: 'content-delta', index: 0, delta: { message: { content: { text: 'x' } } } }];
    expect(stream(cohereChat, events)).toMatchObject({ id: 'a', terminal: false, recognised: true, choices: 1, finishReasons: [] });
    expect(stream(cohereChat, [...events, { type: 'message-end', delta: { finish_reason: 'COMPLETE', usage: USAGE } }])).toMatchObject({ terminal: true, finishReasons: ['COMPLETE'], usage: { input: 14, output: 10 } });
  });

  it('of a stream that failed carry the error where there is one', () => {
    expect(stream(cohereChat, [{ type: 'message-end', delta: { finish_reason: 'ERROR' } }])).toMatchObject({ terminal: true, finishReasons: ['ERROR'] });
    expect(stream(cohereChat, [{ type: 'message-end', delta: { finish_reason: 'ERROR', error: 'model is overloaded' } }]).error).toEqual({ code: 'ERROR', message: 'model is overloaded' });
  });

  it('are read from what the SDK made of them', () => {
    const reader = cohereChat.readEvents({ operation: 'chat', stream: true, parameters: {} }, { contentBytes: 0 });
    reader.pushParsed({ type: 'tool-call-start', index: 0, delta: { message: { toolCalls: { id: 'a', function: { name: 'f', arguments: '{}' } } } } });
    reader.pushParsed({ type: 'message-end', delta: { finishReason: 'TOOL_CALL', usage: { billedUnits: { inputTokens: 3, outputTokens: 4 } } } });
    expect(reader.facts()).toMatchObject({ finishReasons: ['TOOL_CALL'], usage: { input: 3, output: 4 }, toolCalls: [{ id: 'a', name: 'f', arguments: 'valid' }] });
  });

  it('are kept as messages where content is captured', () => {
    const content = [{ type: 'thinking', thinking: 'hm' }, { type: 'text', text: 'Paris' }];
    expect(answer(cohereChat, document({ message: { content } }), 100).messages).toEqual([{ role: 'assistant', parts: [{ type: 'reasoning', content: 'hm' }, { type: 'text', content: 'Paris' }], finish_reason: 'COMPLETE' }]);
  });

  it('are errors in the provider’s form, and foreign in any other', () => {
    expect(answer(cohereChat, { id: 'a', message: 'invalid api token' }).error).toEqual({ message: 'invalid api token' });
    expect(answer(cohereChat, { message: 'no api key supplied' }).error).toEqual({ message: 'no api key supplied' });
    expect(answer(cohereChat, { ok: true })).toMatchObject({ recognised: false, terminal: false });
  });
});

describe('cohere.v1_chat answers', () => {
  const META = { billed_units: { input_tokens: 14, output_tokens: 10 } };
  const response = { response_id: 'r', generation_id: 'g', text: 'Paris', finish_reason: 'COMPLETE', meta: META };

  it('are one document', () => {
    expect(answer(cohereV1Chat, response)).toMatchObject({ id: 'g', finishReasons: ['COMPLETE'], usage: { input: 14, output: 10 }, terminal: true, recognised: true });
    expect(answer(cohereV1Chat, { ...response, tool_calls: [{ name: 'f', parameters: { x: 1 } }] }).toolCalls).toEqual([{ name: 'f', arguments: 'valid' }]);
  });

  it('of a stream are whole only with its last event, which repeats the text', () => {
    const events = [{ is_finished: false, event_type: 'stream-start', generation_id: 'g' }, { is_finished: false, event_type: 'text-generation', text: 'Par' }];
    expect(stream(cohereV1Chat, events)).toMatchObject({ id: 'g', terminal: false, finishReasons: [] });
    const whole = stream(cohereV1Chat, [...events, { is_finished: true, event_type: 'stream-end', finish_reason: 'COMPLETE', response }], 100);
    expect(whole).toMatchObject({ terminal: true, finishReasons: ['COMPLETE'], usage: { input: 14, output: 10 } });
    expect(whole.messages).toEqual([{ role: 'assistant', parts: [{ type: 'text', content: 'Paris' }], finish_reason: 'COMPLETE' }]);
  });

  it('of a stream that was cut hold half a tool call', () => {
    expect(stream(cohereV1Chat, [{ event_type: 'tool-calls-chunk', tool_call_delta: { index: 0, name: 'f' } }, { event_type: 'tool-calls-chunk', tool_call_delta: { index: 0, parameters: '{"x":' } }]).toolCalls).toEqual([{ name: 'f', arguments: 'incomplete' }]);
  });

  it('come with what was asked where content is captured', () => {
    expect(cohereV1Chat.readContent({ message: 'Where?', preamble: 'Be brief.', chat_history: [{ role: 'CHATBOT', message: 'Hello' }] })).toEqual({
      inputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'Hello' }] }, { role: 'user', parts: [{ type: 'text', content: 'Where?' }] }],
      systemInstructions: [{ type: 'text', content: 'Be brief.' }],
    });
  });
});

describe('cohere.embed', () => {
  it('reads requests of both spellings', () => {
    const facts = { operation: 'embeddings', model: 'embed-v4.0', stream: false, offersTools: false, parameters: { 'gen_ai.request.encoding_formats': ['float', 'int8'], 'gen_ai.embeddings.dimension.count': 256 } };
    expect(cohereEmbed.readRequest(url('/v2/embed'), bytes({ model: 'embed-v4.0', texts: ['a'], embedding_types: ['float', 'int8'], output_dimension: 256 }))).toEqual(facts);
    expect(cohereEmbed.readRequestParameters({ model: 'embed-v4.0', embeddingTypes: ['float', 'int8'], outputDimension: 256 })).toEqual(facts);
  });

  it('reads vectors of every type', () => {
    const dimensions = (embeddings: unknown): unknown => answer(cohereEmbed, { id: 'a', embeddings, meta: { billed_units: { input_tokens: 3 } } }).attributes['gen_ai.embeddings.dimension.count'];
    expect(dimensions([[0.1, 0.2, 0.3]])).toBe(3);
    expect(dimensions({ float: [[0.1, 0.2]] })).toBe(2);
    expect(dimensions({ ubinary: [[1, 2]] })).toBe(16);
    expect(dimensions({ base64: [Buffer.from(new Float32Array(5).buffer).toString('base64')] })).toBe(5);
    expect(answer(cohereEmbed, { id: 'a', embeddings: { float: [[1]] }, meta: { billed_units: { input_tokens: 3 } } })).toMatchObject({ id: 'a', usage: { input: 3 }, terminal: true, recognised: true });
  });

  it('knows an error and what is foreign', () => {
    expect(answer(cohereEmbed, { message: 'invalid request: total number of texts must be at most 96' }).error).toBeDefined();
    expect(answer(cohereEmbed, { embeddings: 'x' })).toMatchObject({ recognised: false, terminal: false });
  });
});

describe('cohere.rerank', () => {
  it('has an operation of its own', () => {
    expect(rerank.readRequest(url('/v2/rerank'), bytes({ model: 'rerank-v3.5', query: 'q', documents: ['a'] }))).toEqual({ operation: 'rerank', model: 'rerank-v3.5', stream: false, offersTools: false, parameters: {} });
  });

  it.each([
    ['Cohere', { id: 'a', results: [{ index: 1, relevance_score: 0.9 }], meta: { billed_units: { search_units: 1 } } }, { id: 'a' }],
    ['Jina', { model: 'jina-reranker-v2', object: 'list', usage: { total_tokens: 815, prompt_tokens: 815 }, results: [{ index: 0, relevance_score: 0.8 }] }, { model: 'jina-reranker-v2', usage: { input: 815 } }],
    ['Voyage', { object: 'list', data: [{ relevance_score: 0.4, index: 0 }], model: 'rerank-2', usage: { total_tokens: 26 } }, { model: 'rerank-2', usage: { input: 26 } }],
    ['Text Embeddings Inference', [{ index: 1, score: 0.9 }, { index: 0, score: 0.1 }], {}],
  ])('is read as %s answers it', (_who, body, facts) => {
    expect(answer(rerank, body)).toMatchObject({ ...facts, recognised: true, terminal: true, finishReasons: [], choices: 0 });
  });

  it('knows an error and what is foreign', () => {
    expect(answer(rerank, { detail: 'Invalid API key' }).error).toEqual({ message: 'Invalid API key' });
    expect(answer(rerank, { error: 'Model is overloaded', error_type: 'Overloaded' }).error).toMatchObject({ message: 'Model is overloaded' });
    expect(answer(rerank, { results: ['a'] })).toMatchObject({ recognised: false, terminal: false });
  });
});
