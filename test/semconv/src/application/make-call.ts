import { createRequire } from 'node:module';
import type * as anthropicModule from '@anthropic-ai/sdk';
import type * as genaiModule from '@google/genai';
import type * as openaiModule from 'openai';
import type { CallKind } from '../calls.ts';

/** What a call is made with. */
export interface CallSettings {
  /** Without `/v1`. */
  readonly baseUrl: string;
  readonly retries: number;
  /** Milliseconds after which the SDK, or the application, gives a silence up. */
  readonly timeoutMs: number;
}

/** The SDKs of this process, loaded after the instrumentations were on. */
export interface Sdks {
  readonly openai: typeof openaiModule;
  readonly anthropic: typeof anthropicModule;
  readonly genai: typeof genaiModule;
}

/** CommonJS needs no loader hook; the names are the same. */
export function loadSdks(): Sdks {
  const require = createRequire(import.meta.url);
  return { openai: require('openai'), anthropic: require('@anthropic-ai/sdk'), genai: require('@google/genai') };
}

const QUESTION = 'What is the weather in Paris?';
const MESSAGES = [
  { role: 'system' as const, content: 'You are a helpful assistant.' },
  { role: 'user' as const, content: QUESTION },
];
const PARAMETERS = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };
const TOOL = { name: 'get_weather', description: 'The weather in a city', parameters: PARAMETERS };
const CHAT_TOOLS = [{ type: 'function' as const, function: TOOL }];
type Make = (sdks: Sdks, settings: CallSettings) => Promise<void>;

