import { describe, expect, it } from 'vitest';
import { geminiEmbedContent } from './gemini-embed-content.ts';

const OPTIONS = { contentBytes: 0 };

function read(path: string, body: unknown) {
  return geminiEmbedContent.readRequest(new URL(`https://generativelanguage.googleapis.com${path}`), new TextEncoder().encode(JSON.stringify(body)));
}

describe('gemini embeddings', () => {
  it.each([
    ['/v1beta/models/gemini-embedding-001:embedContent', true],
    ['/v1beta/models/gemini-embedding-001:batchEmbedContents', true],
    ['/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict', true],
    ['/v1beta1/publishers/google/models/gemini-embedding-001:predict', true],
    ['/v1/projects/p/locations/l/publishers/google/models/imagen-4.0-generate-001:predict', false],
    ['/v1/projects/p/locations/l/endpoints/123:predict', false],
    ['/v1beta/models/gemini-2.5-flash:countTokens', false],
  ])('are known by their path: %s %s', (path, is) => {
    expect(geminiEmbedContent.matches('POST', path)).toBe(is);
  });

  it('have their model in the path, and their size wherever the method wants it', () => {
    expect(read('/v1beta/models/gemini-embedding-001:embedContent', { content: { parts: [{ text: 'a' }] }, outputDimensionality: 256 })).toMatchObject({ model: 'gemini-embedding-001', operation: 'embeddings', parameters: { 'gen_ai.embeddings.dimension.count': 256 } });
    expect(read('/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict', { instances: [{ content: 'a' }], parameters: { outputDimensionality: 64 } })).toMatchObject({ model: 'text-embedding-005', parameters: { 'gen_ai.embeddings.dimension.count': 64 } });
    expect(geminiEmbedContent.readRequestParameters({ model: 'models/gemini-embedding-001', contents: 'a', config: { outputDimensionality: 8 } })).toMatchObject({ model: 'gemini-embedding-001', parameters: { 'gen_ai.embeddings.dimension.count': 8 } });
  });

  it('are read from each of the three forms', () => {
    expect(geminiEmbedContent.readAnswer({ embedding: { values: [0.1, 0.2, 0.3] } }, OPTIONS)).toMatchObject({ recognised: true, terminal: true, attributes: { 'gen_ai.embeddings.dimension.count': 3 } });
    expect(geminiEmbedContent.readAnswer({ embeddings: [{ values: [0.1, 0.2] }], usageMetadata: { promptTokenCount: 4 } }, OPTIONS)).toMatchObject({ recognised: true, usage: { input: 4 } });
    const predictions = [5, 6].map((token_count) => ({ embeddings: { values: [0.1], statistics: { token_count, truncated: false } } }));
    expect(geminiEmbedContent.readAnswer({ predictions, metadata: { billableCharacterCount: 12 } }, OPTIONS)).toMatchObject({ recognised: true, usage: { input: 11 } });
  });

  it('are not what an error or a foreign document is', () => {
    expect(geminiEmbedContent.readAnswer({ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'm' } }, OPTIONS)).toMatchObject({ error: { code: 'RESOURCE_EXHAUSTED', status: 429 } });
    expect(geminiEmbedContent.readAnswer({ predictions: [{ bytesBase64Encoded: 'aa' }] }, OPTIONS).recognised).toBe(false);
  });
});
