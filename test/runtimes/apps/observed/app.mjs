import Anthropic from '@anthropic-ai/sdk';
import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import { AnthropicVertex } from '@anthropic-ai/vertex-sdk';
import { BedrockRuntime, BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime-1164';
import { BedrockRuntimeClient as BedrockRuntimeClient830, ConverseCommand as ConverseCommand830, ConverseStreamCommand as ConverseStreamCommand830 } from '@aws-sdk/client-bedrock-runtime-830';
import { GoogleGenAI } from '@google/genai';
import { Mistral } from '@mistralai/mistralai';
import { MistralCore } from '@mistralai/mistralai/core.js';
import { chatComplete } from '@mistralai/mistralai/funcs/chatComplete.js';
import { CohereClient, CohereClientV2 } from 'cohere-ai';
import Groq from 'groq-sdk';
import { Ollama } from 'ollama';
import OpenAI, { AzureOpenAI } from 'openai';
import Together from 'together-ai';
import { observe as observeBedrock } from '@outspan/instrumentation-aws-bedrock';
import { observe as observeCohere } from '@outspan/instrumentation-cohere';
import { observe as observeGoogle } from '@outspan/instrumentation-google-genai';
import { observe as observeMistral } from '@outspan/instrumentation-mistral';
import { observe as observeOllama } from '@outspan/instrumentation-ollama';
import { observe } from '@outspan/instrumentation-openai';
import { operations, said } from './telemetry.mjs';

const messages = [{ role: 'user', content: 'The capital of France?' }];
const converse = { modelId: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: [{ text: 'The capital of France?' }] }] };

/** What a client of OpenAI's make is asked. */
const likeOpenAI = (client, resource) => ({
  unary: (signal) => resource(client).create({ model: 'model-1', max_tokens: 64, messages }, { signal }),
  stream: (signal) => resource(client).create({ model: 'model-1', max_tokens: 64, messages, stream: true }, { signal }),
});
const chat = (client) => client.chat.completions;
const claude = (client) => client.messages;

