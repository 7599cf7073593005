import { describe, expect, it } from 'vitest';
import { readBody } from '../body/reader.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import type { BodyFacts } from '../verdict/evidence.ts';
import { bedrockInvokeModel } from './bedrock-invoke-model.ts';
import type { AnswerFacts, RequestFacts } from './dialect.ts';
import { fixture } from './fixtures/fixture.ts';

const asked = (model: string, body: object, stream = false): RequestFacts =>
  bedrockInvokeModel.readRequest(new URL(`https://bedrock-runtime.us-east-1.amazonaws.com/model/${encodeURIComponent(model)}/invoke${stream ? '-with-response-stream' : ''}`), encodeUtf8(JSON.stringify(body)));
const answer = (body: unknown, contentBytes = 0): AnswerFacts => bedrockInvokeModel.readAnswer(body, { contentBytes });

function read(name: string, contentBytes = 0): BodyFacts {
  const reader = readBody({ status: 200 }, bedrockInvokeModel, { operation: 'chat', stream: true, parameters: {} }, { contentBytes });
  reader.push(fixture(name));
  return reader.finish({ cleanly: true });
}

describe('aws.bedrock.invoke_model requests', () => {
  it.each([
    ['Anthropic', 'anthropic.claude-3-haiku-20240307-v1:0', { anthropic_version: 'bedrock-2023-05-31', max_tokens: 64, top_k: 5, messages: [], tools: [{}] }, 'chat', { 'gen_ai.request.max_tokens': 64, 'gen_ai.request.top_k': 5 }],
    ['Nova', 'us.amazon.nova-lite-v1:0', { schemaVersion: 'messages-v1', messages: [], inferenceConfig: { maxTokens: 64, topP: 0.5 } }, 'chat', { 'gen_ai.request.max_tokens': 64, 'gen_ai.request.top_p': 0.5 }],
    ['Llama', 'meta.llama3-8b-instruct-v1:0', { prompt: 'Hi', max_gen_len: 64, temperature: 0.5 }, 'text_completion', { 'gen_ai.request.max_tokens': 64, 'gen_ai.request.temperature': 0.5 }],
    ['Titan', 'amazon.titan-text-express-v1', { inputText: 'Hi', textGenerationConfig: { maxTokenCount: 64, stopSequences: ['x'] } }, 'text_completion', { 'gen_ai.request.max_tokens': 64, 'gen_ai.request.stop_sequences': ['x'] }],
    ['Titan embeddings', 'amazon.titan-embed-text-v2:0', { inputText: 'Hi', dimensions: 512 }, 'embeddings', { 'gen_ai.embeddings.dimension.count': 512 }],
    ['embeddings behind an ARN', 'arn:aws:bedrock:us-east-1:1:provisioned-model/abc', { inputText: 'Hi', dimensions: 512 }, 'embeddings', { 'gen_ai.embeddings.dimension.count': 512 }],
  ])('of %s are read in its own words', (_, model, body, operation, parameters) => {
    expect(asked(model, body)).toMatchObject({ model, operation, parameters, stream: false });
    expect(asked(model, body, true).stream).toBe(true);
    expect(bedrockInvokeModel.readRequestParameters({ modelId: model, body: JSON.stringify(body) })).toEqual(asked(model, body));
    expect(bedrockInvokeModel.readRequestParameters({ modelId: model, body: encodeUtf8(JSON.stringify(body)), stream: true })).toEqual(asked(model, body, true));
  });

  it.each([
    [{ anthropic_version: 'bedrock-2023-05-31', messages: [{ role: 'user', content: 'Hi' }] }],
    [{ schemaVersion: 'messages-v1', messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }],
    [{ messages: [{ role: 'user', content: 'Hi' }] }],
    [{ prompt: 'Hi' }],
    [{ inputText: 'Hi' }],
  ])('have content in %j', (body) => {
    const content = { inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }] };
    expect(bedrockInvokeModel.readContent(body)).toEqual(content);
    expect(bedrockInvokeModel.readContent({ modelId: 'm', body: JSON.stringify(body) })).toEqual(content);
  });
});

