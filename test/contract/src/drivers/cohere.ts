import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Driver, given, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type CohereModule = LoadableModules['cohere-ai-8'];
type Client = InstanceType<CohereModule['CohereClientV2']>;
type ClientV1 = InstanceType<CohereModule['CohereClient']>;

const MODEL = 'command-a-03-2025';

function chat(settings: CallSettings) {
  const { tools, more } = settings;
  const offered = [{ type: 'function' as const, function: { name: TOOL.name, description: TOOL.description, parameters: { ...TOOL.parameters } } }];
  return asked('cohere.chat', more, { model: MODEL, messages: [{ role: 'user' as const, content: QUESTION }], ...(tools && { tools: offered }) });
}

function chatV1(settings: CallSettings) {
  const { tools, more } = settings;
  const offered = [{ name: TOOL.name, description: TOOL.description, parameterDefinitions: { city: { type: 'str', required: true } } }];
  return asked('cohere.v1_chat', more, { model: MODEL, message: QUESTION, ...(tools && { tools: offered }) });
}

function options({ caller, retries, timeoutMs, more }: CallSettings) {
  return { abortSignal: caller.signal, maxRetries: retries, timeoutInSeconds: timeoutMs / 1_000, ...(more && { headers: more.headers }) };
}

interface Row {
  readonly name: string;
  readonly dialect: Driver['dialect'];
  readonly mode: Driver['mode'];
  readonly use: (clients: Clients, settings: CallSettings) => Promise<void>;
}

interface Clients {
  readonly v2: Client;
  readonly v1: ClientV1;
}

const ROWS: readonly Row[] = [
  {
    name: 'chat',
    dialect: 'cohere.chat',
    mode: 'unary',
    async use({ v2 }, settings) {
      const promise = settings.observe.seen(v2.chat(chat(settings), options(settings)));
      settings.observe.value('response', settings.observe.seen(await promise));
    },
  },
  {
    name: 'chatStream',
    dialect: 'cohere.chat',
    mode: 'stream',
    async use({ v2 }, settings) {
      const promise = settings.observe.seen(v2.chatStream(chat(settings), options(settings)));
      const stream = settings.observe.seen(await promise);
      await readStream(stream, settings, () => settings.caller.abort());
    },
  },
  {
    name: 'embed',
    dialect: 'cohere.embed',
    mode: 'unary',
    async use({ v2 }, settings) {
      const request = asked('cohere.embed', settings.more, { model: 'embed-v4.0', texts: [QUESTION], inputType: 'search_query' as const, embeddingTypes: ['float' as const] });
      const promise = settings.observe.seen(v2.embed(request, options(settings)));
      settings.observe.value('response', settings.observe.seen(await promise));
    },
  },
  {
    name: 'rerank',
    dialect: 'cohere.rerank',
    mode: 'unary',
    async use({ v2 }, settings) {
      const request = asked('cohere.rerank', settings.more, { model: 'rerank-v3.5', query: QUESTION, documents: ['Paris', 'Rome'] });
      const promise = settings.observe.seen(v2.rerank(request, options(settings)));
      settings.observe.value('response', settings.observe.seen(await promise));
    },
  },
  {
    name: 'v1.chat',
    dialect: 'cohere.v1_chat',
    mode: 'unary',
    async use({ v1 }, settings) {
      const promise = settings.observe.seen(v1.chat(chatV1(settings), options(settings)));
      settings.observe.value('response', settings.observe.seen(await promise));
    },
  },
  {
    name: 'v1.chatStream',
    dialect: 'cohere.v1_chat',
    mode: 'stream',
    async use({ v1 }, settings) {
      const promise = settings.observe.seen(v1.chatStream(chatV1(settings), options(settings)));
      const stream = settings.observe.seen(await promise);
      await readStream(stream, settings, () => settings.caller.abort());
    },
  },
];

const VERSIONS = ['cohere-ai-7', 'cohere-ai-8'] as const;

function driver(module: (typeof VERSIONS)[number], row: Row): Driver {
  return {
    id: `${module.replace('-ai-', ' ')} ${row.name}`,
    library: 'cohere-ai',
    application: 'sdks',
    modules: [module],
    dialect: row.dialect,
    mode: row.mode,
    boundary: { hooked: 'sdk', hookless: 'inferred' },
    // It retries answers, and nothing that fails before one.
    attempts: () => 1,
    deadline: { head: 'own', body: 'none' },
    patterns: row.mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS,
    async call(settings) {
      const { CohereClient, CohereClientV2 } = await settings.load(module);
      const options = { token: settings.apiKey, environment: settings.baseUrl };
      const clients = { v1: given(settings, new CohereClient({ ...options })), v2: given(settings, new CohereClientV2({ ...options })) };
      abortWhenPatternSays(settings);
      await row.use(clients, settings);
    },
  };
}

/** Cohere's SDK, at both ends of its versions. */
export const COHERE_DRIVERS: readonly Driver[] = VERSIONS.flatMap((module) => ROWS.map((row) => driver(module, row)));
