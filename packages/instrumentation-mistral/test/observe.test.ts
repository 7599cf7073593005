import { MistralInstrumentation, observe } from '@outspan/instrumentation-mistral';
import { describe, expect, it } from 'vitest';
import { Mistral as Mistral1 } from '@mistralai/mistralai-1';
import { HTTPClient, Mistral } from '@mistralai/mistralai-2';
import { MistralCore } from '@mistralai/mistralai-2/core.js';
import { registerTracerProvider } from '@mistralai/mistralai-2/extra/observability/index.js';
import { chatComplete } from '@mistralai/mistralai-2/funcs/chatComplete.js';
import { boundaries, callOffAndOn, operations, provider, traceObserved, warnings } from '../../instrumentation-undici/test/observed.ts';
import { exporter, provider as tracerProvider } from '../../instrumentation-undici/test/tracing.ts';

traceObserved();

const request = { model: 'mistral-small-latest', messages: [{ role: 'user' as const, content: 'hi' }] };
const RETRIES = { strategy: 'backoff', backoff: { initialInterval: 1, maxInterval: 20, exponent: 1, maxElapsedTime: 20_000 }, retryConnectionErrors: true } as const;

describe.each([
  ['1', Mistral1],
  ['2', Mistral],
])('a client of Mistral’s SDK %s that is observed by hand', (_version, Class) => {
  // What is used of it is the same in both.
  const Made = Class as typeof Mistral;
  const clientFor = (script: string): Mistral => new Made({ apiKey: 'any', serverURL: provider.session(script).baseUrl, retryConfig: RETRIES });

  it('is itself, and the one of its class that is observed', async () => {
    const client = clientFor('ok');
    expect(observe(observe(client))).toBe(client);
    await client.chat.complete(request);
    await clientFor('ok').chat.complete(request);
    expect(await boundaries()).toEqual(['sdk', 'inferred']);
  });

  it('is observed in parts that are made when they are first used', async () => {
    const client = observe(clientFor('ok'));
    for await (const _ of await client.chat.stream(request));
    await client.fim.complete({ model: 'codestral-latest', prompt: 'def f(' });
    await client.agents.complete({ agentId: 'ag_1', messages: request.messages });
    expect(await boundaries()).toEqual(['sdk', 'sdk', 'sdk']);
  });

  it('is observed in parts that were made before', async () => {
    const client = clientFor('ok');
    const { chat } = client;
    observe(client);
    await chat.complete(request);
    expect(await boundaries()).toEqual(['sdk']);
  });

  it('has its retries in one operation, and whose abort it was', async () => {
    await observe(clientFor('unavailable,ok')).chat.complete(request);
    await observe(clientFor('hang_before_head'))
      .chat.complete(request, { fetchOptions: { signal: AbortSignal.abort() } })
      .catch(() => undefined);
    expect((await operations()).map(({ attributes }) => [attributes['outspan.retry.count'], attributes['outspan.operation.cancelled']])).toEqual([
      [1, undefined],
      [0, true],
    ]);
  });
});

describe('observe', () => {
  it('takes the client of the functions', async () => {
    const core = observe(new MistralCore({ apiKey: 'any', serverURL: provider.session('ok').baseUrl }));
    expect((await chatComplete(core, request)).ok).toBe(true);
    expect(await boundaries()).toEqual(['sdk']);
  });

  it('is off and on with the instrumentation, whichever came first', async () => {
    const client = observe(new Mistral({ apiKey: 'any', serverURL: provider.session('ok').baseUrl }));
    await callOffAndOn(new MistralInstrumentation(), () => client.chat.complete(request));
    expect(await boundaries()).toEqual(['sdk', 'inferred', 'sdk']);
  });

  it('returns anything else with a warning', () => {
    const stranger = { chat: {}, _options: {} };
    expect(observe(stranger)).toBe(stranger);
    expect(warnings.filter((warning) => warning.includes('observe() of'))).toEqual([expect.stringContaining('expects a Mistral or MistralCore client')]);
  });

  it('lets a call be counted once that the SDK traces itself, though nothing tells of the provider that it does that with', async () => {
    new MistralInstrumentation().enable();
    registerTracerProvider(tracerProvider);
    const httpClient = new HTTPClient();
    await observe(new Mistral({ apiKey: 'any', serverURL: provider.session('ok').baseUrl, httpClient })).chat.complete(request);
    expect((await operations()).map(({ instrumentationScope }) => instrumentationScope.name)).toEqual(['@outspan/instrumentation-mistral']);
    expect(exporter.getFinishedSpans().map(({ instrumentationScope }) => instrumentationScope.name)).toContain('mistralai_sdk_tracer');
  });
});
