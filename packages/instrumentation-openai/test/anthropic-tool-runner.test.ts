import { createRequire } from 'node:module';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { type FaultProvider, startFaultProvider } from '@outspan/fault-provider';
import { OpenAIInstrumentation } from '@outspan/instrumentation-openai';
import { UndiciInstrumentation } from '@outspan/instrumentation-undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
type Sdk = typeof import('anthropic-1');
type Tools = typeof import('anthropic-1/helpers/beta/json-schema');

const exporter = new InMemorySpanExporter();
const undici = new UndiciInstrumentation({ captureContent: 'span' });
const MODEL = 'claude-sonnet-4-5';
let provider: FaultProvider;

const named = (name: string): ReadableSpan[] => exporter.getFinishedSpans().filter((span) => span.name === name);
const one = (name: string): ReadableSpan => {
  const [span, ...more] = named(name);
  if (span === undefined || more.length > 0) throw new Error(`expected one ${name} among ${exporter.getFinishedSpans().map((each) => each.name).join(', ')}`);
  return span;
};

interface Use {
  readonly run?: () => string;
  readonly stream?: boolean;
  readonly signal?: AbortSignal;
}

async function runTools(sdk: string, script: string, { run = () => 'sunny', signal, stream = false }: Use = {}): Promise<void> {
  const { Anthropic } = require(sdk) as Sdk;
  const { betaTool } = require(`${sdk}/helpers/beta/json-schema`) as Tools;
  const tool = betaTool({ name: 'get_weather', description: 'Tells the weather.', inputSchema: { type: 'object', properties: { city: { type: 'string' } } }, run });
  const client = new Anthropic({ apiKey: 'any', baseURL: provider.session(script).baseUrl, maxRetries: 0 });
  const asked = { model: MODEL, max_tokens: 100, tools: [tool], messages: [{ role: 'user' as const, content: 'How is the weather?' }] };
  const options = { ...(signal && { signal }), openTelemetry: { conversationId: 'talk-1' } };
  if (stream) for await (const message of client.beta.messages.toolRunner({ ...asked, stream: true }, options)) await message.finalMessage();
  else for await (const _ of client.beta.messages.toolRunner(asked, options));
}

describe.each(['anthropic-137', 'anthropic-1'])('the tool runner of %s, which traces itself', (sdk) => {
  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
    registerInstrumentations({ instrumentations: [undici, new OpenAIInstrumentation()] });
    provider = await startFaultProvider();
  });
  beforeEach(() => exporter.reset());
  afterAll(() => provider.close());

  it.each([false, true])('is an agent with its calls and tools, named by the conventions, and none is OK (stream: %s)', async (stream) => {
    await runTools(sdk, 'ok_tool_call,ok', { stream });
    const agent = one('invoke_agent');
    const [asking, answering] = named(`chat ${MODEL}`);
    const tool = one('execute_tool get_weather');
    expect([asking, answering, tool].map((span) => span?.parentSpanContext?.spanId)).toEqual(Array.from({ length: 3 }, () => agent.spanContext().spanId));
    expect([agent, asking, answering, tool].map((span) => span?.status.code)).toEqual(Array.from({ length: 4 }, () => SpanStatusCode.UNSET));
    const tokens = (name: string): number => [asking, answering].reduce((sum, span) => sum + Number(span?.attributes[name]), 0);
    expect(agent.attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.request.model': MODEL,
      'gen_ai.usage.input_tokens': tokens('gen_ai.usage.input_tokens'),
      'gen_ai.usage.output_tokens': tokens('gen_ai.usage.output_tokens'),
      'gen_ai.response.finish_reasons': ['end_turn'],
      'outspan.agent.turns': 2,
      'gen_ai.conversation.id': 'talk-1',
    });
    expect(tool.attributes).toMatchObject({ 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'get_weather', 'gen_ai.tool.type': 'function', 'gen_ai.tool.description': 'Tells the weather.', 'gen_ai.conversation.id': 'talk-1' });
    expect(tool.attributes['gen_ai.tool.call.id']).toMatch(/^toolu_/);
    expect(JSON.parse(String(tool.attributes['gen_ai.tool.call.arguments']))).toHaveProperty('city');
    for (const span of [agent, tool]) expect(span.attributes).not.toHaveProperty('gen_ai.provider.name');
    expect(answering?.attributes['gen_ai.conversation.id']).toBe('talk-1');
  });

  it('goes on after a tool that threw, which has failed', async () => {
    await runTools(sdk, 'ok_tool_call,ok', {
      run() {
        throw new RangeError('no such city');
      },
    });
    const { attributes, status } = one('execute_tool get_weather');
    expect([attributes['error.type'], attributes['outspan.error.class'], status.code]).toEqual(['tool_error', 'unknown', SpanStatusCode.ERROR]);
    expect(one('invoke_agent').status.code).toBe(SpanStatusCode.UNSET);
  });

  it('fails of the call beneath it that failed', async () => {
    await expect(runTools(sdk, 'ok_tool_call,overloaded')).rejects.toThrow(/overloaded/i);
    const { attributes, status } = one('invoke_agent');
    expect([attributes['error.type'], attributes['outspan.error.class'], status.code]).toEqual(['overloaded_error', 'overloaded', SpanStatusCode.ERROR]);
  });

  it('is cancelled with its tool, if the application aborts', async () => {
    const controller = new AbortController();
    const run = (): never => {
      controller.abort();
      throw new Error('stopped');
    };
    await expect(runTools(sdk, 'ok_tool_call,ok', { run, signal: controller.signal })).rejects.toThrow(/abort/i);
    for (const { attributes, status } of [one('execute_tool get_weather'), one('invoke_agent')]) {
      expect([attributes['outspan.operation.cancelled'], attributes['error.type'], status.code]).toEqual([true, undefined, SpanStatusCode.UNSET]);
    }
  });

  it('is left to its own words where Outspan is off', async () => {
    undici.disable();
    await runTools(sdk, 'ok_tool_call,ok').finally(() => undici.enable());
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toContain('anthropic.messages.tool_runner');
  });
});
