import Anthropic from '@anthropic-ai/sdk';
import { createOpenAI } from '@ai-sdk/openai';
import { observe } from '@outspan/instrumentation-openai';
import { generateText, streamText } from 'ai';
import OpenAI from 'openai';

function openai(baseUrl, fetch) {
  return new OpenAI({ apiKey: 'sk-test', baseURL: `${baseUrl}/v1`, dangerouslyAllowBrowser: true, ...(fetch && { fetch }) });
}

function callsOf(client) {
  const body = { model: 'gpt-5', messages: [{ role: 'user', content: 'Hi' }] };
  return {
    unary: async (signal) => (await client.chat.completions.create(body, { signal })).choices[0].message.content,
    async *stream(signal) {
      for await (const chunk of await client.chat.completions.create({ ...body, stream: true }, { signal })) yield chunk.choices[0]?.delta.content ?? '';
    },
  };
}

/** The SDKs, each with a unary call and a stream. `fetch` is given to them where it is given here. */
const CLIENTS = {
  openai: (baseUrl, fetch) => callsOf(openai(baseUrl, fetch)),
  observed: (baseUrl, fetch) => callsOf(observe(openai(baseUrl, fetch))),
  anthropic(baseUrl, fetch) {
    const client = new Anthropic({ apiKey: 'sk-test', baseURL: baseUrl, dangerouslyAllowBrowser: true, ...(fetch && { fetch }) });
    const body = { model: 'claude-opus-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
    return {
      unary: async (signal) => (await client.messages.create(body, { signal })).content[0].text,
      async *stream(signal) {
        for await (const event of await client.messages.create({ ...body, stream: true }, { signal })) yield event.delta?.text ?? '';
      },
    };
  },
  ai(baseUrl, fetch) {
    const model = createOpenAI({ apiKey: 'sk-test', baseURL: `${baseUrl}/v1`, ...(fetch && { fetch }) }).chat('gpt-5');
    return {
      unary: async (abortSignal) => (await generateText({ model, prompt: 'Hi', abortSignal })).text,
      async *stream(abortSignal) {
        yield* streamText({ model, prompt: 'Hi', abortSignal, onError: () => undefined }).textStream;
      },
    };
  },
};

const seen = (error) => ({ threw: error?.name, message: error?.message, status: error?.status ?? error?.statusCode });

async function outcome(work) {
  try {
    return await work();
  } catch (error) {
    return seen(error);
  }
}

async function read(stream, whenBegun) {
  let text = '';
  try {
    for await (const part of stream) {
      if (text === '' && part !== '') whenBegun?.();
      text += part;
    }
  } catch (error) {
    return { text, ...seen(error) };
  }
  return text;
}

/** How much comes before an abort is chance, and what an error says of one is the runtime's. */
const whatEnded = (result) => (typeof result === 'string' ? 'ended without an error' : result.threw);

/** The cases, each with what the application saw. `baseUrls` has a session of the provider for each. */
const CASES = {
  success: (client) => outcome(() => client.unary()),
  stream: (client) => read(client.stream()),
  cut: (client) => read(client.stream()),
  reset: (client) => read(client.stream()),
  retried: (client) => outcome(() => client.unary()),
  async aborted(client) {
    const controller = new AbortController();
    return whatEnded(await read(client.stream(controller.signal), () => controller.abort()));
  },
  async late(client) {
    return whatEnded(await outcome(() => client.unary(AbortSignal.timeout(300))));
  },
  refused: async (client) => whatEnded(await outcome(() => client.unary())),
};

/** Makes the calls of one SDK that are named, one after the other. */
export async function makeCalls(sdk, baseUrls, fetch) {
  const results = {};
  for (const [name, baseUrl] of Object.entries(baseUrls)) results[name] = (await CASES[name](CLIENTS[sdk](baseUrl, fetch))) ?? null;
  return results;
}
