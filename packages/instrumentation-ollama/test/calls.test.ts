import { createRequire } from 'node:module';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { type FaultProvider, startFaultProvider } from '@outspan/fault-provider';
import { OllamaInstrumentation } from '@outspan/instrumentation-ollama';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import type * as ollamaModule from 'ollama';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const requireHere = createRequire(import.meta.url);
// Before the instrumentation is there, as its ready-made instance often is.
const { default: ready, Ollama } = requireHere('ollama') as typeof ollamaModule;

const exporter = new InMemorySpanExporter();
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const messages = [{ role: 'user', content: 'Why?' }];
let undici: UndiciInstrumentation;
let ollama: OllamaInstrumentation;
let provider: FaultProvider;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracerProvider);
  undici = new UndiciInstrumentation();
  ollama = new OllamaInstrumentation();
  provider = await startFaultProvider();
});
afterAll(async () => {
  ollama.disable();
  undici.disable();
  trace.disable();
  context.disable();
  await provider.close();
});
beforeEach(() => exporter.reset());

async function operations(): Promise<readonly ReadableSpan[]> {
  await tracerProvider.forceFlush();
  return exporter.getFinishedSpans().filter(({ attributes }) => 'gen_ai.operation.name' in attributes);
}

function clientFor(script: string): ollamaModule.Ollama {
  return new Ollama({ host: provider.session(script).baseUrl });
}

describe('the Ollama SDK', () => {
  it('is traced by the instance that it makes at its import', async () => {
    const config: unknown = Reflect.get(ready, 'config');
    Object.assign(config as object, { host: provider.session('ok').baseUrl });
    expect((await ready.chat({ model: 'llama3.2', messages })).message.content).toContain('Paris');
    expect(await operations()).toMatchObject([{ name: 'chat llama3.2', attributes: { 'outspan.operation.boundary': 'sdk', 'gen_ai.provider.name': 'ollama', 'gen_ai.usage.output_tokens': 12, 'gen_ai.response.finish_reasons': ['stop'] } }]);
  });

  it('has an operation for a call of a server that is not there, and the application its error', async () => {
    await expect(clientFor('refused').generate({ model: 'llama3.2', prompt: 'Why?' })).rejects.toThrow('fetch failed');
    expect(await operations()).toMatchObject([{ name: 'text_completion llama3.2', attributes: { 'outspan.error.class': 'connection_refused', 'outspan.error.origin': 'network', 'outspan.retry.count': 0 } }]);
  });

  it('is traced to the end of a stream, of which every object stays the SDK’s own', async () => {
    const stream = await clientFor('ok').chat({ model: 'llama3.2', messages, stream: true });
    expect(stream.constructor.name).toBe('AbortableAsyncIterator');
    expect(await operations()).toEqual([]);
    const parts: string[] = [];
    for await (const { message } of stream) parts.push(message.content);
    expect(parts.join('')).toBe('Paris is the capital of France — voilà 🗼.');
    expect(await operations()).toMatchObject([{ status: { code: 0 }, attributes: { 'gen_ai.request.stream': true, 'gen_ai.usage.input_tokens': 21 } }]);
  });

  it('fails where prose comes in place of the JSON that was asked for, which the SDK hands out', async () => {
    const ask = { model: 'llama3.2', messages, format: 'json' };
    await clientFor('ok').chat(ask);
    await clientFor('output_not_json').chat(ask);
    for await (const _ of await clientFor('output_not_json').chat({ ...ask, stream: true }));
    expect((await operations()).map(({ attributes }) => attributes['outspan.error.class'])).toEqual([undefined, 'invalid_output', 'invalid_output']);
  });

  it('fails where a line in the middle is broken, of which the SDK only warns on the console', async () => {
    const stream = await clientFor('stream_unparseable_event').generate({ model: 'llama3.2', prompt: 'Why?', stream: true });
    for await (const _ of stream);
    expect(await operations()).toMatchObject([{ status: { code: 2 }, attributes: { 'outspan.error.class': 'malformed_response' } }]);
  });

  it('is cancelled by abort(), and by nothing else', async () => {
    const client = clientFor('stream_stall');
    const stream = await client.chat({ model: 'llama3.2', messages, stream: true });
    await expect(
      (async () => {
        for await (const _ of stream) client.abort();
      })(),
    ).rejects.toThrow('aborted');
    expect(await operations()).toMatchObject([{ status: { code: 0 }, attributes: { 'outspan.operation.cancelled': true } }]);
  });

  it('has one operation for embeddings of both generations, and none for what is no inference', async () => {
    const client = clientFor('ok');
    expect((await client.embed({ model: 'nomic-embed-text', input: ['a', 'b'] })).embeddings).toHaveLength(2);
    expect((await client.embeddings({ model: 'nomic-embed-text', prompt: 'a' })).embedding).toHaveLength(8);
    await expect(client.show({ model: 'llama3.2' })).rejects.toMatchObject({ status_code: 404 });
    const [embed, embeddings, ...others] = await operations();
    expect([embed?.name, embed?.attributes['gen_ai.embeddings.dimension.count'], embeddings?.name, others]).toEqual(['embeddings nomic-embed-text', 8, 'embeddings nomic-embed-text', []]);
  });

  it('is told from the wire while the instrumentation is off', async () => {
    ollama.disable();
    await clientFor('ok').chat({ model: 'llama3.2', messages });
    ollama.enable();
    await clientFor('ok').chat({ model: 'llama3.2', messages });
    expect((await operations()).map(({ attributes }) => attributes['outspan.operation.boundary'])).toEqual(['inferred', 'sdk']);
  });
});
