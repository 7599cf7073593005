import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import type { AnswerFacts, Dialect } from './dialect.ts';
import { fixtureText } from './fixtures/fixture.ts';
import { ollamaEmbed } from './ollama-embed.ts';
import { ollamaChat, ollamaGenerate } from './ollama.ts';

const url = (path: string): URL => new URL(path, 'http://127.0.0.1:11434');
const bytes = (body: object): Uint8Array => encodeUtf8(JSON.stringify(body));

function stream(dialect: Dialect, lines: readonly string[], contentBytes = 0): AnswerFacts {
  const reader = dialect.readEvents({ operation: 'chat', stream: true, parameters: {} }, { contentBytes });
  for (const data of lines) reader.push({ data });
  return reader.facts();
}
const linesOf = (name: string): readonly string[] => fixtureText(name).trimEnd().split('\n');

describe('ollama requests', () => {
  const BODY = { model: 'llama3.2', options: { num_predict: 64, temperature: 0.2, top_k: 40, top_p: 0.9, seed: 7, stop: ['a'] }, think: 'low', format: { type: 'object' }, tools: [{}] };

  it('have their parameters in their options', () => {
    expect(ollamaChat.readRequest(url('/api/chat'), bytes(BODY))).toEqual({
      operation: 'chat',
      model: 'llama3.2',
      stream: true,
      offersTools: true,
      promised: 'json',
      parameters: {
        'gen_ai.request.max_tokens': 64,
        'gen_ai.request.temperature': 0.2,
        'gen_ai.request.top_k': 40,
        'gen_ai.request.top_p': 0.9,
        'gen_ai.request.seed': 7,
        'gen_ai.request.stop_sequences': ['a'],
        'gen_ai.request.reasoning.level': 'low',
        'gen_ai.output.type': 'json',
      },
    });
  });

  it('stream on the wire unless they say no, and in the SDK only if they say yes', () => {
    const streams = (stream: boolean | undefined): readonly boolean[] => {
      const body = { model: 'm', ...(stream !== undefined && { stream }) };
      return [ollamaGenerate.readRequest(url('/api/generate'), bytes(body)).stream, ollamaGenerate.readRequestParameters(body).stream];
    };
    expect([streams(undefined), streams(true), streams(false)]).toEqual([[true, false], [true, true], [false, false]]);
    expect(ollamaChat.readRequest(url('/api/chat'), undefined).stream).toBe(false);
  });

  it('are of the operation that their path names', () => {
    expect(ollamaGenerate.readRequest(url('/api/generate'), bytes({ model: 'm', prompt: 'x' }))).toMatchObject({ operation: 'text_completion', offersTools: false });
  });

  it('become messages where content is captured', () => {
    expect(ollamaChat.readContent({ messages: [{ role: 'user', content: 'What is it?', images: ['aGk='] }, { role: 'assistant', content: '', tool_calls: [{ function: { name: 'f', arguments: { x: 1 } } }] }, { role: 'tool', content: '7' }] })).toEqual({
      inputMessages: [
        { role: 'user', parts: [{ type: 'text', content: 'What is it?' }, { type: 'blob', modality: 'image', content: 'aGk=' }] },
        { role: 'assistant', parts: [{ type: 'tool_call', name: 'f', arguments: { x: 1 } }] },
        { role: 'tool', parts: [{ type: 'tool_call_response', response: '7' }] },
      ],
    });
    expect(ollamaGenerate.readContent({ prompt: 'Why?', system: 'Be brief.' })).toEqual({ inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Why?' }] }], systemInstructions: [{ type: 'text', content: 'Be brief.' }] });
  });
});

describe('ollama answers', () => {
  it.each([
    ['ollama-chat.text.ndjson', ollamaChat],
    ['ollama-generate.text.ndjson', ollamaGenerate],
  ])('of a stream are whole with their last line: %s', (name, dialect) => {
    const lines = linesOf(name);
    expect(stream(dialect, lines, 1_000)).toMatchObject({
      model: 'llama3.2',
      usage: { input: 33, output: 9 },
      finishReasons: ['stop'],
      choices: 1,
      terminal: true,
      messages: [{ role: 'assistant', parts: [{ type: 'text', content: 'The capital of France is Paris — voilà 🗼.' }], finish_reason: 'stop' }],
    });
    expect(stream(dialect, lines.slice(0, -1))).toMatchObject({ model: 'llama3.2', finishReasons: [], terminal: false, recognised: true });
  });

  it('hold tool calls as values', () => {
    const facts = stream(ollamaChat, linesOf('ollama-chat.tools.ndjson'), 1_000);
    expect(facts.toolCalls).toEqual([{ id: 'call_8x2m1q0z', name: 'get_weather', arguments: 'valid' }]);
    expect(facts.messages).toEqual([{ role: 'assistant', parts: [{ type: 'reasoning', content: 'The user wants the weather.' }, { type: 'tool_call', id: 'call_8x2m1q0z', name: 'get_weather', arguments: { city: 'Paris' } }], finish_reason: 'stop' }]);
  });

  it('say that the token budget ended them', () => {
    expect(ollamaChat.readAnswer({ model: 'm', message: { content: 'x' }, done: true, done_reason: 'length' }, { contentBytes: 0 })).toMatchObject({ tokenLimited: true, finishReasons: ['length'], terminal: true });
  });

  it('of one that only loads a model are answers too', () => {
    expect(ollamaGenerate.readAnswer({ model: 'm', created_at: 'x', response: '', done: true, done_reason: 'load' }, { contentBytes: 0 })).toMatchObject({ recognised: true, terminal: true, finishReasons: ['load'] });
  });

  it('break off with a line that is an error', () => {
    const facts = stream(ollamaChat, [...linesOf('ollama-chat.text.ndjson').slice(0, 2), '{"error":"an error was encountered while running the model: unexpected EOF"}']);
    expect(facts).toMatchObject({ terminal: true, error: { message: 'an error was encountered while running the model: unexpected EOF' } });
  });

  it('take a line that is no JSON for none', () => {
    const reader = ollamaChat.readEvents({ operation: 'chat', stream: true, parameters: {} }, { contentBytes: 0 });
    expect([reader.push({ data: '{"model":' }), reader.push({ data: '7' }), reader.push({ data: '{"done":false,"response":"a"}' })]).toEqual([false, false, true]);
  });

  it('know what is foreign', () => {
    expect(ollamaChat.readAnswer({ ok: true }, { contentBytes: 0 })).toMatchObject({ recognised: false, terminal: false });
    expect(ollamaChat.readAnswer({ error: "model 'nope' not found" }, { contentBytes: 0 })).toMatchObject({ error: { message: "model 'nope' not found" }, recognised: true });
  });
});

describe('ollama.embed', () => {
  it('reads requests and answers, also as they were before', () => {
    expect(ollamaEmbed.readRequest(url('/api/embed'), bytes({ model: 'nomic-embed-text', input: ['a'], dimensions: 64 }))).toMatchObject({ operation: 'embeddings', model: 'nomic-embed-text', parameters: { 'gen_ai.embeddings.dimension.count': 64 } });
    expect(ollamaEmbed.readAnswer({ model: 'nomic-embed-text', embeddings: [[1, 2, 3]], total_duration: 1, load_duration: 1, prompt_eval_count: 8 }, { contentBytes: 0 })).toMatchObject({ model: 'nomic-embed-text', usage: { input: 8 }, attributes: { 'gen_ai.embeddings.dimension.count': 3 }, terminal: true });
    expect(ollamaEmbed.readAnswer({ embedding: [1, 2] }, { contentBytes: 0 })).toMatchObject({ attributes: { 'gen_ai.embeddings.dimension.count': 2 }, recognised: true });
    expect(ollamaEmbed.readAnswer({ error: 'the input length exceeds the context length' }, { contentBytes: 0 }).error).toBeDefined();
    expect(ollamaEmbed.readAnswer({ embedding: 'x' }, { contentBytes: 0 })).toMatchObject({ recognised: false });
  });
});
