import { describe, expect, it } from 'vitest';
import { readBody } from '../body/reader.ts';
import { encodeUtf8 } from '../platform/bytes.ts';
import type { BodyFacts } from '../verdict/evidence.ts';
import { judgeAttempt } from '../verdict/judge-attempt.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import type { AnswerFacts, RequestFacts } from './dialect.ts';
import { fixture } from './fixtures/fixture.ts';

const HOST = 'https://bedrock-runtime.us-east-1.amazonaws.com';
const REQUEST: RequestFacts = { operation: 'chat', stream: true, parameters: {}, offersTools: true };
const answer = (body: unknown, contentBytes = 0): AnswerFacts => bedrockConverse.readAnswer(body, { contentBytes });
const document = (more: object = {}): object => ({ output: { message: { role: 'assistant', content: [{ text: 'Paris' }] } }, stopReason: 'end_turn', usage: { inputTokens: 3, outputTokens: 9, totalTokens: 12 }, metrics: { latencyMs: 500 }, ...more });

function read(bytes: Uint8Array, contentBytes = 0): BodyFacts {
  const reader = readBody({ status: 200 }, bedrockConverse, REQUEST, { contentBytes });
  reader.push(bytes);
  return reader.finish({ cleanly: true });
}

describe('aws.bedrock.converse requests', () => {
  const BODY = {
    messages: [],
    inferenceConfig: { maxTokens: 64, temperature: 0.2, topP: 0.9, stopSequences: ['a'] },
    additionalModelRequestFields: { top_k: 40 },
    guardrailConfig: { guardrailIdentifier: 'sgi5gkybzqak', guardrailVersion: '1' },
    toolConfig: { tools: [{ toolSpec: { name: 'f' } }] },
  };
  const FACTS = {
    operation: 'chat',
    offersTools: true,
    parameters: {
      'gen_ai.request.max_tokens': 64,
      'gen_ai.request.temperature': 0.2,
      'gen_ai.request.top_p': 0.9,
      'gen_ai.request.top_k': 40,
      'gen_ai.request.stop_sequences': ['a'],
      'aws.bedrock.guardrail.id': 'sgi5gkybzqak',
    },
  };

  it.each([
    ['a model', 'anthropic.claude-3-5-sonnet-20241022-v2%3A0', 'anthropic.claude-3-5-sonnet-20241022-v2:0'],
    ['an inference profile', 'eu.amazon.nova-lite-v1:0', 'eu.amazon.nova-lite-v1:0'],
    ['an ARN', 'arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fabc', 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc'],
  ])('name %s in their path', (_, segment, model) => {
    const body = encodeUtf8(JSON.stringify(BODY));
    expect(bedrockConverse.readRequest(new URL(`${HOST}/model/${segment}/converse`), body)).toEqual({ ...FACTS, model, stream: false });
    expect(bedrockConverse.readRequest(new URL(`${HOST}/model/${segment}/converse-stream`), body)).toEqual({ ...FACTS, model, stream: true });
  });

  it('are the same in the input of a command', () => {
    expect(bedrockConverse.readRequestParameters({ ...BODY, modelId: 'm', stream: true })).toEqual({ ...FACTS, model: 'm', stream: true });
  });

  it('have content in the conventions\' form', () => {
    const messages = [
      { role: 'user', content: [{ text: 'Hi' }, { image: { format: 'png', source: { bytes: 'aGk=' } } }, { document: { format: 'pdf', source: { s3Location: { uri: 's3://b/k' } } } }] },
      { role: 'assistant', content: [{ reasoningContent: { reasoningText: { text: 'Hm' } } }, { toolUse: { toolUseId: 't', name: 'f', input: { a: 1 } } }] },
      { role: 'user', content: [{ toolResult: { toolUseId: 't', content: [{ text: 'ok' }] } }, { cachePoint: { type: 'default' } }] },
    ];
    expect(bedrockConverse.readContent({ messages, system: [{ text: 'Be brief' }], toolConfig: { tools: [{ toolSpec: { name: 'f', description: 'd', inputSchema: { json: { type: 'object' } } } }] } })).toEqual({
      inputMessages: [
        { role: 'user', parts: [{ type: 'text', content: 'Hi' }, { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'aGk=' }, { type: 'uri', modality: 'document', uri: 's3://b/k' }] },
        { role: 'assistant', parts: [{ type: 'reasoning', content: 'Hm' }, { type: 'tool_call', id: 't', name: 'f', arguments: { a: 1 } }] },
        { role: 'user', parts: [{ type: 'tool_call_response', id: 't', response: [{ text: 'ok' }] }, { type: 'generic', generic_type: 'cachePoint' }] },
      ],
      systemInstructions: [{ type: 'text', content: 'Be brief' }],
      toolDefinitions: [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object' } }],
    });
  });
});

describe('aws.bedrock.converse answers', () => {
  it('count the cached input into the input', () => {
    expect(answer(document({ usage: { inputTokens: 3, outputTokens: 9, cacheReadInputTokens: 100, cacheWriteInputTokens: 20 } })).usage).toEqual({ input: 123, output: 9, cacheRead: 100, cacheWrite: 20 });
    expect(answer(document()).usage).toEqual({ input: 3, output: 9 });
  });

  it.each([
    ['end_turn', false, false],
    ['max_tokens', true, false],
    ['model_context_window_exceeded', true, false],
    ['guardrail_intervened', false, true],
    ['content_filtered', false, true],
  ])('that stop for %s', (stopReason, tokenLimited, filtered) => {
    expect(answer(document({ stopReason }))).toMatchObject({ finishReasons: [stopReason], tokenLimited, filtered, terminal: true, recognised: true });
  });

  it.each([
    ['malformed_tool_use', 'invalid_tool_call'],
    ['malformed_model_output', 'malformed_response'],
  ])('that stop for %s have failed', (stopReason, errorClass) => {
    const verdict = judgeAttempt({ request: REQUEST, head: { status: 200 }, body: { form: 'json', bytes: 9, answer: answer(document({ stopReason })) }, ending: { by: 'completion' } });
    expect(verdict).toMatchObject({ outcome: 'failure', error: { class: errorClass, origin: 'provider' } });
  });

  it('name the model that a prompt router chose', () => {
    expect(answer(document({ trace: { promptRouter: { invokedModelId: 'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude' } } })).model).toBe('arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude');
  });

  it('call tools, wholly unless the budget ends them', () => {
    const output = { message: { role: 'assistant', content: [{ toolUse: { toolUseId: 't', name: 'f', input: {} } }] } };
    expect(answer(document({ output, stopReason: 'tool_use' })).toolCalls).toEqual([{ id: 't', name: 'f', arguments: 'valid' }]);
    expect(answer(document({ output: { message: { content: [{ toolUse: { toolUseId: 't', name: 'f' } }] } }, stopReason: 'max_tokens' })).toolCalls).toEqual([{ id: 't', name: 'f', arguments: 'incomplete' }]);
  });

  it('may be errors', () => {
    expect(answer({ message: 'Too many requests' })).toMatchObject({ error: { message: 'Too many requests' }, recognised: true });
    expect(answer({ __type: 'com.amazon.coral.service#AccessDeniedException', Message: 'No' })).toMatchObject({ error: { code: 'AccessDeniedException', message: 'No' } });
    expect(answer({ hello: 'world' })).toMatchObject({ recognised: false });
  });
});

describe('aws.bedrock.converse streams', () => {
  it('are read to their counts', () => {
    expect(read(fixture('bedrock-converse.text.eventstream'), 1_000)).toMatchObject({
      form: 'events',
      answer: {
        finishReasons: ['end_turn'],
        terminal: true,
        usage: { input: 21, output: 42, cacheRead: 8 },
        messages: [{ role: 'assistant', parts: [{ type: 'text', content: 'Paris is the capital — voilà 🗼.' }], finish_reason: 'end_turn' }],
      },
    });
  });

  it('put the arguments of tools together', () => {
    const { answer: facts } = read(fixture('bedrock-converse.tools.eventstream'), 1_000);
    expect(facts?.toolCalls).toEqual([{ id: 'tooluse_kZJMlvQmRJ6eAyJE5GIl7Q', name: 'get_weather', arguments: 'valid' }]);
    expect(facts?.messages).toMatchObject([{ parts: [{ type: 'text' }, { type: 'tool_call', arguments: { city: 'Paris' } }] }]);
  });

  it('end by an exception as by an error of the provider', () => {
    const body = read(fixture('bedrock-converse.throttled.eventstream'));
    expect(body).toMatchObject({ answer: { error: { code: 'ThrottlingException' }, terminal: true } });
    expect(judgeAttempt({ request: REQUEST, head: { status: 200 }, body, ending: { by: 'network', code: 'ECONNRESET', phase: 'body' } })).toMatchObject({ outcome: 'failure', error: { class: 'rate_limited', origin: 'provider', type: 'ThrottlingException' } });
  });

  it('say the same through the SDK', () => {
    const reader = bedrockConverse.readEvents(REQUEST, { contentBytes: 0 });
    for (const event of [{ messageStart: { role: 'assistant' } }, { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Paris' } } }, { messageStop: { stopReason: 'end_turn' } }]) reader.pushParsed(event);
    expect(reader.terminal).toBe(false);
    reader.pushParsed({ metadata: { usage: { inputTokens: 3, outputTokens: 9 } } });
    expect(reader.facts()).toMatchObject({ finishReasons: ['end_turn'], terminal: true, usage: { input: 3, output: 9 } });
  });
});

describe('aws.bedrock.converse errors', () => {
  const failing = (status: number, errorCode: string, message = '') =>
    judgeAttempt({ request: REQUEST, head: { status, errorCode, providerSigned: true }, body: { form: 'json', bytes: 9, answer: answer({ message }) }, ending: { by: 'completion' } });

  it.each([
    [429, 'ThrottlingException', 'Too many requests, please wait before trying again.', 'rate_limited', 'provider'],
    [429, 'ThrottlingException', 'Too many tokens per day, please wait before trying again.', 'quota_exhausted', 'account'],
    [400, 'ServiceQuotaExceededException', 'Your request exceeds the service quota for your account.', 'quota_exhausted', 'account'],
    [429, 'ModelNotReadyException', 'Model is not ready for inference.', 'overloaded', 'provider'],
    [408, 'ModelTimeoutException', 'The request took too long to process.', 'timeout', 'provider'],
    [424, 'ModelErrorException', 'The request failed due to an error while processing the model.', 'server_error', 'provider'],
    [500, 'InternalServerException', 'Try again.', 'server_error', 'provider'],
    [503, 'ServiceUnavailableException', 'Try again.', 'overloaded', 'provider'],
    [403, 'AccessDeniedException', "You don't have access to the model with the specified model ID.", 'permission_denied', 'account'],
    [403, 'UnrecognizedClientException', 'The security token included in the request is invalid.', 'authentication', 'account'],
    [403, 'InvalidSignatureException', 'Signature expired.', 'authentication', 'account'],
    [404, 'ResourceNotFoundException', 'Could not resolve the foundation model from the provided model identifier.', 'model_not_found', 'request'],
    [400, 'ValidationException', 'The provided model identifier is invalid.', 'model_not_found', 'request'],
    [400, 'ValidationException', 'Input is too long for requested model.', 'context_length_exceeded', 'request'],
    [400, 'ValidationException', 'Malformed input request: #: required key [messages] not found', 'invalid_request', 'request'],
  ])('%i %s: %s', (status, code, message, errorClass, origin) => {
    expect(failing(status, code, message)).toMatchObject({ outcome: 'failure', error: { class: errorClass, origin, type: code } });
  });
});
