import { abortWhenPatternSays } from '../application/abort-timer.ts';
import { headers } from '../application/project.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Driver, given, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type Anthropic = InstanceType<LoadableModules['@anthropic-ai/sdk']['Anthropic']>;

/** What the clients for all platforms have. */
interface Client {
  readonly messages: Pick<Anthropic['messages'], 'create' | 'stream' | 'parse'>;
  readonly beta: { readonly messages: Pick<Anthropic['beta']['messages'], 'create' | 'stream'> };
}

const MODEL = 'claude-sonnet-4-5';

function message(settings: CallSettings) {
  const { tools } = settings;
  return asked('anthropic.messages', settings.more, {
    model: MODEL,
    max_tokens: 256,
    messages: [{ role: 'user' as const, content: QUESTION }],
    ...(tools && { tools: [{ name: TOOL.name, description: TOOL.description, input_schema: TOOL.parameters }] }),
  });
}

/** What one row does with a client. */
type Use = (client: Client, settings: CallSettings) => Promise<void>;

interface Row {
  readonly name: string;
  readonly mode: Driver['mode'];
  readonly use: Use;
}

const CREATE: Row = {
  name: 'messages.create',
  mode: 'unary',
  async use(client, settings) {
    const promise = settings.observe.seen(client.messages.create(message(settings), { signal: settings.caller.signal }));
    settings.observe.value('message', settings.observe.seen(await promise));
  },
};
const CREATE_STREAM: Row = {
  name: 'messages.create stream',
  mode: 'stream',
  async use(client, settings) {
    const promise = settings.observe.seen(client.messages.create({ ...message(settings), stream: true }, { signal: settings.caller.signal }));
    const stream = settings.observe.seen(await promise);
    await readStream(stream, settings, () => stream.controller.abort());
  },
};
const STREAM: Row = {
  name: 'messages.stream',
  mode: 'stream',
  async use(client, settings) {
    const stream = settings.observe.seen(client.messages.stream(message(settings), { signal: settings.caller.signal }));
    const toEnd = await readStream(stream, settings, () => stream.abort());
    if (toEnd) settings.observe.value('final', await stream.finalMessage());
  },
};
const PARSE: Row = {
  name: 'messages.parse',
  mode: 'unary',
  async use(client, settings) {
    const promise = settings.observe.seen(client.messages.parse(message(settings), { signal: settings.caller.signal }));
    settings.observe.value('message', settings.observe.seen(await promise));
  },
};
const BETA: Row = {
  name: 'beta.messages.create',
  mode: 'unary',
  async use(client, settings) {
    const promise = settings.observe.seen(client.beta.messages.create(message(settings), { signal: settings.caller.signal }));
    settings.observe.value('message', settings.observe.seen(await promise));
  },
};
const BETA_STREAM: Row = {
  name: 'beta.messages.stream',
  mode: 'stream',
  async use(client, settings) {
    const stream = settings.observe.seen(client.beta.messages.stream(message(settings), { signal: settings.caller.signal }));
    const toEnd = await readStream(stream, settings, () => stream.abort());
    if (toEnd) settings.observe.value('final', await stream.finalMessage());
  },
};
const RAW: Row = {
  name: 'messages.create withResponse',
  mode: 'unary',
  async use(client, settings) {
    const { data, response, request_id } = await client.messages.create(message(settings), { signal: settings.caller.signal }).withResponse();
    settings.observe.value('message', settings.observe.seen(data));
    settings.observe.value('response', { status: response.status, headers: headers(response.headers), bodyUsed: response.bodyUsed, request_id });
  },
};

/** What Google's client asks for a token. */
const TOKEN = { projectId: 'project', getRequestHeaders: () => Promise.resolve(new Headers({ authorization: 'Bearer token' })) };

const NATIVE: Driver['boundary'] = { hooked: 'native', hookless: 'native' };
const SDK: Driver['boundary'] = { hooked: 'sdk', hookless: 'inferred' };

