import { CohereInstrumentation, observe } from '@outspan/instrumentation-cohere';
import { describe, expect, it } from 'vitest';
import { CohereClient, CohereClientV2 } from 'cohere-ai';
import { boundaries, callOffAndOn, operations, provider, traceObserved, warnings } from '../../instrumentation-undici/test/observed.ts';

traceObserved();

const request = { model: 'command-a-03-2025', messages: [{ role: 'user' as const, content: 'Why?' }] };
const clientFor = (script: string): CohereClientV2 => new CohereClientV2({ token: 'key', environment: provider.session(script).baseUrl });

describe('a client of the Cohere SDK that is observed by hand', () => {
  it('is itself, and the one of its class that is observed', async () => {
    const client = clientFor('ok');
    expect(observe(observe(client))).toBe(client);
    await client.chat(request);
    await clientFor('ok').chat(request);
    expect(await boundaries()).toEqual(['sdk', 'inferred']);
  });

  it('gives the promise of the SDK, has its retries in one operation, and whose abort it was', async () => {
    const promise = observe(clientFor('unavailable,ok')).chat(request, { maxRetries: 1 });
    expect(promise.constructor.name).toBe('HttpResponsePromise');
    expect((await promise.withRawResponse()).rawResponse.status).toBe(200);
    await observe(clientFor('hang_before_head'))
      .chat(request, { abortSignal: AbortSignal.abort(), maxRetries: 0 })
      .catch(() => undefined);
    expect((await operations()).map(({ attributes }) => [attributes['outspan.retry.count'], attributes['outspan.operation.cancelled']])).toEqual([
      [1, undefined],
      [0, true],
    ]);
  });

  it('is observed in its streams, embeddings and rankings', async () => {
    const client = observe(clientFor('ok'));
    for await (const _ of await client.chatStream(request));
    await client.embed({ model: 'embed-v4.0', texts: ['a'], inputType: 'search_query', embeddingTypes: ['float'] });
    await client.rerank({ model: 'rerank-v3.5', query: 'Why?', documents: ['a', 'b'] });
    expect(await boundaries()).toEqual(['sdk', 'sdk', 'sdk']);
  });

  it('is observed in both versions of the API, where it is one of the first', async () => {
    const client = observe(new CohereClient({ token: 'key', environment: provider.session('ok').baseUrl }));
    await client.chat({ message: 'Why?', model: 'command-r' });
    await client.v2.chat(request);
    expect(await boundaries()).toEqual(['sdk', 'sdk']);
  });

  it('is off and on with the instrumentation, whichever came first', async () => {
    const client = observe(clientFor('ok'));
    await callOffAndOn(new CohereInstrumentation(), () => client.chat(request));
    expect(await boundaries()).toEqual(['sdk', 'inferred', 'sdk']);
  });

  it('is anything else with a warning only', () => {
    const stranger = { chat: {}, models: {}, config: {}, _options: {} };
    expect(observe(stranger)).toBe(stranger);
    expect(observe(undefined)).toBeUndefined();
    expect(warnings.filter((warning) => warning.includes('observe() of'))).toEqual([expect.stringContaining('expects a client of cohere-ai')]);
  });
});
