import { describe, expect, it } from 'vitest';
import { describeCall } from './described-call.ts';

const client = { config: { host: 'http://gpu-box:8080/ollama' } };
const request = { model: 'llama3.2' };

describe('describeCall', () => {
  it.each([
    ['chat', 'ollama.chat'],
    ['generate', 'ollama.generate'],
    ['embed', 'ollama.embed'],
    ['embeddings', 'ollama.embed'],
  ])('knows %s', (endpoint, dialect) => {
    const call = describeCall(client, endpoint, request);
    expect([call?.dialect.id, call?.url.href, call?.parameters, call?.timer]).toEqual([dialect, `http://gpu-box:8080/ollama/api/${endpoint}`, request, 'none']);
  });

  it.each(['pull', 'push', 'create', 7, undefined])('takes %s for no LLM call', (endpoint) => {
    expect(describeCall(client, endpoint, request)).toBeUndefined();
  });

  it.each([undefined, {}, { config: {} }, { config: { host: '' } }, { config: { host: 7 } }])('leaves a client to the wire that has no address: %j', (odd) => {
    expect(describeCall(odd, 'chat', request)).toBeUndefined();
  });
});
