import { abortWhenPatternSays } from '../application/abort-timer.ts';
import { fetchOverNodeHttp } from '../application/fetch-over-node-http.ts';
import { headers } from '../application/project.ts';
import { readStream } from '../application/read-stream.ts';
import type { LoadableModules } from '../application/modules.ts';
import { asked, type CallSettings, type Driver, given, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type OpenAIModule = LoadableModules['openai-7'];
type Client = InstanceType<OpenAIModule['OpenAI']>;

const MODEL = 'gpt-4o-mini';
const EMBEDDING_MODEL = 'text-embedding-3-small';

/** Where a version differs from the others. */
interface Version {
  readonly module: 'openai-5' | 'openai-6' | 'openai-7';
  /** Since 7 the SDK's deadline covers the body of a one-document answer, and it retries a stalled one. */
  readonly bodyDeadline: 'own' | 'none';
}

const VERSIONS: readonly Version[] = [
  { module: 'openai-5', bodyDeadline: 'none' },
  { module: 'openai-6', bodyDeadline: 'none' },
  { module: 'openai-7', bodyDeadline: 'own' },
];

type Fetch = typeof globalThis.fetch;

function options({ baseUrl, apiKey, retries, timeoutMs, more }: CallSettings, fetch?: Fetch): ConstructorParameters<OpenAIModule['OpenAI']>[0] {
  return { baseURL: `${baseUrl}/v1`, apiKey, maxRetries: retries, timeout: timeoutMs, ...(fetch && { fetch }), ...(more && { defaultHeaders: more.headers }) };
}

function chat(settings: CallSettings) {
  const { tools } = settings;
  const offered = [{ type: 'function' as const, function: { ...TOOL, strict: true } }];
  return asked('openai.chat', settings.more, { model: MODEL, messages: [{ role: 'user' as const, content: QUESTION }], ...(tools && { tools: offered }) });
}

function responses(settings: CallSettings) {
  const { tools } = settings;
  const offered = [{ type: 'function' as const, ...TOOL, strict: true }];
  return asked('openai.responses', settings.more, { model: MODEL, input: QUESTION, ...(tools && { tools: offered }) });
}

/** What one row does with a client. */
type Use = (client: Client, settings: CallSettings) => Promise<void>;

interface Row {
  readonly name: string;
  readonly dialect: Driver['dialect'];
  readonly mode: Driver['mode'];
  readonly use: Use;
  readonly includeUsage?: boolean;
  readonly client?: (module: OpenAIModule, settings: CallSettings) => Client;
  readonly with?: Partial<Pick<Driver, 'boundary' | 'patterns' | 'tellsEveryReset'>>;
  /** The SDK is done with the call when the head has come: whatever the body does is the application's own affair. */
  readonly raw?: true;
}

const READ_ONLY = { patterns: ['read'] } as const;

const ROWS: readonly Row[] = [
  {
    name: 'chat.completions.create',
    dialect: 'openai.chat',
    mode: 'unary',
    async use(client, settings) {
      const promise = settings.observe.seen(client.chat.completions.create(chat(settings), { signal: settings.caller.signal }));
      settings.observe.value('completion', settings.observe.seen(await promise));
    },
  },
  {
    name: 'chat.completions.create stream',
    dialect: 'openai.chat',
    mode: 'stream',
    async use(client, settings) {
      const promise = settings.observe.seen(client.chat.completions.create({ ...chat(settings), stream: true }, { signal: settings.caller.signal }));
      const stream = settings.observe.seen(await promise);
      await readStream(stream, settings, () => stream.controller.abort());
    },
  },
  {
    name: 'chat.completions.create stream with usage',
    dialect: 'openai.chat',
    mode: 'stream',
    includeUsage: true,
    with: READ_ONLY,
    async use(client, settings) {
      const promise = client.chat.completions.create({ ...chat(settings), stream: true, stream_options: { include_usage: true } }, { signal: settings.caller.signal });
      const stream = await promise;
      await readStream(stream, settings, () => stream.controller.abort());
    },
  },
  {
    name: 'chat.completions.create stream tee',
    dialect: 'openai.chat',
    mode: 'stream',
    with: READ_ONLY,
    async use(client, settings) {
      const stream = await client.chat.completions.create({ ...chat(settings), stream: true }, { signal: settings.caller.signal });
      const [left, right] = stream.tee();
      settings.observe.seen(left);
      const rest = (async () => {
        const counted: unknown[] = [];
        for await (const event of right) counted.push(event);
        return counted.length;
      })();
      const [read, counted] = await Promise.allSettled([readStream(left, settings, () => stream.controller.abort()), rest]);
      settings.observe.value('right', counted.status === 'fulfilled' ? counted.value : 'threw');
      if (read.status === 'rejected') throw read.reason;
    },
  },
  {
    name: 'chat.completions.stream',
    dialect: 'openai.chat',
    mode: 'stream',
    async use(client, settings) {
      const stream = settings.observe.seen(client.chat.completions.stream(chat(settings), { signal: settings.caller.signal }));
      if (settings.pattern === 'read') stream.on('content', (_delta, snapshot) => settings.observe.value('snapshot', snapshot));
      const toEnd = await readStream(stream, settings, () => stream.abort());
      if (toEnd) settings.observe.value('final', await stream.finalChatCompletion());
    },
  },
  {
    name: 'chat.completions.parse',
    dialect: 'openai.chat',
    mode: 'unary',
    async use(client, settings) {
      const promise = settings.observe.seen(client.chat.completions.parse(chat(settings), { signal: settings.caller.signal }));
      settings.observe.value('completion', settings.observe.seen(await promise));
    },
  },
  {
    name: 'chat.completions.create withResponse',
    dialect: 'openai.chat',
    mode: 'unary',
    with: READ_ONLY,
    async use(client, settings) {
      const { data, response, request_id } = await client.chat.completions.create(chat(settings), { signal: settings.caller.signal }).withResponse();
      settings.observe.value('completion', settings.observe.seen(data));
      settings.observe.value('response', { class: response.constructor.name, status: response.status, headers: headers(response.headers), bodyUsed: response.bodyUsed, request_id });
    },
  },
  {
    name: 'chat.completions.create stream withResponse',
    dialect: 'openai.chat',
    mode: 'stream',
    with: READ_ONLY,
    async use(client, settings) {
      const { data, response, request_id } = await client.chat.completions.create({ ...chat(settings), stream: true }, { signal: settings.caller.signal }).withResponse();
      settings.observe.value('response', { status: response.status, headers: headers(response.headers), bodyUsed: response.bodyUsed, request_id });
      await readStream(settings.observe.seen(data), settings, () => data.controller.abort());
    },
  },
  {
    name: 'chat.completions.create asResponse',
    dialect: 'openai.chat',
    mode: 'unary',
    raw: true,
    async use(client, settings) {
      const response = settings.observe.seen(await client.chat.completions.create(chat(settings), { signal: settings.caller.signal }).asResponse());
      settings.observe.value('head', { status: response.status, headers: headers(response.headers), bodyUsed: response.bodyUsed });
      settings.observe.value('body', await response.json());
    },
  },
  {
    name: 'chat.completions.create, fetch given',
    dialect: 'openai.chat',
    mode: 'unary',
    with: READ_ONLY,
    client: (module, settings) => new module.OpenAI(options(settings, (input, init) => globalThis.fetch(input, init))),
    async use(client, settings) {
      settings.observe.value('completion', await client.chat.completions.create(chat(settings), { signal: settings.caller.signal }));
    },
  },
  {
    name: 'chat.completions.create, fetch over node:http given',
    dialect: 'openai.chat',
    mode: 'unary',
    with: { ...READ_ONLY, tellsEveryReset: true },
    client: (module, settings) => new module.OpenAI(options(settings, fetchOverNodeHttp)),
    async use(client, settings) {
      settings.observe.value('completion', await client.chat.completions.create(chat(settings), { signal: settings.caller.signal }));
    },
  },
  {
    name: 'chat.completions.create stream, fetch over node:http given',
    dialect: 'openai.chat',
    mode: 'stream',
    with: { ...READ_ONLY, tellsEveryReset: true },
    client: (module, settings) => new module.OpenAI(options(settings, fetchOverNodeHttp)),
    async use(client, settings) {
      const stream = await client.chat.completions.create({ ...chat(settings), stream: true }, { signal: settings.caller.signal });
      await readStream(stream, settings, () => stream.controller.abort());
    },
  },
  {
    name: 'AzureOpenAI chat.completions.create',
    dialect: 'openai.chat',
    mode: 'unary',
    with: READ_ONLY,
    client: (module, { baseUrl, apiKey, retries, timeoutMs, more }) =>
      new module.AzureOpenAI({ endpoint: baseUrl, apiKey, apiVersion: '2024-10-21', deployment: MODEL, maxRetries: retries, timeout: timeoutMs, ...(more && { defaultHeaders: more.headers }) }),
    async use(client, settings) {
      settings.observe.value('completion', await client.chat.completions.create(chat(settings), { signal: settings.caller.signal }));
    },
  },
  {
    name: 'responses.create',
    dialect: 'openai.responses',
    mode: 'unary',
    async use(client, settings) {
      const promise = settings.observe.seen(client.responses.create(responses(settings), { signal: settings.caller.signal }));
      settings.observe.value('response', settings.observe.seen(await promise));
    },
  },
  {
    name: 'responses.create stream',
    dialect: 'openai.responses',
    mode: 'stream',
    async use(client, settings) {
      const promise = settings.observe.seen(client.responses.create({ ...responses(settings), stream: true }, { signal: settings.caller.signal }));
      const stream = settings.observe.seen(await promise);
      await readStream(stream, settings, () => stream.controller.abort());
    },
  },
  {
    name: 'responses.stream',
    dialect: 'openai.responses',
    mode: 'stream',
    async use(client, settings) {
      const stream = settings.observe.seen(client.responses.stream(responses(settings), { signal: settings.caller.signal }));
      const toEnd = await readStream(stream, settings, () => stream.abort());
      if (toEnd) settings.observe.value('final', await stream.finalResponse());
    },
  },
  {
    name: 'embeddings.create',
    dialect: 'openai.embeddings',
    mode: 'unary',
    async use(client, settings) {
      const promise = settings.observe.seen(client.embeddings.create(asked('openai.embeddings', settings.more, { model: EMBEDDING_MODEL, input: ['Paris', 'Berlin'] }), { signal: settings.caller.signal }));
      settings.observe.value('embeddings', settings.observe.seen(await promise));
    },
  },
  {
    name: 'images.generate',
    dialect: 'openai.images',
    mode: 'unary',
    async use(client, settings) {
      const promise = settings.observe.seen(client.images.generate(asked('openai.images', settings.more, { model: 'gpt-image-1', prompt: QUESTION }), { signal: settings.caller.signal }));
      settings.observe.value('images', settings.observe.seen(await promise));
    },
  },
  {
    name: 'images.edit',
    dialect: 'openai.images',
    mode: 'unary',
    with: READ_ONLY,
    async use(client, settings) {
      const image = new File([new Uint8Array(4_096)], 'tower.png', { type: 'image/png' });
      settings.observe.value('images', await client.images.edit(asked('openai.images', settings.more, { model: 'gpt-image-1', image, prompt: QUESTION }), { signal: settings.caller.signal }));
    },
  },
  {
    name: 'audio.transcriptions.create',
    dialect: 'openai.transcriptions',
    mode: 'unary',
    async use(client, settings) {
      const file = new File([new Uint8Array(4_096)], 'question.wav', { type: 'audio/wav' });
      const promise = settings.observe.seen(client.audio.transcriptions.create(asked('openai.transcriptions', settings.more, { file, model: 'gpt-4o-transcribe' }), { signal: settings.caller.signal }));
      settings.observe.value('transcription', settings.observe.seen(await promise));
    },
  },
  {
    name: 'audio.speech.create',
    dialect: 'openai.speech',
    mode: 'unary',
    // It hands out the response, whose body is the application's to read.
    raw: true,
    async use(client, settings) {
      const promise = settings.observe.seen(client.audio.speech.create(asked('openai.speech', settings.more, { model: 'gpt-4o-mini-tts', voice: 'alloy', input: QUESTION }), { signal: settings.caller.signal }));
      const response = settings.observe.seen(await promise);
      settings.observe.value('head', { status: response.status, headers: headers(response.headers), bodyUsed: response.bodyUsed });
      settings.observe.value('bytes', new Uint8Array(await response.arrayBuffer()));
    },
  },
  {
    name: 'moderations.create',
    dialect: 'openai.moderations',
    mode: 'unary',
    async use(client, settings) {
      const promise = settings.observe.seen(client.moderations.create(asked('openai.moderations', settings.more, { model: 'omni-moderation-latest', input: QUESTION }), { signal: settings.caller.signal }));
      settings.observe.value('moderation', settings.observe.seen(await promise));
    },
  },
];

function driver(version: Version, row: Row): Driver {
  return {
    id: `${version.module.replace('-', ' ')} ${row.name}`,
    library: 'openai',
    application: 'sdks',
    modules: [version.module],
    dialect: row.dialect,
    mode: row.mode,
    ...(row.includeUsage !== undefined && { includeUsage: row.includeUsage }),
    boundary: { hooked: 'sdk', hookless: 'inferred' },
    attempts: (retries) => retries + 1,
    deadline: { head: 'own', body: row.mode === 'unary' && row.raw !== true ? version.bodyDeadline : 'none' },
    patterns: row.mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS,
    ...row.with,
    async call(settings) {
      const module = await settings.load(version.module);
      const client = given(settings, row.client?.(module, settings) ?? new module.OpenAI(options(settings)));
      abortWhenPatternSays(settings);
      await row.use(client, settings);
    },
  };
}

/** The OpenAI SDK, three majors of it. */
export const OPENAI_DRIVERS: readonly Driver[] = VERSIONS.flatMap((version) => ROWS.map((row) => driver(version, row)));
