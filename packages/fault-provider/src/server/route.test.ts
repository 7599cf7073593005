import { describe, expect, it } from 'vitest';
import { route } from './route.ts';

const at = (path: string): URL => new URL(path, 'http://127.0.0.1');

describe('the route of a request', () => {
  it.each([
    ['/v1/chat/completions', 'openai.chat'],
    ['/chat/completions', 'openai.chat'],
    ['/api/v1/chat/completions/', 'openai.chat'],
    ['/openai/deployments/gpt-4o/chat/completions?api-version=2026-01-01', 'openai.chat'],
    ['/openai/v1/responses', 'openai.responses'],
    ['/v1/projects/p/locations/l/publishers/anthropic/models/claude:rawPredict', 'anthropic.messages'],
    ['/v1/embeddings', 'openai.embeddings'],
    ['/v1/messages', 'anthropic.messages'],
    ['/v1beta/models/gemini-3:generateContent', 'gemini.generate_content'],
    ['/v1/projects/p/locations/l/publishers/google/models/gemini-3:streamGenerateContent', 'gemini.generate_content'],
    ['/model/anthropic.claude/converse', 'aws.bedrock.converse'],
    ['/model/anthropic.claude/invoke-with-response-stream', 'aws.bedrock.invoke_model'],
  ])('%s is in %s', (path, dialect) => {
    expect(route(at(path), {})?.dialect).toBe(dialect);
  });

  it.each(['/', '/v1/models', '/v1/completions', '/v1/chat/completions/x', '/v1beta/models/gemini-3:countTokens'])('%s is in no dialect', (path) => {
    expect(route(at(path), {})).toBeUndefined();
  });

  it('takes the model from the body, from the deployment or from the path', () => {
    expect(route(at('/v1/chat/completions'), { model: 'a' })?.model).toBe('a');
    expect(route(at('/openai/deployments/my%20dep/chat/completions'), {})?.model).toBe('my dep');
    expect(route(at('/v1beta/models/gemini-3:generateContent'), {})?.model).toBe('gemini-3');
    expect(route(at('/model/amazon.nova-lite-v1%3A0/converse-stream'), {})).toMatchObject({ model: 'amazon.nova-lite-v1:0', mode: 'stream' });
  });

  it('tells a stream by the body, Gemini’s by the path and its form by the query', () => {
    expect(route(at('/v1/messages'), { stream: true })?.mode).toBe('stream');
    expect(route(at('/v1/messages'), { stream: false })?.mode).toBe('unary');
    expect(route(at('/v1/embeddings'), { stream: true })?.mode).toBe('unary');
    expect(route(at('/models/m:streamGenerateContent?alt=sse'), {})).toMatchObject({ mode: 'stream', arrayStream: false });
    expect(route(at('/models/m:streamGenerateContent'), {})).toMatchObject({ mode: 'stream', arrayStream: true });
  });

  it('finds the first tool on offer in every dialect’s form', () => {
    expect(route(at('/v1/chat/completions'), { tools: [{ type: 'function', function: { name: 'a' } }] })?.tool).toBe('a');
    expect(route(at('/v1/responses'), { tools: [{ type: 'web_search' }, { type: 'function', name: 'b' }] })?.tool).toBe('b');
    expect(route(at('/v1/messages'), { tools: [{ name: 'c', input_schema: {} }] })?.tool).toBe('c');
    expect(route(at('/models/m:generateContent'), { tools: [{ functionDeclarations: [{ name: 'd' }] }] })?.tool).toBe('d');
    expect(route(at('/v1/messages'), {})?.tool).toBeUndefined();
  });

  it('survives a body of any shape', () => {
    for (const body of [undefined, null, 7, 'text', [], { model: 7, tools: {}, n: -1, stream_options: [] }]) {
      expect(route(at('/v1/chat/completions'), body)).toMatchObject({ model: 'unnamed-model', mode: 'unary', count: 1, includeUsage: false });
    }
  });
});

describe('the route of a request to Cohere or Ollama', () => {
  it.each([
    ['/v2/chat', 'cohere.chat'],
    ['/v1/chat', 'cohere.v1_chat'],
    ['/v1/embed', 'cohere.embed'],
    ['/v2/embed', 'cohere.embed'],
    ['/v2/rerank', 'cohere.rerank'],
    ['/api/chat', 'ollama.chat'],
    ['/api/generate', 'ollama.generate'],
    ['/api/embed', 'ollama.embed'],
    ['/api/embeddings', 'ollama.embed'],
  ])('%s is in %s', (path, dialect) => {
    expect(route(at(path), {})?.dialect).toBe(dialect);
  });

  it('is a stream of Ollama’s unless it says no, and of Cohere’s only if it says so', () => {
    const modes = (path: string): readonly (string | undefined)[] => [undefined, true, false].map((stream) => route(at(path), { ...(stream !== undefined && { stream }) })?.mode);
    expect(modes('/api/chat')).toEqual(['stream', 'stream', 'unary']);
    expect(modes('/v2/chat')).toEqual(['unary', 'stream', 'unary']);
    expect(modes('/api/embed')).toEqual(['unary', 'unary', 'unary']);
  });

  it('counts what is embedded or ranked', () => {
    expect(route(at('/v2/embed'), { texts: ['a', 'b'], output_dimension: 16 })).toMatchObject({ count: 2, vector: { dimensions: 16 } });
    expect(route(at('/v2/rerank'), { documents: ['a', 'b', 'c'] })?.count).toBe(3);
  });
});

describe('a request for structured output', () => {
  const asks = (path: string, body: object): boolean | undefined => route(new URL(path, 'http://localhost'), body)?.structured;

  it('is known in the words of its dialect', () => {
    expect(asks('/v1/chat/completions', { response_format: { type: 'json_object' } })).toBe(true);
    expect(asks('/v1/responses', { text: { format: { type: 'json_schema' } } })).toBe(true);
    expect(asks('/v1/messages', { output_format: { type: 'json_schema' } })).toBe(true);
    expect(asks('/api/chat', { format: 'json' })).toBe(true);
    expect(asks('/v1beta/models/m:generateContent', { generationConfig: { responseMimeType: 'application/json' } })).toBe(true);
    expect(asks('/v1/chat/completions', { response_format: { type: 'text' } })).toBeUndefined();
    expect(asks('/v1/images/generations', { response_format: 'b64_json', output_format: 'png' })).toBeUndefined();
  });
});
