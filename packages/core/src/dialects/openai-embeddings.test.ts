import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../platform/bytes.ts';
import { fixtureText } from './fixtures/fixture.ts';
import { openaiEmbeddings } from './openai-embeddings.ts';

describe('openai.embeddings', () => {
  it('reads a request', () => {
    const body = { model: 'text-embedding-3-small', input: ['a', 'b'], encoding_format: 'base64', dimensions: 256 };
    const facts = {
      operation: 'embeddings',
      model: 'text-embedding-3-small',
      stream: false,
      offersTools: false,
      parameters: { 'gen_ai.request.encoding_formats': ['base64'], 'gen_ai.embeddings.dimension.count': 256 },
    };
    expect(openaiEmbeddings.readRequest(new URL('https://api.openai.com/v1/embeddings'), encodeUtf8(JSON.stringify(body)))).toEqual(facts);
    expect(openaiEmbeddings.readRequestParameters(body)).toEqual(facts);
    expect(openaiEmbeddings.readRequest(new URL('https://x.openai.azure.com/openai/deployments/ada/embeddings'), undefined).model).toBe('ada');
  });

  it('reads an answer, whose model resolves to no finish reason', () => {
    expect(openaiEmbeddings.readAnswer(JSON.parse(fixtureText('openai-embeddings.json')), { contentBytes: 0 })).toEqual({
      model: 'text-embedding-3-small',
      usage: { input: 8 },
      finishReasons: [],
      choices: 0,
      terminal: true,
      tokenLimited: false,
      filtered: false,
      recognised: true,
      toolCalls: [],
      attributes: { 'gen_ai.embeddings.dimension.count': 4 },
    });
  });

  it('counts the dimensions of a vector in base64', () => {
    for (const dimensions of [1, 2, 3, 256, 1_536]) {
      const embedding = Buffer.from(new Float32Array(dimensions).buffer).toString('base64');
      expect(openaiEmbeddings.readAnswer({ data: [{ embedding }] }, { contentBytes: 0 }).attributes).toEqual({ 'gen_ai.embeddings.dimension.count': dimensions });
    }
  });

  it('reads an error, and knows what is foreign', () => {
    expect(openaiEmbeddings.readAnswer({ error: { message: 'm', code: 'model_not_found' } }, { contentBytes: 0 })).toMatchObject({ error: { code: 'model_not_found' }, recognised: true });
    expect(openaiEmbeddings.readAnswer({ ok: true }, { contentBytes: 0 })).toMatchObject({ recognised: false, terminal: false });
    expect(openaiEmbeddings.readAnswer({ data: 'x' }, { contentBytes: 0 }).recognised).toBe(false);
  });
});