/** Makes a call as an application does, and reads what it returns to its end. */
export const MAKE: Readonly<Record<CallKind, Make>> = {
  chat: async (sdks, settings) => {
    await openai(sdks, settings).chat.completions.create({ model: 'gpt-4o-mini', messages: MESSAGES });
  },
  'chat with everything': async (sdks, settings) => {
    await openai(sdks, settings).chat.completions.create({
      model: 'gpt-4o-mini',
      messages: MESSAGES,
      temperature: 0.5,
      top_p: 1,
      max_completion_tokens: 200,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      stop: ['END'],
      seed: 7,
      n: 2,
      reasoning_effort: 'low',
      response_format: { type: 'json_object' },
      service_tier: 'flex',
    });
  },
  'chat stream': async (sdks, settings) => {
    const stream = await openai(sdks, settings).chat.completions.create({ model: 'gpt-4o-mini', messages: MESSAGES, stream: true, stream_options: { include_usage: true } });
    await readAll(stream, settings);
  },
  'chat stream, left': async (sdks, settings) => {
    const stream = await openai(sdks, settings).chat.completions.create({ model: 'gpt-4o-mini', messages: MESSAGES, stream: true });
    for await (const _ of stream) break;
  },
  'chat with tools': async (sdks, settings) => {
    await openai(sdks, settings).chat.completions.create({ model: 'gpt-4o-mini', messages: MESSAGES, tools: CHAT_TOOLS });
  },
  'chat stream with tools': async (sdks, settings) => {
    const stream = await openai(sdks, settings).chat.completions.create({
      model: 'gpt-4o-mini',
      messages: MESSAGES,
      tools: CHAT_TOOLS,
      stream: true,
      stream_options: { include_usage: true },
    });
    await readAll(stream, settings);
  },
  responses: async (sdks, settings) => {
    await openai(sdks, settings).responses.create({ model: 'gpt-4o-mini', input: QUESTION });
  },
  'responses with everything': async (sdks, settings) => {
    await openai(sdks, settings).responses.create({
      model: 'gpt-4o-mini',
      instructions: 'You are a helpful assistant.',
      input: [{ role: 'user', content: QUESTION }],
      temperature: 0.5,
      top_p: 1,
      max_output_tokens: 200,
      reasoning: { effort: 'low' },
      previous_response_id: 'resp_before',
      text: { format: { type: 'json_object' } },
      service_tier: 'flex',
    });
  },
  'responses stream': async (sdks, settings) => {
    await readAll(await openai(sdks, settings).responses.create({ model: 'gpt-4o-mini', input: QUESTION, stream: true }), settings);
  },
  'responses with tools': async (sdks, settings) => {
    await openai(sdks, settings).responses.create({ model: 'gpt-4o-mini', input: QUESTION, tools: [{ type: 'function', strict: true, ...TOOL }] });
  },
  embeddings: async (sdks, settings) => {
    await openai(sdks, settings).embeddings.create({ model: 'text-embedding-3-small', input: 'words' });
  },
  'embeddings with everything': async (sdks, settings) => {
    await openai(sdks, settings).embeddings.create({ model: 'text-embedding-3-small', input: ['words', 'more words'], encoding_format: 'float', dimensions: 8 });
  },
  messages: async (sdks, settings) => {
    await anthropic(sdks, settings).messages.create({ model: 'claude-sonnet-4-5', max_tokens: 256, messages: [{ role: 'user', content: QUESTION }] });
  },
  'messages with everything': async (sdks, settings) => {
    await anthropic(sdks, settings).messages.create({
      model: 'claude-sonnet-4-5',
      max_tokens: 256,
      system: 'You are a helpful assistant.',
      messages: [{ role: 'user', content: [{ type: 'text', text: QUESTION }] }],
      stop_sequences: ['END'],
      output_config: { effort: 'low' },
    });
  },
  'messages stream': async (sdks, settings) => {
    await readAll(await anthropic(sdks, settings).messages.create({ model: 'claude-sonnet-4-5', max_tokens: 256, messages: [{ role: 'user', content: QUESTION }], stream: true }), settings);
  },
  'messages with tools': async (sdks, settings) => {
    await anthropic(sdks, settings).messages.create({
      model: 'claude-sonnet-4-5',
      max_tokens: 256,
      messages: [{ role: 'user', content: QUESTION }],
      tools: [{ name: TOOL.name, description: TOOL.description, input_schema: PARAMETERS }],
    });
  },
  generateContent: async (sdks, settings) => {
    await genai(sdks, settings).models.generateContent({ model: 'gemini-2.5-flash', contents: QUESTION });
  },
  'generateContent with everything': async (sdks, settings) => {
    await genai(sdks, settings).models.generateContent({
      model: 'gemini-2.5-flash',
      contents: [{ role: 'user', parts: [{ text: QUESTION }] }],
      config: {
        systemInstruction: 'You are a helpful assistant.',
        temperature: 0.5,
        topP: 1,
        topK: 5,
        maxOutputTokens: 200,
        stopSequences: ['END'],
        seed: 7,
        responseMimeType: 'application/json',
      },
    });
  },
  generateContentStream: async (sdks, settings) => {
    await readAll(await genai(sdks, settings).models.generateContentStream({ model: 'gemini-2.5-flash', contents: QUESTION }), settings);
  },
  'generateContent with tools': async (sdks, settings) => {
    await genai(sdks, settings).models.generateContent({
      model: 'gemini-2.5-flash',
      contents: QUESTION,
      config: { tools: [{ functionDeclarations: [{ name: TOOL.name, description: TOOL.description, parametersJsonSchema: PARAMETERS }] }] },
    });
  },
};

function openai({ openai: sdk }: Sdks, { baseUrl, retries, timeoutMs }: CallSettings): InstanceType<Sdks['openai']['OpenAI']> {
  return new sdk.OpenAI({ apiKey: 'sk-test', baseURL: `${baseUrl}/v1`, maxRetries: retries, timeout: timeoutMs });
}

function anthropic({ anthropic: sdk }: Sdks, { baseUrl, retries, timeoutMs }: CallSettings): InstanceType<Sdks['anthropic']['Anthropic']> {
  return new sdk.Anthropic({ apiKey: 'sk-test', baseURL: baseUrl, maxRetries: retries, timeout: timeoutMs });
}

function genai({ genai: sdk }: Sdks, { baseUrl, timeoutMs }: CallSettings): InstanceType<Sdks['genai']['GoogleGenAI']> {
  return new sdk.GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl, timeout: timeoutMs, retryOptions: { attempts: 1 } } });
}

async function readAll(stream: AsyncIterable<unknown>, { timeoutMs }: CallSettings): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]();
  // A stream that falls silent has no deadline of its own in any of the SDKs: the application gives up.
  for (;;) {
    const next = await Promise.race([iterator.next(), silence(timeoutMs)]);
    if (next === undefined) throw new Error('the stream fell silent');
    if (next.done === true) return;
  }
}

function silence(timeoutMs: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), timeoutMs).unref();
  });
}