/** A client to make calls with. */
interface Maker {
  readonly id: string;
  /** What is said of the client behind the call's name. */
  readonly manner: string;
  readonly module: keyof LoadableModules;
  readonly boundary: Driver['boundary'];
  readonly rows: readonly Row[];
  /** Anthropic's own, unless the client is for another platform. */
  readonly dialect?: Driver['dialect'];
  readonly client: (settings: CallSettings) => Promise<Client>;
}

function options({ baseUrl, apiKey, retries, timeoutMs, more }: CallSettings) {
  return { baseURL: baseUrl, apiKey, maxRetries: retries, timeout: timeoutMs, ...(more && { defaultHeaders: more.headers }) };
}

function maker(id: string, module: '@anthropic-ai/sdk-60' | '@anthropic-ai/sdk-137' | '@anthropic-ai/sdk', native: boolean, rows: readonly Row[]): Maker {
  return {
    id,
    manner: native || module === '@anthropic-ai/sdk-60' ? '' : ', native telemetry off',
    module,
    rows,
    boundary: native ? NATIVE : SDK,
    async client(settings) {
      const { Anthropic } = await settings.load(module);
      // Versions that do not trace themselves do not know the option, and pay it no heed.
      return new Anthropic({ ...options(settings), ...(!native && { openTelemetry: false }) });
    },
  };
}

function platform(id: 'vertex' | 'bedrock', native: boolean): Maker {
  const more = native ? {} : { openTelemetry: false as const };
  return {
    id: `anthropic ${id === 'vertex' ? 'AnthropicVertex' : 'AnthropicBedrock'}`,
    manner: native ? '' : ', native telemetry off',
    module: `@anthropic-ai/${id}-sdk`,
    boundary: native ? NATIVE : SDK,
    rows: [CREATE, CREATE_STREAM],
    ...(id === 'bedrock' && { dialect: 'aws.bedrock.invoke_model' as const }),
    async client(settings) {
      const { apiKey, baseURL, ...shared } = options(settings);
      if (id === 'bedrock') {
        const { AnthropicBedrock } = await settings.load('@anthropic-ai/bedrock-sdk');
        return new AnthropicBedrock({ ...shared, baseURL, apiKey, awsRegion: 'eu-west-1', ...more });
      }
      const { AnthropicVertex } = await settings.load('@anthropic-ai/vertex-sdk');
      // Of Google's own client, only this is asked for.
      return new AnthropicVertex({ ...shared, baseURL: `${baseURL}/v1`, region: 'europe-west1', projectId: 'project', authClient: Object.assign(Object.create(null), TOKEN), ...more });
    },
  };
}

const MAKERS: readonly Maker[] = [
  maker('anthropic', '@anthropic-ai/sdk', true, [CREATE, CREATE_STREAM, STREAM]),
  maker('anthropic', '@anthropic-ai/sdk', false, [CREATE, CREATE_STREAM, STREAM, RAW]),
  maker('anthropic 0.137', '@anthropic-ai/sdk-137', true, [CREATE, CREATE_STREAM]),
  maker('anthropic 0.137', '@anthropic-ai/sdk-137', false, [CREATE, CREATE_STREAM, STREAM, PARSE, BETA, BETA_STREAM]),
  maker('anthropic 0.60', '@anthropic-ai/sdk-60', false, [CREATE, CREATE_STREAM, STREAM, BETA, BETA_STREAM, RAW]),
  ...(['vertex', 'bedrock'] as const).flatMap((id) => [platform(id, true), platform(id, false)]),
];

function driver({ id, manner, module, boundary, client, dialect = 'anthropic.messages' }: Maker, row: Row): Driver {
  return {
    id: `${id} ${row.name}${manner}`,
    library: '@anthropic-ai/sdk',
    application: 'sdks',
    modules: [module],
    dialect,
    mode: row.mode,
    boundary,
    attempts: (retries) => retries + 1,
    deadline: { head: 'own', body: 'none' },
    patterns: row.mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS,
    async call(settings) {
      const made = given(settings, await client(settings));
      abortWhenPatternSays(settings);
      await row.use(made, settings);
    },
  };
}

/** Anthropic's SDK, with its own spans and without. */
export const ANTHROPIC_DRIVERS: readonly Driver[] = MAKERS.flatMap((one) => one.rows.map((row) => driver(one, row)));
