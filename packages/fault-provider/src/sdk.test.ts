import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI, { AzureOpenAI } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultProvider, type Session, startFaultProvider } from './server/provider.ts';

/** The real SDKs, as the judges of whether the dialects are spoken well. */
let provider: FaultProvider;
const TEXT = 'Paris is the capital of France — voilà 🗼.';

beforeAll(async () => {
  provider = await startFaultProvider({ retryAfterSeconds: 0 });
});
afterAll(async () => {
  await provider.close();
});

const openai = (session: Session): OpenAI => new OpenAI({ apiKey: 'key', baseURL: `${session.baseUrl}/v1` });
const anthropic = (session: Session): Anthropic => new Anthropic({ apiKey: 'key', baseURL: session.baseUrl });
const gemini = (session: Session): GoogleGenAI => new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: session.baseUrl } });

const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];
const chatTools = [{ type: 'function' as const, function: { name: 'look_up', parameters: { type: 'object' } } }];
const HEALTHY_STREAMS = ['ok', 'ok_crlf', 'ok_bom', 'ok_comments', 'ok_multiline_data', 'ok_split_bytes', 'ok_gzip', 'ok_br', 'ok_deflate', 'ok_close_delimited', 'ok_redirect'];
const GEMINI_STREAMS = ['ok', 'ok_crlf', 'ok_split_bytes', 'ok_gzip', 'ok_br', 'ok_deflate', 'ok_close_delimited', 'ok_redirect'];

describe('openai', () => {
  it.each(['ok', 'ok_gzip', 'ok_chunked', 'ok_redirect'])('reads a chat completion (%s)', async (script) => {
    const completion = await openai(provider.session(script)).chat.completions.create({ model: 'gpt-4o', messages });
    expect(completion).toMatchObject({ model: 'gpt-4o-2026-08-06', choices: [{ finish_reason: 'stop', message: { content: TEXT } }], usage: { prompt_tokens: 21, completion_tokens: 12 } });
  });

  it.each(HEALTHY_STREAMS)('accumulates a chat stream (%s)', async (script) => {
    const stream = openai(provider.session(script)).chat.completions.stream({ model: 'gpt-4o', messages, stream_options: { include_usage: true } });
    expect(await stream.finalChatCompletion()).toMatchObject({ choices: [{ finish_reason: 'stop', message: { content: TEXT } }], usage: { total_tokens: 33 } });
  });

  it('accumulates a tool call of a chat stream', async () => {
    const stream = openai(provider.session('ok_tool_call')).chat.completions.stream({ model: 'gpt-4o', messages, tools: chatTools });
    const completion = await stream.finalChatCompletion();
    expect(completion.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'look_up', arguments: '{"city":"Paris","unit":"celsius"}' } }]);
  });

  it('runs a tool and reads the answer that follows', async () => {
    const cities: unknown[] = [];
    const tool = { type: 'function' as const, function: { name: 'look_up', parameters: { type: 'object' }, parse: JSON.parse, function: (found: unknown) => cities.push(found), description: 'Looks a city up.' } };
    const runner = openai(provider.session('ok_tool_call,ok')).chat.completions.runTools({ model: 'gpt-4o', messages, tools: [tool] });
    expect(await runner.finalContent()).toBe(TEXT);
    expect(cities).toEqual([{ city: 'Paris', unit: 'celsius' }]);
  });

  it('reads a response', async () => {
    const response = await openai(provider.session('ok')).responses.create({ model: 'gpt-4o', input: 'x' });
    expect(response).toMatchObject({ status: 'completed', output_text: TEXT, usage: { input_tokens: 21, output_tokens: 12 } });
  });

  it.each(HEALTHY_STREAMS)('accumulates a stream of a response (%s)', async (script) => {
    const response = await openai(provider.session(script)).responses.stream({ model: 'gpt-4o', input: 'x' }).finalResponse();
    expect(response).toMatchObject({ status: 'completed', output_text: TEXT, usage: { total_tokens: 33 } });
  });

  it('accumulates a tool call of a streamed response', async () => {
    const tools = [{ type: 'function' as const, name: 'look_up', parameters: {}, strict: false }];
    const response = await openai(provider.session('ok_tool_call')).responses.stream({ model: 'gpt-4o', input: 'x', tools }).finalResponse();
    expect(response.output).toMatchObject([{ type: 'function_call', name: 'look_up', arguments: '{"city":"Paris","unit":"celsius"}' }]);
  });

  it('reads embeddings, as numbers and as base64', async () => {
    const client = openai(provider.session('ok'));
    const encoded = await client.embeddings.create({ model: 'embed', input: ['a', 'b'], dimensions: 16 });
    expect(encoded.data.map(({ embedding }) => embedding.length)).toEqual([16, 16]);
    const plain = await client.embeddings.create({ model: 'embed', input: 'a', encoding_format: 'float' });
    expect(plain).toMatchObject({ data: [{ index: 0 }], usage: { prompt_tokens: 9 } });
  });

  it('finds Azure’s paths', async () => {
    const session = provider.session('ok');
    const azure = new AzureOpenAI({ apiKey: 'key', endpoint: session.baseUrl, apiVersion: '2026-01-01', deployment: 'my-deployment' });
    const completion = await azure.chat.completions.create({ model: 'gpt-4o', messages });
    expect(completion.choices[0]?.message.content).toBe(TEXT);
    expect(session.requests[0]?.path).toBe('/openai/deployments/my-deployment/chat/completions');
  });

  it('sends again after errors that pass, and knows the others by their codes', async () => {
    const session = provider.session('rate_limited,ok');
    await openai(session).chat.completions.create({ model: 'gpt-4o', messages });
    expect(session.requests.map(({ answered }) => answered.status)).toEqual([429, 200]);
    const refusal = openai(provider.session('context_length_exceeded')).chat.completions.create({ model: 'gpt-4o', messages });
    await expect(refusal).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded', requestID: expect.stringMatching(/^req_[0-9a-f]{32}$/) });
  });
});

