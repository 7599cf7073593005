import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Driver, given, type Library, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

/** What is used of a client; the promises are the SDK's own. */
interface Chat {
  create(): PromiseLike<unknown>;
  stream(): PromiseLike<AsyncIterable<unknown> & { readonly controller: AbortController }>;
}

/** SDKs of the same generator whose surface for chat is OpenAI's. */
interface Sdk {
  readonly id: string;
  readonly library: Library;
  readonly module: keyof LoadableModules;
  /** Of node:http, which its node-fetch calls. */
  readonly tellsEveryReset?: true;
  readonly chat: (settings: CallSettings) => Promise<Chat>;
}

function options({ baseUrl, apiKey, retries, timeoutMs, more }: CallSettings, prefix: string) {
  return { baseURL: `${baseUrl}${prefix}`, apiKey, maxRetries: retries, timeout: timeoutMs, ...(more && { defaultHeaders: more.headers }) };
}

function groq(module: 'groq-sdk-0' | 'groq-sdk-1', id: string): Sdk {
  return {
    id,
    library: 'groq-sdk',
    module,
    ...(module === 'groq-sdk-0' && { tellsEveryReset: true }),
    async chat(settings) {
      const { Groq } = await settings.load(module);
      const { completions } = given(settings, new Groq(options(settings, ''))).chat;
      const { signal } = settings.caller;
      return { create: () => completions.create(request(settings), { signal }), stream: () => completions.create({ ...request(settings), stream: true }, { signal }) };
    },
  };
}

function together(module: 'together-ai-21' | 'together-ai-52', id: string): Sdk {
  return {
    id,
    library: 'together-ai',
    module,
    async chat(settings) {
      const { Together } = await settings.load(module);
      const { completions } = given(settings, new Together(options(settings, '/v1'))).chat;
      const { signal } = settings.caller;
      return { create: () => completions.create(request(settings), { signal }), stream: () => completions.create({ ...request(settings), stream: true }, { signal }) };
    },
  };
}

const SDKS: readonly Sdk[] = [
  // It brings node-fetch, as all SDKs of this generator did before they moved to the platform's.
  groq('groq-sdk-0', 'groq 0.37'),
  groq('groq-sdk-1', 'groq 1'),
  together('together-ai-21', 'together 0.21'),
  together('together-ai-52', 'together 0.52'),
];

function request(settings: CallSettings) {
  return asked('openai.chat', settings.more, {
    model: 'llama-3.3-70b-versatile',
    messages: [{ role: 'user' as const, content: QUESTION }],
    ...(settings.tools && { tools: [{ type: 'function' as const, function: { ...TOOL, parameters: { ...TOOL.parameters } } }] }),
  });
}

interface Row {
  readonly name: string;
  readonly mode: Driver['mode'];
  readonly use: (chat: Chat, settings: CallSettings) => Promise<void>;
}

const ROWS: readonly Row[] = [
  {
    name: 'chat.completions.create',
    mode: 'unary',
    async use(chat, settings) {
      const promise = settings.observe.seen(chat.create());
      settings.observe.value('completion', settings.observe.seen(await promise));
    },
  },
  {
    name: 'chat.completions.create stream',
    mode: 'stream',
    async use(chat, settings) {
      const promise = settings.observe.seen(chat.stream());
      const stream = settings.observe.seen(await promise);
      await readStream(stream, settings, () => stream.controller.abort());
    },
  },
];

function driver(sdk: Sdk, row: Row): Driver {
  return {
    id: `${sdk.id} ${row.name}`,
    library: sdk.library,
    application: 'sdks',
    modules: [sdk.module],
    dialect: 'openai.chat',
    mode: row.mode,
    boundary: { hooked: 'sdk', hookless: 'inferred' },
    ...(sdk.tellsEveryReset && { tellsEveryReset: true }),
    attempts: (retries) => retries + 1,
    deadline: { head: 'own', body: 'none' },
    patterns: row.mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS,
    async call(settings) {
      const chat = await sdk.chat(settings);
      abortWhenPatternSays(settings);
      await row.use(chat, settings);
    },
  };
}

/** Groq's and Together's SDKs, at both ends of the versions that are tested. */
export const OPENAI_LIKE_DRIVERS: readonly Driver[] = SDKS.flatMap((sdk) => ROWS.map((row) => driver(sdk, row)));
