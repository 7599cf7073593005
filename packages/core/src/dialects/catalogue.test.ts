import { describe, expect, it } from 'vitest';
import { dialectFor } from './catalogue.ts';

describe('dialectFor', () => {
  it.each([
    ['/v1/chat/completions', 'openai.chat'],
    ['/chat/completions', 'openai.chat'],
    ['/v1/chat/completions/', 'openai.chat'],
    ['/openai/deployments/gpt-4o/chat/completions', 'openai.chat'],
    ['/api/v1/chat/completions', 'openai.chat'],
    ['/v1beta/openai/chat/completions', 'openai.chat'],
    ['/v1/projects/p/locations/l/endpoints/openapi/chat/completions', 'openai.chat'],
    ['/v1/acct/gw/groq/chat/completions', 'openai.chat'],
    ['/v1/completions', 'openai.chat'],
    ['/v1/responses', 'openai.responses'],
    ['/responses', 'openai.responses'],
    ['/openai/responses', 'openai.responses'],
    ['/openai/v1/responses', 'openai.responses'],
    ['/gateway/team-a/v1/responses', 'openai.responses'],
    ['/backend-api/codex/responses', 'openai.responses'],
    ['/v1/embeddings', 'openai.embeddings'],
    ['/openai/deployments/ada/embeddings', 'openai.embeddings'],
    ['/v1/images/generations', 'openai.images'],
    ['/v1/images/edits', 'openai.images'],
    ['/openai/v1/audio/transcriptions', 'openai.transcriptions'],
    ['/v1/audio/translations', 'openai.transcriptions'],
    ['/v1/audio/speech', 'openai.speech'],
    ['/v1/moderations', 'openai.moderations'],
    ['/v1/messages', 'anthropic.messages'],
    ['/anthropic/v1/messages', 'anthropic.messages'],
    ['/anthropic/messages', 'anthropic.messages'],
    ['/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict', 'anthropic.messages'],
    ['/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict', 'anthropic.messages'],
    ['/v1beta/models/gemini-2.5-flash:generateContent', 'gemini.generate_content'],
    ['/v1beta/models/gemini-2.5-flash:streamGenerateContent', 'gemini.generate_content'],
    ['/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-pro:streamGenerateContent', 'gemini.generate_content'],
    ['/v1/projects/p/locations/l/endpoints/1234:generateContent', 'gemini.generate_content'],
    ['/v1beta/tunedModels/mine:generateContent', 'gemini.generate_content'],
    ['/v1beta/models/gemini-embedding-001:embedContent', 'gemini.embed_content'],
    ['/v1beta/models/gemini-embedding-001:batchEmbedContents', 'gemini.embed_content'],
    ['/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse', 'aws.bedrock.converse'],
    ['/gateway/model/amazon.nova-lite-v1:0/converse-stream', 'aws.bedrock.converse'],
    ['/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/invoke', 'aws.bedrock.invoke_model'],
    ['/model/m/invoke-with-response-stream', 'aws.bedrock.invoke_model'],
    ['/v1/rerank', 'cohere.rerank'],
    ['/v2/rerank', 'cohere.rerank'],
    ['/rerank', 'cohere.rerank'],
  ])('knows POST %s', (path, id) => {
    expect(dialectFor('POST', path)?.id).toBe(id);
  });

  it.each([
    '/',
    '',
    '/v1/messages/count_tokens',
    '/v1/messages/batches',
    '/v1/responses/resp_1/cancel',
    '/v1/responses/resp_1/input_items',
    '/v1/responses/input_tokens',
    '/v1/chat/completions/chatcmpl-1',
    '/v1/threads/thread_1/messages',
    '/api/v10/channels/1/messages',
    '/surveys/7/responses',
    '/v1/models',
    '/v1/audio/voices',
    '/v1/images',
    '/v1beta/models/gemini-2.5-flash:countTokens',
    '/v1/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict',
    '/v1/projects/p/locations/l/publishers/mistralai/models/mistral-large:rawPredict',
    '/v1/projects/p/locations/l/publishers/meta/models/llama:generateContent',
    '/model/m/async-invoke',
    '/model/m/count-tokens',
    '/invoke',
    '/nocompletions',
    '/api/chat',
    '/v1/chat',
    '/v2/chat',
    '/api/generate',
    '/v1/embed',
    '/api/embed',
    '/v1/predictions',
    '/predictions',
  ])('does not know POST %s', (path) => {
    expect(dialectFor('POST', path)).toBeUndefined();
  });

  it.each(['/v1/responses/resp_1', '/v1/responses', '/v1/chat/completions', '/v1/messages', '/v1beta/models/m:generateContent'])('does not know GET %s', (path) => {
    expect(dialectFor('GET', path)).toBeUndefined();
  });

  it.each([
    ['/v2/chat', 'cohere', 'cohere.chat'],
    ['/gateway/v1/chat', 'cohere', 'cohere.v1_chat'],
    ['/v1/embed', 'cohere', 'cohere.embed'],
    ['/v2/embed', 'cohere', 'cohere.embed'],
    ['/api/chat', 'ollama', 'ollama.chat'],
    ['/api/generate', 'ollama', 'ollama.generate'],
    ['/api/embed', 'ollama', 'ollama.embed'],
    ['/api/embeddings', 'ollama', 'ollama.embed'],
    ['/api/embeddings', 'openai', 'openai.embeddings'],
    ['/v1/embeddings', 'ollama', 'openai.embeddings'],
    ['/v1/predictions', 'replicate', 'replicate.predictions'],
    ['/v1/models/meta/llama/predictions', 'replicate', 'replicate.predictions'],
    ['/v1/deployments/me/mine/predictions', 'replicate', 'replicate.predictions'],
    ['/v1/predictions/abc/cancel', 'replicate', undefined],
    ['/v1/trainings', 'replicate', undefined],
    ['/api/chat', 'cohere', undefined],
    ['/v2/chat', 'ollama', undefined],
  ])('knows POST %s that goes to %s', (path, provider, id) => {
    expect(dialectFor('POST', path, () => provider)?.id).toBe(id);
  });

  it('does not ask whom a request goes to where its path tells', () => {
    const asked = (): never => {
      throw new Error('asked');
    };
    for (const path of ['/v1/chat/completions', '/v1/embeddings', '/v1/messages', '/v2/rerank', '/']) expect(() => dialectFor('POST', path, asked)).not.toThrow();
  });
});