const aws = (baseUrl) => ({ region: 'eu-central-1', endpoint: baseUrl, credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' }, maxAttempts: 2 });
const bedrock = (client, Converse, ConverseStream) => ({
  unary: (signal) => client.send(new Converse(converse), { abortSignal: signal }),
  stream: async (signal) => (await client.send(new ConverseStream(converse), { abortSignal: signal })).stream,
});
const mistralOptions = { retryConfig: { strategy: 'backoff', backoff: { initialInterval: 10, maxInterval: 20, exponent: 1, maxElapsedTime: 5_000 }, retryConnectionErrors: true } };

/** Clients, and how each is asked. */
const CLIENTS = {
  openai: (baseUrl) => likeOpenAI(observe(new OpenAI({ apiKey: 'key', baseURL: `${baseUrl}/v1`, maxRetries: 1 })), chat),
  'openai, for Azure': (baseUrl) => likeOpenAI(observe(new AzureOpenAI({ apiKey: 'key', apiVersion: '2024-10-21', endpoint: baseUrl, maxRetries: 1 })), chat),
  anthropic: (baseUrl) => likeOpenAI(observe(new Anthropic({ apiKey: 'key', baseURL: baseUrl, maxRetries: 1, openTelemetry: false })), claude),
  'anthropic, for Bedrock': (baseUrl) => likeOpenAI(observe(new AnthropicBedrock({ baseURL: baseUrl, apiKey: 'key', awsRegion: 'eu-west-1', maxRetries: 1, openTelemetry: false })), claude),
  'anthropic, for Vertex': (baseUrl) =>
    likeOpenAI(
      observe(
        new AnthropicVertex({ baseURL: `${baseUrl}/v1`, region: 'europe-west1', projectId: 'project', authClient: Object.assign(Object.create(null), { projectId: 'project', getRequestHeaders: async () => new Headers() }), maxRetries: 1, openTelemetry: false }),
      ),
      claude,
    ),
  groq: (baseUrl) => likeOpenAI(observe(new Groq({ apiKey: 'key', baseURL: baseUrl, maxRetries: 1 })), chat),
  together: (baseUrl) => likeOpenAI(observe(new Together({ apiKey: 'key', baseURL: `${baseUrl}/v1`, maxRetries: 1 })), chat),
  google: (baseUrl) => {
    const { models } = observeGoogle(new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl, retryOptions: { attempts: 2, initialDelay: 0.01 } } }));
    const request = { model: 'gemini-2.5-flash', contents: 'The capital of France?' };
    return { unary: (abortSignal) => models.generateContent({ ...request, config: { abortSignal } }), stream: (abortSignal) => models.generateContentStream({ ...request, config: { abortSignal } }) };
  },
  mistral: (baseUrl) => {
    const client = observeMistral(new Mistral({ apiKey: 'key', serverURL: baseUrl, ...mistralOptions }));
    const request = { model: 'mistral-small-latest', messages };
    return { unary: (signal) => client.chat.complete(request, { fetchOptions: { signal } }), stream: (signal) => client.chat.stream(request, { fetchOptions: { signal } }) };
  },
  'mistral, by its functions': (baseUrl) => {
    const core = observeMistral(new MistralCore({ apiKey: 'key', serverURL: baseUrl, ...mistralOptions }));
    const ask = async (signal) => {
      const result = await chatComplete(core, { model: 'mistral-small-latest', messages }, { fetchOptions: { signal } });
      if (!result.ok) throw result.error;
      return result.value;
    };
    return { unary: ask };
  },
  cohere: (baseUrl) => {
    const client = observeCohere(new CohereClientV2({ token: 'key', environment: baseUrl }));
    const request = { model: 'command-a-03-2025', messages };
    return { unary: (abortSignal) => client.chat(request, { abortSignal, maxRetries: 1 }), stream: (abortSignal) => client.chatStream(request, { abortSignal, maxRetries: 1 }) };
  },
  'cohere, version 1': (baseUrl) => {
    const client = observeCohere(new CohereClient({ token: 'key', environment: baseUrl }));
    const request = { model: 'command-r', message: 'The capital of France?' };
    return { unary: (abortSignal) => client.chat(request, { abortSignal, maxRetries: 1 }), stream: (abortSignal) => client.chatStream(request, { abortSignal, maxRetries: 1 }) };
  },
  'cohere, version 2 of version 1': (baseUrl) => {
    const client = observeCohere(new CohereClient({ token: 'key', environment: baseUrl }));
    return { unary: (abortSignal) => client.v2.chat({ model: 'command-a-03-2025', messages }, { abortSignal, maxRetries: 1 }) };
  },
  ollama: (baseUrl) => {
    const client = observeOllama(new Ollama({ host: baseUrl }));
    // It has no retries, and aborts all of its streams at once.
    return { unary: () => client.chat({ model: 'llama3.2', messages }), stream: () => client.chat({ model: 'llama3.2', messages, stream: true }), once: true };
  },
  'bedrock 3.1164': (baseUrl) => bedrock(observeBedrock(new BedrockRuntimeClient(aws(baseUrl))), ConverseCommand, ConverseStreamCommand),
  'bedrock 3.830': (baseUrl) => bedrock(observeBedrock(new BedrockRuntimeClient830(aws(baseUrl))), ConverseCommand830, ConverseStreamCommand830),
  'bedrock, with a method for each command': (baseUrl) => {
    const client = observeBedrock(new BedrockRuntime(aws(baseUrl)));
    return { unary: (abortSignal) => client.converse(converse, { abortSignal }) };
  },
};

async function drain(stream) {
  let items = 0;
  for await (const _ of stream) items++;
  return items;
}

async function attempt(call) {
  try {
    await call();
  } catch {
    // The faults are meant.
  }
  return operations();
}

/** Addresses of sessions: one that answers, one that says nothing, and for each client one that fails once. */
const { success, silent, repaired } = JSON.parse(process.argv[2]);

async function use(make) {
  const good = make(success);
  const result = { success: await attempt(() => good.unary()) };
  if (good.stream) result.stream = await attempt(async () => drain(await good.stream()));
  if (good.once) return result;
  result.repaired = await attempt(() => make(repaired.shift()).unary());
  result.late = await attempt(() => make(silent).unary(AbortSignal.timeout(300)));
  const caller = new AbortController();
  setTimeout(() => caller.abort(), 300);
  result.cancelled = await attempt(() => make(silent).unary(caller.signal));
  return result;
}

async function main() {
  const results = {};
  for (const [name, make] of Object.entries(CLIENTS)) results[name] = await use(make);
  process.stdout.write(JSON.stringify({ results, said: said() }));
  process.exit(0);
}

void main();
