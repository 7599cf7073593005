import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Driver } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type LlamaIndex = LoadableModules['@llamaindex/openai'];

function options({ apiKey, baseUrl, more, retries, timeoutMs }: CallSettings) {
  return { apiKey, baseURL: `${baseUrl}/v1`, maxRetries: retries, timeout: timeoutMs, ...(more && { additionalSessionOptions: { defaultHeaders: more.headers } }) };
}

function prepare({ OpenAI }: LlamaIndex, settings: CallSettings) {
  const tool = { metadata: { name: TOOL.name, description: TOOL.description, parameters: TOOL.parameters } };
  return {
    model: new OpenAI({ ...options(settings), model: 'gpt-4o-mini', additionalChatOptions: asked('openai.chat', settings.more, {}) }),
    request: { messages: [{ role: 'user' as const, content: QUESTION }], ...(settings.tools && { tools: [tool] }) },
  };
}

interface Row {
  readonly call: string;
  readonly dialect: Driver['dialect'];
  readonly mode: Driver['mode'];
  readonly use: (module: LlamaIndex, settings: CallSettings) => Promise<void>;
}

const ROWS: readonly Row[] = [
  {
    call: 'OpenAI.chat',
    dialect: 'openai.chat',
    mode: 'unary',
    async use(module, settings) {
      const { model, request } = prepare(module, settings);
      const promise = settings.observe.seen(model.chat(request));
      settings.observe.value('response', settings.observe.seen(await promise));
    },
  },
  {
    call: 'OpenAI.chat',
    dialect: 'openai.chat',
    mode: 'stream',
    async use(module, settings) {
      const { model, request } = prepare(module, settings);
      const stream = settings.observe.seen(await settings.observe.seen(model.chat({ ...request, stream: true })));
      await readStream(stream, settings, () => undefined);
    },
  },
  {
    call: 'OpenAIEmbedding.getTextEmbeddings',
    dialect: 'openai.embeddings',
    mode: 'unary',
    async use({ OpenAIEmbedding }, settings) {
      const model = new OpenAIEmbedding({ ...options(settings), model: 'text-embedding-3-small' });
      settings.observe.value('vectors', settings.observe.seen(await settings.observe.seen(model.getTextEmbeddings(['Paris', 'Berlin']))));
    },
  },
];

function driver({ call, dialect, mode, use }: Row): Driver {
  return {
    id: `llamaindex ${call}${mode === 'stream' ? ' stream' : ''}`,
    library: '@llamaindex/openai',
    application: 'sdks',
    modules: ['@llamaindex/openai'],
    dialect,
    mode,
    boundary: { hooked: 'sdk', hookless: 'inferred' },
    attempts: (retries) => retries + 1,
    deadline: { head: 'own', body: 'none' },
    // No call takes a signal. A stream that is never read is never asked for: it is a generator. One that is left is not cancelled: when it ends is for the garbage collector to say.
    patterns: ['read'],
    async call(settings) {
      await use(await settings.load('@llamaindex/openai'), settings);
    },
  };
}

/** LlamaIndex's models over a copy of OpenAI's SDK, which it brings along. */
export const LLAMAINDEX_DRIVERS: readonly Driver[] = ROWS.map(driver);