describe('@anthropic-ai/sdk', () => {
  it('reads a message', async () => {
    const message = await anthropic(provider.session('ok')).messages.create({ model: 'claude', max_tokens: 9, messages });
    expect(message).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: TEXT }], usage: { input_tokens: 13, cache_read_input_tokens: 8, output_tokens: 12 } });
  });

  it.each(HEALTHY_STREAMS)('accumulates a stream (%s)', async (script) => {
    const message = await anthropic(provider.session(script)).messages.stream({ model: 'claude', max_tokens: 9, messages }).finalMessage();
    expect(message).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text', text: TEXT }], usage: { output_tokens: 12 } });
  });

  it.each(['create', 'stream'] as const)('reads a tool call (%s)', async (method) => {
    const parameters = { model: 'claude', max_tokens: 9, messages, tools: [{ name: 'look_up', input_schema: { type: 'object' as const } }] };
    const client = anthropic(provider.session('ok_tool_call'));
    const message = method === 'create' ? await client.messages.create(parameters) : await client.messages.stream(parameters).finalMessage();
    expect(message).toMatchObject({ stop_reason: 'tool_use', content: [{ type: 'tool_use', name: 'look_up', input: { city: 'Paris', unit: 'celsius' } }] });
  });

  it('knows errors by their types', async () => {
    const refusal = anthropic(provider.session('unauthenticated')).messages.create({ model: 'claude', max_tokens: 9, messages });
    await expect(refusal).rejects.toMatchObject({ status: 401, type: 'authentication_error', requestID: expect.stringMatching(/^req_01/) });
  });
});

describe('@google/genai', () => {
  it('reads a generated content', async () => {
    const response = await gemini(provider.session('ok')).models.generateContent({ model: 'gemini-3', contents: 'x' });
    expect(response.text).toBe(TEXT);
    expect(response).toMatchObject({ modelVersion: 'gemini-3', usageMetadata: { promptTokenCount: 21, candidatesTokenCount: 8, thoughtsTokenCount: 4 } });
  });

  it.each(GEMINI_STREAMS)('reads a stream (%s)', async (script) => {
    const stream = await gemini(provider.session(script)).models.generateContentStream({ model: 'gemini-3', contents: 'x' });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map(({ text }) => text ?? '').join('')).toBe(TEXT);
    expect(chunks.at(-1)).toMatchObject({ candidates: [{ finishReason: 'STOP' }], usageMetadata: { totalTokenCount: 33 } });
  });

  it('reads a tool call', async () => {
    const tools = [{ functionDeclarations: [{ name: 'look_up' }] }];
    const response = await gemini(provider.session('ok_tool_call')).models.generateContent({ model: 'gemini-3', contents: 'x', config: { tools } });
    expect(response.functionCalls).toMatchObject([{ name: 'look_up', args: { city: 'Paris', unit: 'celsius' } }]);
  });

  it('knows errors by their status', async () => {
    const refusal = gemini(provider.session('model_not_found')).models.generateContent({ model: 'gemini-0', contents: 'x' });
    await expect(refusal).rejects.toMatchObject({ name: 'ApiError', status: 404 });
  });
});
