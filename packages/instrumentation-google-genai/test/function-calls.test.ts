import { createRequire } from 'node:module';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { type FaultProvider, startFaultProvider } from '@outspan/fault-provider';
import { GoogleGenAIInstrumentation } from '@outspan/instrumentation-google-genai';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import type { CallableTool, FunctionCall, Part } from '@google/genai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const { GoogleGenAI } = createRequire(import.meta.url)('@google/genai') as typeof import('@google/genai');

const MODEL = 'gemini-2.5-flash';
const exporter = new InMemorySpanExporter();
const instrumentation = new GoogleGenAIInstrumentation({ captureContent: 'span' });
let provider: FaultProvider;

/** Has a private field, as an application's own class may. */
class Weather implements CallableTool {
  readonly #names: readonly string[];
  readonly #answer: () => Record<string, unknown>;
  /** What it was called on, and with. */
  readonly calls: [self: unknown, calls: FunctionCall[]][] = [];

  constructor(answer: () => Record<string, unknown> = () => ({ output: 'sunny' }), names = ['get_weather']) {
    this.#names = names;
    this.#answer = answer;
  }

  tool(): ReturnType<CallableTool['tool']> {
    return Promise.resolve({ functionDeclarations: this.#names.map((name) => ({ name, description: 'Tells the weather.' })) });
  }

  callTool(calls: FunctionCall[]): Promise<Part[]> {
    this.calls.push([this, calls]);
    trace.getTracer('application').startSpan('look it up').end();
    return Promise.resolve(calls.filter(({ name }) => this.#names.includes(name ?? '')).map(({ name }) => ({ functionResponse: { name: name ?? '', response: this.#answer() } })));
  }
}

const client = (script: string) => new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: provider.session(script).baseUrl } });
const ask = (...tools: CallableTool[]) => ({ model: MODEL, contents: 'How is the weather?', config: { tools } });
const finished = (): readonly ReadableSpan[] => exporter.getFinishedSpans();
const tools = (): ReadableSpan[] => finished().filter(({ name }) => name.startsWith('execute_tool'));

describe('automatic function calling of the Google Gen AI SDK', () => {
  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
    registerInstrumentations({ instrumentations: [new UndiciInstrumentation(), instrumentation] });
    provider = await startFaultProvider();
  });
  beforeEach(() => {
    instrumentation.enable();
    exporter.reset();
  });
  afterAll(() => provider.close());

  it.each(['generateContent', 'generateContentStream', 'sendMessage'] as const)('is a span for each function that it calls: %s', async (method) => {
    const weather = new Weather();
    const { chats, models } = client('ok_tool_call,ok');
    if (method === 'generateContent') await models.generateContent(ask(weather));
    else if (method === 'sendMessage') await chats.create({ model: MODEL, config: { tools: [weather] } }).sendMessage({ message: 'How is the weather?' });
    else for await (const _ of await models.generateContentStream(ask(weather)));
    const [tool, ...more] = tools();
    expect(more).toEqual([]);
    expect([tool?.name, tool?.status.code]).toEqual(['execute_tool get_weather', SpanStatusCode.UNSET]);
    expect(tool?.attributes).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_weather',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.description': 'Tells the weather.',
      'gen_ai.tool.call.result': '{"output":"sunny"}',
    });
    expect(JSON.parse(String(tool?.attributes['gen_ai.tool.call.arguments']))).toHaveProperty('city');
    expect(finished().find(({ name }) => name === 'look it up')?.parentSpanContext?.spanId).toBe(tool?.spanContext().spanId);
  });

  it('calls the tool on itself, with what the model asked for, and leaves the parameters as they are', async () => {
    const weather = new Weather();
    const asked = ask(weather);
    const { config } = asked;
    const response = await client('ok_tool_call,ok').models.generateContent(asked);
    expect(weather.calls.map(([self, calls]) => [self === weather, calls.map(({ name }) => name)])).toEqual([[true, ['get_weather']]]);
    expect([asked.config === config, config.tools[0] === weather, Object.keys(asked)]).toEqual([true, true, ['model', 'contents', 'config']]);
    expect(response.automaticFunctionCallingHistory).toHaveLength(3);
  });

  it('throws the very error of the tool, whose span has failed', async () => {
    const error = new RangeError('no such city');
    const failing = new Weather(() => {
      throw error;
    });
    await expect(client('ok_tool_call,ok').models.generateContent(ask(failing))).rejects.toBe(error);
    expect(tools().map(({ attributes, status }) => [attributes['error.type'], attributes['outspan.error.class'], status.code])).toEqual([['RangeError', 'unknown', SpanStatusCode.ERROR]]);
  });

  it('goes on where the tool answers that it failed, whose span has failed', async () => {
    await client('ok_tool_call,ok').models.generateContent(ask(new Weather(() => ({ error: 'no such city' }))));
    expect(tools().map(({ attributes, status }) => [attributes['error.type'], status.code])).toEqual([['tool_error', SpanStatusCode.ERROR]]);
  });

  it('is no span of a tool that has other functions', async () => {
    await client('ok_tool_call,ok').models.generateContent(ask(new Weather(), new Weather(undefined, ['get_time'])));
    expect(tools().map(({ name }) => name)).toEqual(['execute_tool get_weather']);
  });

  it('traces nothing of frozen parameters, which cannot be shown otherwise', async () => {
    const asked = ask(new Weather());
    await client('ok_tool_call,ok').models.generateContent(Object.freeze({ ...asked, config: Object.freeze(asked.config) }));
    expect(tools()).toEqual([]);
  });

  it('is off and on with the instrumentation', async () => {
    const { models } = client('ok_tool_call,ok,ok_tool_call,ok');
    instrumentation.disable();
    await models.generateContent(ask(new Weather()));
    expect(tools()).toEqual([]);
    instrumentation.enable();
    await models.generateContent(ask(new Weather()));
    expect(tools()).toHaveLength(1);
  });

  it('keeps the method a field of each instance', () => {
    const { models } = client('ok');
    expect(Object.getOwnPropertyDescriptor(models, 'generateContent')).toMatchObject({ configurable: true, enumerable: true, writable: true });
  });
});
