import { trace } from '@opentelemetry/api';
import { abortWhenPatternSays } from '../application/abort-timer.ts';
import type { LoadableModules } from '../application/modules.ts';
import { readStream } from '../application/read-stream.ts';
import { asked, type CallSettings, type Driver, given, type LeftOut, type Pattern, STREAM_PATTERNS, UNARY_PATTERNS } from './driver.ts';
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

type Module = '@mistralai/mistralai-1' | '@mistralai/mistralai-2';

const SILENCES: LeftOut = {
  faults: /^hang_|stall/,
  meets: 'a silence: hang_before_head, hang_after_head, hang_in_body, stream_stall and what a retry repairs of them',
  reason: 'the SDK can lose the signal that would end it, its own or the caller’s, to the garbage collector with the copies that it makes of its request',
};

/** The caller's signal takes the place of the SDK's own deadline, which it can lose: its timer is collected with the copies of its request. */
function options({ caller, more }: CallSettings) {
  const headers = more && { headers: more.headers };
  return { fetchOptions: { signal: caller.signal, ...headers } };
}

type RequestOptions = ReturnType<typeof options>;

interface Row {
  readonly name: string;
  readonly dialect: Driver['dialect'];
  readonly mode: Driver['mode'];
  readonly patterns?: readonly Pattern[];
  readonly use: (client: Client, settings: CallSettings) => Promise<void>;
}

const READ_ONLY = { patterns: ['read'] } as const;

function unary(name: string, dialect: Driver['dialect'], more: Pick<Row, 'patterns'>, call: (client: Client, settings: CallSettings, options: RequestOptions) => Promise<unknown>): Row {
  return {
    name,
    dialect,
    mode: 'unary',
    ...more,
    async use(client, settings) {
      const promise = settings.observe.seen(call(client, settings, options(settings)));
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
    async use(client, settings) {
      const promise = settings.observe.seen(call(client, settings, options(settings)));
      const events = settings.observe.seen(await promise);
      await readStream(events, settings, () => settings.caller.abort());
    },
  };
}

const ROWS = [
  unary('chat.complete', 'openai.chat', {}, (client, settings, given) => client.chat.complete(chat(settings), given)),
  stream('chat.stream', {}, (client, settings, given) => client.chat.stream(chat(settings), given)),
  unary('fim.complete', 'openai.chat', READ_ONLY, (client, settings, given) => client.fim.complete(middle(settings), given)),
  stream('fim.stream', READ_ONLY, (client, settings, given) => client.fim.stream(middle(settings), given)),
  unary('agents.complete', 'openai.chat', READ_ONLY, (client, settings, given) => client.agents.complete(agent(settings), given)),
  stream('agents.stream', READ_ONLY, (client, settings, given) => client.agents.stream(agent(settings), given)),
  unary('embeddings.create', 'openai.embeddings', {}, (client, settings, given) => client.embeddings.create(asked('openai.embeddings', settings.more, { model: 'mistral-embed', inputs: [QUESTION] }), given)),
] as const satisfies readonly Row[];

/** What is turned on that is off by itself. */
interface Settings {
  /** The SDK's own telemetry. */
  readonly native?: true;
  readonly retries?: true;
}

/** It retries for a time, not a number of times, and how often fits in is chance on a busy machine: this limit is met when it was looked at so many times. */
function retryConfig(retries: number) {
  let left = retries;
  const maxElapsedTime = Object.assign(0, { valueOf: () => (left-- > 0 ? Infinity : -1) });
  return { strategy: 'backoff' as const, backoff: { initialInterval: 50, maxInterval: 50, exponent: 0, maxElapsedTime }, retryConnectionErrors: true };
}

function driver(module: Module, row: Row, { native, retries }: Settings = {}): Driver {
  return {
    id: `mistral ${module.at(-1)} ${row.name}${retries ? ' with retryConfig' : ''}${native ? ', native telemetry on' : ''}`,
    library: '@mistralai/mistralai',
    application: 'sdks',
    modules: [module],
    dialect: row.dialect,
    mode: row.mode,
    boundary: native ? { hooked: 'native', hookless: 'native' } : { hooked: 'sdk', hookless: 'inferred' },
    ...(native && { recordsContent: true as const }),
    // Each try has a span of the SDK's own.
    ...(native && retries && { around: /^chat / }),
    attempts: (allowed) => (retries ? allowed + 1 : 1),
    deadline: { head: 'none', body: 'none' },
    leftOut: SILENCES,
    patterns: row.patterns ?? (row.mode === 'unary' ? UNARY_PATTERNS : STREAM_PATTERNS),
    async call(settings) {
      const { Mistral, HTTPClient } = await settings.load(module);
      // The SDK makes requests of requests, with its telemetry more of them. Whether a signal gets through to the last, also after a while, is for the garbage collector to say.
      const givesSignal = native === true || settings.pattern === 'never_read';
      const httpClient = givesSignal && new HTTPClient({ fetcher: (input, init) => fetch(input, { ...init, signal: settings.caller.signal }) });
      const client = new Mistral({ apiKey: settings.apiKey, serverURL: settings.baseUrl, ...(httpClient !== false && { httpClient }), ...(retries && { retryConfig: retryConfig(settings.retries) }) });
      if (native) await traceItself(client);
      abortWhenPatternSays(settings);
      await row.use(given(settings, client), settings);
    },
  };
}

/** As MISTRAL_SDK_TELEMETRY=global does it for every client of a process. */
async function traceItself(client: Client): Promise<void> {
  const { setTracerProvider } = await import('@mistralai/mistralai-2/extra/observability');
  await setTracerProvider(client, trace.getTracerProvider());
}

const MODULES: readonly Module[] = ['@mistralai/mistralai-1', '@mistralai/mistralai-2'];
const [COMPLETE, STREAM] = ROWS;

/** Mistral's SDK, the first and the last tested version of it. */
export const MISTRAL_DRIVERS: readonly Driver[] = [
  ...MODULES.flatMap((module) => ROWS.map((row) => driver(module, row))),
  ...ROWS.filter(({ patterns }) => patterns === undefined).map((row) => driver('@mistralai/mistralai-2', row, { native: true })),
  driver('@mistralai/mistralai-1', { ...COMPLETE, ...READ_ONLY }, { retries: true }),
  driver('@mistralai/mistralai-2', { ...STREAM, ...READ_ONLY }, { retries: true }),
  ...[COMPLETE, STREAM].map((row) => driver('@mistralai/mistralai-2', { ...row, ...READ_ONLY }, { native: true, retries: true })),
];
