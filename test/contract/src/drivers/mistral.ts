import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Deadline, type Driver, type Pattern, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
import { QUESTION, TOOL } from './prompt.ts';

type Client = InstanceType<LoadableModules['@mistralai/mistralai-2']['Mistral']>;

const MODEL = 'mistral-small-latest';

function chat(settings: CallSettings) {
  return asked('openai.chat', settings.more, { model: MODEL, messages: [{ role: 'user' as const, content: QUESTION }], ...tools(settings) });
}

function agent(settings: CallSettings) {
  const { model: _, ...request } = chat(settings);
  return { ...request, agentId: 'ag_0123456789abcdef' };
}

function tools({ tools: offered }: CallSettings) {
  return offered ? { tools: [{ type: 'function' as const, function: { ...TOOL, parameters: { ...TOOL.parameters } } }] } : {};
}

function middle(settings: CallSettings) {
  return asked('openai.chat', settings.more, { model: 'codestral-latest', prompt: QUESTION, suffix: 'return city;' });
}

/** Where a version differs from the other. */
interface Version {
  readonly module: '@mistralai/mistralai-1' | '@mistralai/mistralai-2';
  /** The first one lets go of the signals that it was given and made: whether they stop a call is for the garbage collector to say, so the application sees to it. */
  readonly deadline: Deadline;
  /** The first one loses events by how the bytes were split on the way. */
  readonly events: 'all' | 'some';
  /** The first one lets go of a stream that is left without cancelling it: when it ends is for the garbage collector to say. */
  readonly streamPatterns: readonly Pattern[];
}

const VERSIONS: readonly Version[] = [
  { module: '@mistralai/mistralai-1', deadline: 'none', events: 'some', streamPatterns: ['read', 'abort_before_head', 'abort_mid_stream', 'never_read'] },
  { module: '@mistralai/mistralai-2', deadline: 'own', events: 'all', streamPatterns: STREAM_PATTERNS },
];

/** A signal that the caller gives takes the place of the SDK's own deadline. */
function options({ caller, pattern, timeoutMs, more }: CallSettings, { deadline }: Version) {
  const headers = more && { headers: more.headers };
  return pattern === 'read' && deadline === 'own' ? { timeoutMs, ...(headers && { fetchOptions: headers }) } : { fetchOptions: { signal: caller.signal, ...headers } };
}

type RequestOptions = ReturnType<typeof options>;

interface Row {
  readonly name: string;
  readonly dialect: Driver['dialect'];
  readonly mode: Driver['mode'];
  readonly patterns?: readonly Pattern[];
  readonly use: (client: Client, settings: CallSettings, version: Version) => Promise<void>;
}

const READ_ONLY = { patterns: ['read'] } as const;

function unary(name: string, dialect: Driver['dialect'], more: Pick<Row, 'patterns'>, call: (client: Client, settings: CallSettings, options: RequestOptions) => Promise<unknown>): Row {
  return {
    name,
    dialect,
    mode: 'unary',
    ...more,
    async use(client, settings, version) {
      const promise = settings.observe.seen(call(client, settings, options(settings, version)));
      settings.observe.value('answer', settings.observe.seen(await promise));
    },
  };
}

function stream(name: string, more: Pick<Row, 'patterns'>, call: (client: Client, settings: CallSettings, options: RequestOptions) => Promise<AsyncIterable<unknown>>): Row {
  return {
    name,
    dialect: 'openai.chat',
    mode: 'stream',
    ...more,
    async use(client, settings, version) {
      const promise = settings.observe.seen(call(client, settings, options(settings, version)));
      const events = settings.observe.seen(await promise);
      const reading = (onEvent?: () => void) => readStream(events, settings, () => settings.caller.abort(), onEvent);
      if (version.events === 'all') await reading();
      // So is which events it trips over.
      else await reading(() => undefined).catch((error: unknown) => (error instanceof Error && error.name === 'ZodError' ? undefined : Promise.reject(error)));
    },
  };
}

const ROWS: readonly Row[] = [
  unary('chat.complete', 'openai.chat', {}, (client, settings, given) => client.chat.complete(chat(settings), given)),
  stream('chat.stream', {}, (client, settings, given) => client.chat.stream(chat(settings), given)),
  unary('fim.complete', 'openai.chat', READ_ONLY, (client, settings, given) => client.fim.complete(middle(settings), given)),
  stream('fim.stream', READ_ONLY, (client, settings, given) => client.fim.stream(middle(settings), given)),
  unary('agents.complete', 'openai.chat', READ_ONLY, (client, settings, given) => client.agents.complete(agent(settings), given)),
  stream('agents.stream', READ_ONLY, (client, settings, given) => client.agents.stream(agent(settings), given)),
  unary('embeddings.create', 'openai.embeddings', {}, (client, settings, given) => client.embeddings.create(asked('openai.embeddings', settings.more, { model: 'mistral-embed', inputs: [QUESTION] }), given)),
];

function driver(version: Version, row: Row): Driver {
  const { module, deadline, streamPatterns } = version;
  return {
    id: `mistral ${module.at(-1)} ${row.name}`,
    library: '@mistralai/mistralai',
    application: 'sdks',
    modules: [module, '@mistralai/mistralai-2'],
    dialect: row.dialect,
    mode: row.mode,
    boundary: { hooked: 'inferred', hookless: 'inferred' },
    // It retries only when told to, and then for a time, not a number of times.
    attempts: () => 1,
    deadline: { head: deadline, body: deadline },
    patterns: row.patterns ?? (row.mode === 'unary' ? UNARY_PATTERNS : streamPatterns),
    async call(settings) {
      const { Mistral } = await settings.load(module);
      const { HTTPClient } = await settings.load('@mistralai/mistralai-2');
      const httpClient = new HTTPClient({ fetcher: (input, init) => fetch(input, { ...init, signal: settings.caller.signal }) });
      const client = new Mistral({ apiKey: settings.apiKey, serverURL: settings.baseUrl, ...(deadline === 'none' && { httpClient }) });
      abortWhenPatternSays(settings);
      await row.use(client, settings, version);
    },
  };
}

/** Mistral's SDK, the first and the last tested version of it. */
export const MISTRAL_DRIVERS: readonly Driver[] = VERSIONS.flatMap((version) => ROWS.map((row) => driver(version, row)));
