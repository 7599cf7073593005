import { OllamaInstrumentation, observe } from '@outspan/instrumentation-ollama';
import { describe, expect, it } from 'vitest';
import ready, { Ollama } from 'ollama';
import { boundaries, callOffAndOn, operations, provider, traceObserved, warnings } from '../../instrumentation-undici/test/observed.ts';

traceObserved();

const request = { model: 'llama3.2', messages: [{ role: 'user', content: 'Why?' }] };
const clientFor = (script: string): Ollama => new Ollama({ host: provider.session(script).baseUrl });

describe('a client of the Ollama SDK that is observed by hand', () => {
  it('is itself, and the one of its class that is observed', async () => {
    const client = clientFor('ok');
    expect(observe(observe(client))).toBe(client);
    await client.chat(request);
    await clientFor('ok').chat(request);
    expect(await boundaries()).toEqual(['sdk', 'inferred']);
  });

  it('is observed in its streams, completions and embeddings', async () => {
    const client = observe(clientFor('ok'));
    for await (const _ of await client.chat({ ...request, stream: true }));
    await client.generate({ model: 'llama3.2', prompt: 'Why?' });
    await client.embed({ model: 'nomic-embed-text', input: 'Why?' });
    expect(await boundaries()).toEqual(['sdk', 'sdk', 'sdk']);
  });

  it('knows that its caller aborted', async () => {
    const client = observe(clientFor('ok_slow'));
    const stream = await client.chat({ ...request, stream: true });
    await (async () => {
      for await (const _ of stream) client.abort();
    })().catch(() => undefined);
    await expect.poll(async () => (await operations()).map(({ attributes }) => attributes['outspan.operation.cancelled'])).toEqual([true]);
  });

  it('can be the instance that the package exports', async () => {
    expect(observe(ready)).toBe(ready);
    const config: unknown = Reflect.get(ready, 'config');
    Object.assign(config as object, { host: provider.session('ok').baseUrl });
    await ready.chat(request);
    expect(await boundaries()).toEqual(['sdk']);
  });

  it('is off and on with the instrumentation, whichever came first', async () => {
    const client = observe(clientFor('ok'));
    await callOffAndOn(new OllamaInstrumentation(), () => client.chat(request));
    expect(await boundaries()).toEqual(['sdk', 'inferred', 'sdk']);
  });

  it('is anything else with a warning only', () => {
    const stranger = { chat: {}, models: {}, config: {}, _options: {} };
    expect(observe(stranger)).toBe(stranger);
    expect(observe(undefined)).toBeUndefined();
    expect(warnings.filter((warning) => warning.includes('observe() of'))).toEqual([expect.stringContaining('expects an Ollama client of ollama')]);
  });
});
