import { describe, expect, it } from 'vitest';
import { describeCall } from './sdk-call.ts';

const client = { baseURL: 'https://api.openai.com/v1' };
const body = { model: 'gpt-5', messages: [] };

describe('describeCall', () => {
  it.each([
    ['/chat/completions', 'openai.chat'],
    ['/completions', 'openai.chat'],
    ['/responses', 'openai.responses'],
    ['/responses?beta=true', 'openai.responses'],
    ['/embeddings', 'openai.embeddings'],
    ['/audio/speech', 'openai.speech'],
    ['/images/generations', 'openai.images'],
    ['/moderations', 'openai.moderations'],
    ['/openai/v1/chat/completions', 'openai.chat'],
    ['/v1/messages?beta=true', 'anthropic.messages'],
  ])('knows %s', (path, dialect) => {
    expect(describeCall(client, { method: 'post', path, body })?.dialect.id).toBe(dialect);
  });

  it.each([
    ['https://gw.corp/llm', '/responses', 'openai.responses'],
    ['https://adb-1.azuredatabricks.net/serving-endpoints', '/responses', 'openai.responses'],
    ['https://r.openai.azure.com/openai/deployments/m', '/responses', 'openai.responses'],
    ['https://gw.corp/llm', '/moderations', 'openai.moderations'],
    ['https://gw.corp/llm', '/images/edits', 'openai.images'],
  ])('believes the SDK at %s of its %s', (baseURL, path, dialect) => {
    expect(describeCall({ baseURL }, { method: 'post', path, body })).toMatchObject({ dialect: { id: dialect }, url: { href: `${baseURL}${path}` } });
  });

  it.each(['/files', '/responses/resp_1/cancel', '/audio/voices', '/v1/messages/batches', '/v1/messages/count_tokens'])('leaves %s alone', (path) => {
    expect(describeCall(client, { method: 'post', path, body })).toBeUndefined();
  });

  it('leaves what is not sent alone', () => {
    expect(describeCall(client, { method: 'get', path: '/responses' })).toBeUndefined();
  });

  it.each([['a text', '{"model":"gpt-5"}'], ['bytes', new Uint8Array(3)], ['a list', []], ['nothing', undefined], ['a generator', (function* () {})()]])('leaves a body that is %s to the wire', (_what, odd) => {
    expect(describeCall(client, { method: 'post', path: '/chat/completions', body: odd })).toBeUndefined();
  });

  it.each([
    ['https://api.openai.com/v1', '/chat/completions', 'https://api.openai.com/v1/chat/completions'],
    ['https://proxy.example/openai/', '/chat/completions', 'https://proxy.example/openai/chat/completions'],
    ['https://proxy.example/v1?tenant=7', '/responses', 'https://proxy.example/v1/responses?tenant=7'],
    ['https://api.openai.com/v1', 'https://elsewhere.example/v1/embeddings', 'https://elsewhere.example/v1/embeddings'],
  ])('joins %s and %s', (baseURL, path, url) => {
    expect(describeCall({ baseURL }, { method: 'post', path, body })?.url.href).toBe(url);
  });

  it('survives a base URL that is none', () => {
    expect(describeCall({ baseURL: 'nowhere' }, { method: 'post', path: '/chat/completions', body })).toBeUndefined();
    expect(describeCall(undefined, { method: 'post', path: '/chat/completions', body })).toBeUndefined();
    expect(describeCall(client, null)).toBeUndefined();
  });

  it('reads the texts of a form, and leaves its files', () => {
    const form = new FormData();
    form.append('file', new File(['RIFF'], 'a.wav'));
    form.append('model', 'whisper-1');
    expect(describeCall(client, { method: 'post', path: '/audio/transcriptions', body: form })).toMatchObject({ dialect: { id: 'openai.transcriptions' }, parameters: { model: 'whisper-1' } });
    expect(describeCall(client, { method: 'post', path: '/audio/transcriptions', body: form })?.parameters).not.toHaveProperty('file');
  });

  it('takes the place that a client for another platform sends it to', () => {
    class Vertex {
      baseURL = 'https://europe-west1-aiplatform.googleapis.com/v1';
      region = 'europe-west1';
      projectId = null;
    }
    class Mine extends Vertex {}
    const call = { method: 'post', path: '/v1/messages', body: { model: 'claude-sonnet-4-5@20250929', stream: true } };
    expect(describeCall(new Mine(), call)).toMatchObject({
      dialect: { id: 'anthropic.messages' },
      url: { pathname: '/v1/projects/-/locations/europe-west1/publishers/anthropic/models/claude-sonnet-4-5%4020250929:streamRawPredict' },
    });
  });

  it('reads a request as its method took it, also where the client rewrites it for its platform', () => {
    const bedrock = { baseURL: 'https://bedrock-runtime.eu-west-1.amazonaws.com', awsRegion: 'eu-west-1', awsSecretKey: null };
    const call = describeCall(bedrock, { method: 'post', path: '/v1/messages', body: { model: 'anthropic.claude-v1:0', max_tokens: 64, messages: [] } });
    expect(call).toMatchObject({ dialect: { id: 'aws.bedrock.invoke_model' }, url: { pathname: '/model/anthropic.claude-v1%3A0/invoke' } });
    expect(call?.dialect.readRequestParameters(call.parameters)).toMatchObject({ operation: 'chat', model: 'anthropic.claude-v1:0', parameters: { 'gen_ai.request.max_tokens': 64 } });
  });

  it('leaves the path to a client for Bedrock that speaks as Anthropic does', () => {
    const mantle = { baseURL: 'https://bedrock-mantle.eu-west-1.api.aws/anthropic', awsRegion: 'eu-west-1', awsSecretAccessKey: null };
    expect(describeCall(mantle, { method: 'post', path: '/v1/messages', body: { model: 'claude', max_tokens: 64, messages: [] } })).toMatchObject({ dialect: { id: 'anthropic.messages' }, url: { pathname: '/anthropic/v1/messages' } });
  });

  it("takes an Azure client's deployment for the model that the call does not name", () => {
    const azure = { baseURL: 'https://mine.openai.azure.com/openai', deploymentName: 'my-deployment' };
    const model = (given: object): unknown => describeCall(azure, { method: 'post', path: '/chat/completions', body: given })?.parameters['model'];
    expect(model({ messages: [] })).toBe('my-deployment');
    expect(model({ model: '', messages: [] })).toBe('my-deployment');
    expect(model(body)).toBe('gpt-5');
  });

  it("keeps the caller's signal, and no other thing in its place", () => {
    const { signal } = new AbortController();
    expect(describeCall(client, { method: 'post', path: '/responses', body, signal })?.signal).toBe(signal);
    expect(describeCall(client, { method: 'post', path: '/responses', body, signal: 'no' })?.signal).toBeUndefined();
  });
});
