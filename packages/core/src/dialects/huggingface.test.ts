import { describe, expect, it } from 'vitest';
import { readBody } from '../body/reader.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import { dialectFor } from './catalogue.ts';
import { huggingfaceFeatureExtraction, huggingfaceTask } from './huggingface.ts';

const at = (path: string): readonly (string | undefined)[] => {
  const dialect = dialectFor('POST', path, () => 'hugging_face');
  return [dialect?.id, dialect?.readRequest(new URL(path, 'https://router.huggingface.co'), undefined).model];
};
const read = (body: unknown) => huggingfaceTask.readAnswer(body, { contentBytes: 0 });

describe('requests to Hugging Face', () => {
  it.each([
    ['/hf-inference/models/openai/whisper-large-v3', 'huggingface.task', 'openai/whisper-large-v3'],
    ['/hf-inference/models/gpt2', 'huggingface.task', 'gpt2'],
    ['/hf-inference/models/black-forest-labs/FLUX.1-dev/', 'huggingface.task', 'black-forest-labs/FLUX.1-dev'],
    ['/hf-inference/models/BAAI/bge-m3/pipeline/sentence-similarity', 'huggingface.task', 'BAAI/bge-m3'],
    ['/hf-inference/models/BAAI/bge-m3/pipeline/feature-extraction', 'huggingface.feature_extraction', 'BAAI/bge-m3'],
    ['/hf-inference/models/gpt2/v1/completions', 'openai.chat', undefined],
    ['/v1/chat/completions', 'openai.chat', undefined],
    ['/api/models', undefined, undefined],
  ])('%s', (path, id, model) => {
    expect(at(path)).toEqual([id, model]);
  });
});

describe('huggingface.task answers', () => {
  it.each([{ text: ' Paris.' }, [{ label: 'POSITIVE', score: 0.99 }], [[{ label: 'a', score: 1 }]], [{ translation_text: 'Paris' }], [0.6, 0.2], { answer: 'Paris', score: 0.9, start: 0, end: 5 }, []])('are known by what tasks tell: %j', (body) => {
    expect(read(body)).toMatchObject({ recognised: true, terminal: true });
  });

  it('are errors where they say so, and nothing where they say nothing', () => {
    expect(read({ error: 'Model openai/whisper-large-v3 is currently loading', estimated_time: 20 }).error).toMatchObject({ message: 'Model openai/whisper-large-v3 is currently loading' });
    expect(read({ ok: true })).toMatchObject({ recognised: false });
    expect(read('hello')).toMatchObject({ recognised: false });
  });

  it('may be media, of which the framing tells whether it is whole', () => {
    const reader = readBody({ status: 200, contentType: 'image/jpeg', contentLength: 4 }, huggingfaceTask, { operation: 'prediction', stream: false, parameters: {} }, { contentBytes: 0 });
    reader.push(encodeUtf8('\u0001\u0002\u0003\u0004'));
    expect(reader.finish({ cleanly: true })).toEqual({ form: 'opaque', bytes: 4, expected: 4 });
  });
});

describe('huggingface.feature_extraction answers', () => {
  const vectors = (body: unknown) => huggingfaceFeatureExtraction.readAnswer(body, { contentBytes: 0 });

  it.each([[[0.1, 0.2, 0.3]], [[[0.1, 0.2, 0.3], [1, 2, 3]]], [[[[0.1, 0.2, 0.3]]]]])('count the numbers of a vector, however deep: %j', (body) => {
    expect(vectors(body)).toMatchObject({ recognised: true, attributes: { 'gen_ai.embeddings.dimension.count': 3 } });
  });

  it('are no vectors where they are something else', () => {
    expect(vectors({ error: 'Input validation error: `inputs` must be a string' }).error).toBeDefined();
    expect(vectors([{ label: 'a' }])).toMatchObject({ recognised: false });
  });
});
