import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { LoadDialect } from './faults-met.ts';

/** A stream that a call has given the application. */
export interface OpenStream {
  readonly chunks: AsyncIterable<unknown>;
  /** Two streams in its place. */
  tee(): readonly AsyncIterable<unknown>[];
}

/** One way to make calls. */
export interface Client {
  readonly name: string;
  readonly dialect: LoadDialect;
  /** Starts a stream. */
  stream(baseUrl: string, signal: AbortSignal): Promise<OpenStream>;
  /** Makes a call whose answer is one document, with as many tries as the client is used to. */
  ask(baseUrl: string, signal: AbortSignal): Promise<unknown>;
}

const MESSAGES = [{ role: 'user' as const, content: 'Why is the sky blue?' }];
const CHAT = { model: 'gpt-4o-mini', messages: MESSAGES };
const MESSAGE = { model: 'claude-sonnet-5', max_tokens: 64, messages: MESSAGES };
const RETRIES = { maxRetries: 2, timeout: 60_000 };

/** One client a base URL: an application has few of them, and each holds on to what its SDK keeps. */
function kept<T>(make: (baseUrl: string) => T): (baseUrl: string) => T {
  const clients = new Map<string, T>();
  return (baseUrl) => {
    const known = clients.get(baseUrl) ?? make(baseUrl);
    clients.set(baseUrl, known);
    return known;
  };
}

const openai = kept((baseUrl) => new OpenAI({ apiKey: 'sk-not-a-key', baseURL: `${baseUrl}/v1`, ...RETRIES }));
const anthropic = kept((baseUrl) => new Anthropic({ apiKey: 'sk-ant-not-a-key', baseURL: baseUrl, ...RETRIES }));

async function post(baseUrl: string, stream: boolean, signal: AbortSignal): Promise<Response> {
  return fetch(`${baseUrl}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...CHAT, stream }), signal });
}

/** The two SDKs, one of which traces itself, and no SDK at all. */
export const CLIENTS: readonly Client[] = [
  {
    name: 'openai',
    dialect: 'openai.chat',
    stream: async (baseUrl, signal) => {
      const stream = await openai(baseUrl).chat.completions.create({ ...CHAT, stream: true }, { signal });
      return { chunks: stream, tee: () => stream.tee() };
    },
    ask: (baseUrl, signal) => openai(baseUrl).chat.completions.create(CHAT, { signal }),
  },
  {
    name: 'anthropic',
    dialect: 'anthropic.messages',
    stream: async (baseUrl, signal) => {
      const stream = await anthropic(baseUrl).messages.create({ ...MESSAGE, stream: true }, { signal });
      return { chunks: stream, tee: () => stream.tee() };
    },
    ask: (baseUrl, signal) => anthropic(baseUrl).messages.create(MESSAGE, { signal }),
  },
  {
    name: 'fetch',
    dialect: 'openai.chat',
    stream: async (baseUrl, signal) => {
      const { body } = await post(baseUrl, true, signal);
      if (body === null) throw new TypeError('no body');
      return { chunks: body, tee: () => body.tee() };
    },
    ask: async (baseUrl, signal) => (await post(baseUrl, false, signal)).json(),
  },
];
