import { GoogleGenAIInstrumentation, observe } from '@outspan/instrumentation-google-genai';
import { describe, expect, it } from 'vitest';
import { GoogleGenAI } from '@google/genai';
import { boundaries, callOffAndOn, operations, provider, traceObserved, warnings } from '../../instrumentation-undici/test/observed.ts';

traceObserved();

const MODEL = 'gemini-2.5-flash';
const clientFor = (script: string): GoogleGenAI => new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: provider.session(script).baseUrl, retryOptions: { attempts: 2, initialDelay: 0.01 } } });

describe('a client of the Google Gen AI SDK that is observed by hand', () => {
  it('is itself, and the one of its class that is observed', async () => {
    const client = clientFor('ok');
    expect(observe(observe(client))).toBe(client);
    await client.models.generateContent({ model: MODEL, contents: 'hi' });
    await clientFor('ok').models.generateContent({ model: MODEL, contents: 'hi' });
    expect(await boundaries()).toEqual(['sdk', 'inferred']);
  });

  it('has its retries in one operation, and whose abort it was', async () => {
    await observe(clientFor('unavailable,ok')).models.generateContent({ model: MODEL, contents: 'hi' });
    await observe(clientFor('hang_before_head'))
      .models.generateContent({ model: MODEL, contents: 'hi', config: { abortSignal: AbortSignal.timeout(100) } })
      .catch(() => undefined);
    expect((await operations()).map(({ attributes }) => [attributes['outspan.retry.count'], attributes['outspan.error.class']])).toEqual([
      [1, undefined],
      [0, 'timeout'],
    ]);
  });

  it('is observed in its streams, chats and embeddings', async () => {
    const client = observe(clientFor('ok'));
    for await (const _ of await client.models.generateContentStream({ model: MODEL, contents: 'hi' }));
    await client.chats.create({ model: MODEL }).sendMessage({ message: 'hi' });
    for await (const _ of await client.chats.create({ model: MODEL }).sendMessageStream({ message: 'hi' }));
    await client.models.embedContent({ model: 'gemini-embedding-001', contents: 'hi' });
    expect(await boundaries()).toEqual(['sdk', 'sdk', 'sdk', 'sdk']);
  });

  it('is observed in the tools that it calls, and no other client is', async () => {
    const tool = {
      tool: () => Promise.resolve({ functionDeclarations: [{ name: 'get_weather' }] }),
      callTool: () => Promise.resolve([{ functionResponse: { name: 'get_weather', response: { degrees: 21 } } }]),
    };
    const ask = { model: MODEL, contents: 'hi', config: { tools: [tool] } };
    await observe(clientFor('ok_tool_call,ok')).models.generateContent(ask);
    await clientFor('ok_tool_call,ok').models.generateContent(ask);
    expect((await operations()).map(({ name }) => name).filter((name) => name.startsWith('execute_tool'))).toEqual(['execute_tool get_weather']);
  });

  it('says that its live sessions are not covered', async () => {
    await observe(clientFor('ok'))
      .live.connect({ model: MODEL, callbacks: { onmessage: () => undefined } })
      .catch(() => undefined);
    expect(warnings.filter((warning) => warning.includes('Live API'))).toHaveLength(1);
  });

  it('is off and on with the instrumentation, whichever came first', async () => {
    const client = observe(clientFor('ok'));
    await callOffAndOn(new GoogleGenAIInstrumentation(), () => client.models.generateContent({ model: MODEL, contents: 'hi' }));
    expect(await boundaries()).toEqual(['sdk', 'inferred', 'sdk']);
  });

  it('is anything else with a warning only', () => {
    const stranger = { chat: {}, models: {}, config: {}, _options: {} };
    expect(observe(stranger)).toBe(stranger);
    expect(observe(undefined)).toBeUndefined();
    expect(warnings.filter((warning) => warning.includes('observe() of'))).toEqual([expect.stringContaining('expects a GoogleGenAI client of @google/genai')]);
  });
});