describe('aws.bedrock.invoke_model answers', () => {
  it.each([
    ['Anthropic', { id: 'msg_bdrk_1', type: 'message', role: 'assistant', model: 'claude', content: [{ type: 'text', text: 'Paris' }], stop_reason: 'end_turn', usage: { input_tokens: 3, output_tokens: 9 } }, ['end_turn'], { input: 3, output: 9 }],
    ['Nova', { output: { message: { role: 'assistant', content: [{ text: 'Paris' }] } }, stopReason: 'end_turn', usage: { inputTokens: 3, outputTokens: 9, cacheReadInputTokenCount: 0 } }, ['end_turn'], { input: 3, output: 9 }],
    ['Llama', { generation: 'Paris', prompt_token_count: 3, generation_token_count: 9, stop_reason: 'stop' }, ['stop'], { input: 3, output: 9 }],
    ['Titan', { inputTextTokenCount: 3, results: [{ tokenCount: 9, outputText: 'Paris', completionReason: 'FINISH' }] }, ['FINISH'], { input: 3, output: 9 }],
    ['Mistral', { outputs: [{ text: 'Paris', stop_reason: 'stop' }] }, ['stop'], undefined],
    ['Cohere Command', { id: '1', generations: [{ text: 'Paris', finish_reason: 'COMPLETE' }] }, ['COMPLETE'], undefined],
    ['Cohere Command R', { generation_id: '1', text: 'Paris', finish_reason: 'COMPLETE' }, ['COMPLETE'], undefined],
    ['OpenAI', { id: '1', model: 'gpt-oss', choices: [{ index: 0, message: { role: 'assistant', content: 'Paris' }, finish_reason: 'stop' }], usage: { prompt_tokens: 3, completion_tokens: 9 } }, ['stop'], { input: 3, output: 9 }],
  ])('of %s', (_, body, finishReasons, usage) => {
    const facts = answer(body, 100);
    expect(facts).toMatchObject({ finishReasons, terminal: true, recognised: true, tokenLimited: false });
    expect(facts.usage).toEqual(usage);
    expect(facts.messages).toMatchObject([{ role: 'assistant', parts: [{ type: 'text', content: 'Paris' }] }]);
  });

  it.each([
    ['Titan', { embedding: [0.1, 0.2, 0.3], inputTextTokenCount: 3 }],
    ['Cohere', { embeddings: [[0.1, 0.2, 0.3]], id: '1', response_type: 'embeddings_floats' }],
    ['Cohere, by type', { embeddings: { float: [[0.1, 0.2, 0.3]] }, id: '1' }],
    ['Nova', { embeddings: [{ embeddingType: 'TEXT', embedding: [0.1, 0.2, 0.3] }] }],
  ])('of %s may be vectors', (_, body) => {
    expect(answer(body)).toMatchObject({ recognised: true, terminal: true, attributes: { 'gen_ai.embeddings.dimension.count': 3 } });
  });

  it.each([
    [{ generation: 'a', stop_reason: 'length' }, true, false],
    [{ results: [{ completionReason: 'LENGTH' }] }, true, false],
    [{ generations: [{ finish_reason: 'MAX_TOKENS' }] }, true, false],
    [{ results: [{ completionReason: 'CONTENT_FILTERED' }] }, false, true],
  ])('say in %j why they end', (body, tokenLimited, filtered) => {
    expect(answer(body)).toMatchObject({ tokenLimited, filtered });
  });

  it('may be errors, or foreign', () => {
    expect(answer({ message: 'No' })).toMatchObject({ error: { message: 'No' }, recognised: true });
    expect(answer({ hello: 'world' })).toMatchObject({ recognised: false });
    expect(answer('hello')).toMatchObject({ recognised: false });
  });
});

describe('aws.bedrock.invoke_model streams', () => {
  it('hold the events of Anthropic', () => {
    expect(read('bedrock-invoke.anthropic.eventstream', 100)).toMatchObject({
      form: 'events',
      answer: { id: 'msg_bdrk_01', model: 'claude-sonnet-4-5-20250929', finishReasons: ['end_turn'], terminal: true, usage: { input: 21, output: 42, cacheRead: 8 }, messages: [{ parts: [{ content: 'Paris' }] }] },
    });
  });

  it('hold the events of Llama', () => {
    expect(read('bedrock-invoke.llama.eventstream', 100)).toMatchObject({ answer: { finishReasons: ['stop'], terminal: true, usage: { input: 13, output: 42 }, messages: [{ parts: [{ content: 'Paris is' }] }] } });
  });

  it('say the same through the SDK, and count by what Bedrock measured where the model does not', () => {
    const reader = bedrockInvokeModel.readEvents({ operation: 'chat', stream: true, parameters: {} }, { contentBytes: 0 });
    const chunk = (body: object): object => ({ chunk: { bytes: encodeUtf8(JSON.stringify(body)) } });
    reader.pushParsed(chunk({ outputs: [{ text: 'Paris', stop_reason: null }] }));
    expect(reader.terminal).toBe(false);
    reader.pushParsed(chunk({ outputs: [{ text: '', stop_reason: 'length' }], 'amazon-bedrock-invocationMetrics': { inputTokenCount: 3, outputTokenCount: 9 } }));
    expect(reader.facts()).toMatchObject({ terminal: true, tokenLimited: true, usage: { input: 3, output: 9 } });
  });

  it('end by an exception as by an error of the provider', () => {
    const reader = bedrockInvokeModel.readEvents({ operation: 'chat', stream: true, parameters: {} }, { contentBytes: 0 });
    reader.push({ exception: 'modelStreamErrorException', data: '{"message":"The model failed"}' });
    expect(reader.facts()).toMatchObject({ terminal: true, error: { code: 'ModelStreamErrorException', message: 'The model failed' } });
  });
});
